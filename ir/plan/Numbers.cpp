#include "ir/plan/Numbers.h"

#include "ir/plan/ProgramSizes.h"

#include "llvm/ADT/TypeSwitch.h"

namespace burin::plan {
using namespace mlir;

namespace {

class Mapper {
public:
  explicit Mapper(NumberMap map) : map(map) {}

  Attribute attribute(Attribute a, const std::string &path) const {
    return llvm::TypeSwitch<Attribute, Attribute>(a)
        .Case<IntegerAttr>([&](IntegerAttr i) { return integer(i, path); })
        .Case<DenseI64ArrayAttr>([&](DenseI64ArrayAttr list) {
          return DenseI64ArrayAttr::get(a.getContext(), numbers(list.asArrayRef(), path));
        })
        .Case<ArrayAttr>([&](ArrayAttr list) {
          SmallVector<Attribute> out;
          for (auto [i, element] : llvm::enumerate(list))
            out.push_back(attribute(element, path + "." + std::to_string(i)));
          return ArrayAttr::get(a.getContext(), out);
        })
        .Case<TypeAttr>([&](TypeAttr t) -> Attribute {
          auto type = dyn_cast<RankedTensorType>(t.getValue());
          return type ? TypeAttr::get(type.clone(numbers(type.getShape(), path))) : t;
        })
        .Case<PtrAttr>([&](PtrAttr p) { return pointer(p, path); })
        .Case<WindowAttr>([&](WindowAttr w) {
          return WindowAttr::get(a.getContext(), pointer(w.getImage(), path + ".image"), w.getLoop(),
                                 map(path + ".stride", w.getStride()), map(path + ".pad", w.getPad()),
                                 map(path + ".dilation", w.getDilation()), map(path + ".count", w.getCount()),
                                 map(path + ".height", w.getHeight()), map(path + ".row", w.getRow()));
        })
        .Case<NumAttr>([&](NumAttr n) {
          return NumAttr::get(a.getContext(), map(path + ".value", n.getValue()),
                              numbers(n.getStrides(), path + ".strides"));
        })
        .Default([](Attribute other) { return other; });
  }

private:
  Attribute integer(IntegerAttr i, const std::string &path) const {
    if (i.getType().isInteger(1))
      return i;
    return IntegerAttr::get(i.getType(), map(path, i.getInt()));
  }
  SmallVector<int64_t> numbers(ArrayRef<int64_t> values, const std::string &path) const {
    SmallVector<int64_t> out;
    for (auto [i, v] : llvm::enumerate(values))
      out.push_back(map(path + "." + std::to_string(i), v));
    return out;
  }
  PtrAttr pointer(PtrAttr p, const std::string &path) const {
    return PtrAttr::get(p.getContext(), p.getBuffer(), map(path + ".offset", p.getOffset()),
                        numbers(p.getStrides(), path + ".strides"));
  }

  NumberMap map;
};

/// Attributes without numbers that could vary.
bool isFixed(StringRef name) {
  return llvm::is_contained({"live", "align", "value", "operandSegmentSizes", "slow", "nn.kernels_because",
                             "nn.kernel_costs", "nn.origin", "nn.read_origins", "nn.perm", "nn.quant"},
                            name) ||
         name == variesAttrName;
}

} // namespace

Attribute mapNumbers(Attribute attribute, StringRef path, NumberMap map) {
  return Mapper(map).attribute(attribute, path.str());
}

void mapNumbers(Operation *op, NumberMap map) {
  SmallVector<NamedAttribute> attributes;
  for (NamedAttribute a : op->getAttrDictionary()) {
    const StringRef name = a.getName().strref();
    attributes.emplace_back(a.getName(), isFixed(name) ? a.getValue() : mapNumbers(a.getValue(), name, map));
  }
  op->setAttrs(DictionaryAttr::get(op->getContext(), attributes));
}

void forEachNumber(Operation *op, llvm::function_ref<void(StringRef, int64_t)> visit) {
  for (NamedAttribute a : op->getAttrDictionary())
    if (!isFixed(a.getName().strref()))
      mapNumbers(a.getValue(), a.getName().strref(), [&](StringRef path, int64_t value) {
        visit(path, value);
        return value;
      });
}

std::string structureOf(Operation *op, const llvm::DenseMap<Value, unsigned> &numberOf) {
  std::string text = op->getName().getStringRef().str();
  llvm::raw_string_ostream os(text);
  for (Value v : op->getOperands())
    os << " %" << numberOf.lookup(v);
  for (NamedAttribute a : op->getAttrDictionary()) {
    const StringRef name = a.getName().strref();
    // Why a layer is slow may quote numbers; the bytes of constants are compared as such.
    if (name == "value" || name == "slow" || name == "nn.kernels_because" || name == "nn.kernel_costs" ||
        name == variesAttrName)
      continue;
    os << ' ' << name << '=';
    (isFixed(name) ? a.getValue() : mapNumbers(a.getValue(), name, [](StringRef, int64_t) { return 0; })).print(os);
  }
  return text;
}

} // namespace burin::plan
