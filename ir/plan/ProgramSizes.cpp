#include "ir/plan/ProgramSizes.h"

#include "ir/plan/Numbers.h"

namespace burin::plan {
using namespace mlir;

ProgramSizes::ProgramSizes(ProgramOp program) {
  for (auto op : program.getBody().getOps<SizeOp>()) {
    symbolOps.push_back(op);
    all.quantities.push_back({.name = op.getName().str(),
                              .min = static_cast<int64_t>(op.getMin()),
                              .max = static_cast<int64_t>(op.getMax())});
  }
  for (auto op : program.getBody().getOps<DerivedSizeOp>()) {
    std::optional<sizes::Expr> numerator = all.parse(op.getNumerator().str());
    assert(numerator && "derived sizes are made from those before them");
    all.quantities.push_back({.name = op.getName().str(),
                              .numerator = std::move(*numerator),
                              .divisor = static_cast<int64_t>(op.getDivisor())});
  }
}

std::optional<sizes::Expr> ProgramSizes::varying(Operation *op, StringRef path) const {
  auto varies = op->getAttrOfType<DictionaryAttr>(variesAttrName);
  auto text = varies ? varies.getAs<StringAttr>(path) : StringAttr();
  return text ? all.parse(text.getValue().str()) : std::nullopt;
}

sizes::Expr ProgramSizes::number(Operation *op, StringRef path, int64_t value) const {
  return varying(op, path).value_or(sizes::Expr::constant(value));
}

Attribute ProgramSizes::at(Operation *op, StringRef path, Attribute attribute,
                           const std::vector<int64_t> &quantities) const {
  if (!op->hasAttr(variesAttrName))
    return attribute;
  return mapNumbers(attribute, path, [&](StringRef inner, int64_t value) {
    std::optional<sizes::Expr> e = varying(op, inner);
    return e ? sizes::evaluate(*e, quantities) : value;
  });
}

Call ProgramSizes::callAt(CallOp op, const std::vector<int64_t> &quantities) const {
  Call call;
  call.kernel = kernels::findKernel(op.getKernel().str());
  auto loops = cast<DenseI64ArrayAttr>(at(op, "loops", op.getLoopsAttr(), quantities));
  call.loops.assign(loops.asArrayRef().begin(), loops.asArrayRef().end());
  call.args = argsFromAttr(cast<ArrayAttr>(at(op, "args", op.getArgs(), quantities)));
  call.turned = op.getTurned();
  call.first = static_cast<int64_t>(op.getFirst());
  return call;
}

RankedTensorType ProgramSizes::typeAt(Operation *op, StringRef path, Type type,
                                      const std::vector<int64_t> &quantities) const {
  return cast<RankedTensorType>(cast<TypeAttr>(at(op, path, TypeAttr::get(type), quantities)).getValue());
}

} // namespace burin::plan
