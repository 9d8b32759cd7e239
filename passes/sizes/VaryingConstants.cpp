#include "passes/sizes/VaryingConstants.h"

#include "ir/nn/Constants.h"
#include "ir/plan/Numbers.h"
#include "ir/plan/ProgramSizes.h"

#include <cstring>

namespace burin {
using namespace mlir;

VaryingConstants::VaryingConstants(plan::ProgramOp program, const sizes::Table &table,
                                   const std::vector<std::vector<int64_t>> &samples)
    : program(program), quantities(table), samples(samples) {
  std::vector<int64_t> symbols;
  for (const sizes::Quantity &q : table.quantities)
    if (q.divisor == 0)
      symbols.push_back(q.max);
  largest = table.evaluate(symbols);
}

namespace {

/// Calls f(offset in the part, offset in the whole) for each element of a part of shape `shape`.
template <typename F> bool everyElement(ArrayRef<int64_t> shape, ArrayRef<int64_t> wholeShape, F f) {
  const SmallVector<int64_t> strides = nn::rowMajorStrides(wholeShape);
  SmallVector<int64_t> index(shape.size(), 0);
  const int64_t count = nn::numElements(shape);
  for (int64_t i = 0; i < count; ++i) {
    int64_t at = 0;
    for (size_t a = 0; a < shape.size(); ++a)
      at += index[a] * strides[a];
    if (!f(i, at))
      return false;
    for (size_t a = shape.size(); a-- > 0;) {
      if (++index[a] < shape[a])
        break;
      index[a] = 0;
    }
  }
  return true;
}

ArrayRef<char> bytesOf(ArrayRef<const OpFacts *> facts, size_t sample) {
  return facts[sample]->sameBytes ? facts[0]->bytes : facts[sample]->bytes;
}

SmallVector<int64_t> shapeAt(ArrayRef<sizes::Expr> dims, const std::vector<int64_t> &values) {
  SmallVector<int64_t> shape;
  for (const sizes::Expr &e : dims)
    shape.push_back(std::max<int64_t>(0, sizes::evaluate(e, values)));
  return shape;
}

} // namespace

bool VaryingConstants::takePart(plan::ConstantOp constant, const std::vector<const OpFacts *> &facts,
                                const std::vector<sizes::Expr> &dims) {
  auto type = cast<RankedTensorType>(constant.getType());
  const int64_t size = nn::elementBytes(type.getElementType());
  const SmallVector<int64_t> most = shapeAt(dims, largest);
  // The sample that has at least what is needed, in every axis.
  size_t whole = samples.size();
  for (size_t s = 0; s < samples.size() && whole == samples.size(); ++s)
    if (llvm::all_of(llvm::zip(shapeAt(dims, quantities.evaluate(samples[s])), most),
                     [](auto pair) { return std::get<0>(pair) >= std::get<1>(pair); }))
      whole = s;
  if (whole == samples.size())
    return false;
  const SmallVector<int64_t> wholeShape = shapeAt(dims, quantities.evaluate(samples[whole]));
  const ArrayRef<char> from = bytesOf(facts, whole);
  auto equal = [&](size_t s) {
    SmallVector<int64_t> shape = shapeAt(dims, quantities.evaluate(samples[s])), common;
    for (auto [a, b] : llvm::zip(shape, wholeShape))
      common.push_back(std::min(a, b));
    const ArrayRef<char> part = bytesOf(facts, s);
    const SmallVector<int64_t> strides = nn::rowMajorStrides(wholeShape);
    std::vector<int64_t> places;
    everyElement(common, wholeShape, [&](int64_t, int64_t at) { return places.push_back(at), true; });
    return everyElement(common, shape, [&](int64_t i, int64_t at) {
      return std::memcmp(part.data() + at * size, from.data() + places[static_cast<size_t>(i)] * size,
                         static_cast<size_t>(size)) == 0;
    });
  };
  for (size_t s = 0; s < samples.size(); ++s)
    if (!equal(s))
      return false;

  auto stored = RankedTensorType::get(most, type.getElementType());
  std::vector<char> bytes(static_cast<size_t>(nn::numElements(most) * size));
  everyElement(most, wholeShape, [&](int64_t i, int64_t at) {
    std::memcpy(bytes.data() + i * size, from.data() + at * size, static_cast<size_t>(size));
    return true;
  });
  constant.setValueAttr(nn::makeElements(stored, std::move(bytes)));
  constant.setTypeAttr(TypeAttr::get(stored));
  // A part of the outermost axis alone is a prefix of the bytes: it is read where it lies.
  bool outer = true;
  for (auto [e, most] : llvm::zip(dims, stored.getShape())) {
    if (!e.asConstant() && !outer) {
      tables.push_back({constant, stored, dims, {}});
      return true;
    }
    outer &= e.asConstant() == 1;
  }
  return true;
}

bool VaryingConstants::replace(plan::ConstantOp constant, const std::vector<const OpFacts *> &facts,
                               const std::vector<sizes::Expr> &numbers, const std::vector<sizes::Expr> &elements,
                               SizeConflict &conflict) {
  std::vector<sizes::Expr> dims;
  size_t index = 0;
  plan::forEachNumber(constant, [&](StringRef path, int64_t) {
    if (path.starts_with("type."))
      dims.push_back(numbers[index]);
    ++index;
  });
  if (llvm::all_of(facts, [](const OpFacts *f) { return f->sameBytes; }))
    return true;
  if (takePart(constant, facts, dims))
    return true;
  if (!elements.empty()) {
    tables.push_back({constant, cast<RankedTensorType>(constant.getType()), dims, elements});
    return true;
  }
  conflict = {facts[0]->node, "needs a table of constants that depends on the size", 1};
  return false;
}

void VaryingConstants::emitCopy(const Table &table, OpBuilder &b, Location loc, Value to) {
  const int64_t size = nn::elementBytes(table.stored.getElementType());
  const SmallVector<int64_t> from = nn::rowMajorStrides(table.stored.getShape());
  const size_t outer = table.dims.size() - 1;
  plan::PointerArg source{0, 0, {}}, target{1, 0, {}};
  SmallVector<int64_t> loops;
  SmallVector<NamedAttribute> varies;
  auto vary = [&](const Twine &path, const sizes::Expr &e) {
    if (!e.asConstant())
      varies.emplace_back(b.getStringAttr(path), b.getStringAttr(quantities.text(e)));
    return sizes::evaluate(e, largest);
  };
  for (size_t i = 0; i < outer; ++i) {
    sizes::Expr stride = sizes::Expr::constant(size);
    for (size_t k = i + 1; k < table.dims.size(); ++k)
      stride = stride * table.dims[k];
    loops.push_back(vary("loops." + Twine(i), table.dims[i]));
    source.strides.push_back(from[i] * size);
    target.strides.push_back(vary("args.1.strides." + Twine(i), stride));
  }
  const int64_t run = vary("args.2", table.dims[outer] * size);
  auto call = plan::CallOp::create(b, loc, "brn_copy", ValueRange{const_cast<Table &>(table).constant.getResult(), to},
                                   loops, plan::argsToAttr(b.getContext(), {source, target, plan::IntArg{run, {}}}));
  call->setAttr(plan::variesAttrName, b.getDictionaryAttr(varies));
}

void VaryingConstants::emitStores(const Table &table, OpBuilder &b, Location loc, Value to) {
  const std::string kernel = "brn_store_" + nn::kernelSuffix(table.stored.getElementType());
  for (auto [i, e] : llvm::enumerate(table.elements)) {
    const plan::IntArg value{sizes::evaluate(e, largest), {}}, count{1, {}};
    auto call = plan::CallOp::create(
        b, loc, kernel, ValueRange{to}, ArrayRef<int64_t>{},
        plan::argsToAttr(b.getContext(), {value, plan::PointerArg{0, static_cast<int64_t>(i), {}}, count}));
    if (!e.asConstant())
      call->setAttr(plan::variesAttrName,
                    b.getDictionaryAttr(b.getNamedAttr("args.0", b.getStringAttr(quantities.text(e)))));
  }
}

/// Layer `index` of the program makes the table, in a buffer that takes the constant's place in the other layers.
void VaryingConstants::emit(const Table &table, int64_t index) {
  plan::ConstantOp constant = table.constant;
  SmallVector<plan::LayerOp> layers(program.getBody().getOps<plan::LayerOp>());
  const plan::LayerNumbers numbers(program);
  int64_t last = index;
  Location loc = constant.getLoc();
  for (plan::LayerOp layer : layers) {
    const bool reads = layer
                           ->walk([&](Operation *op) {
                             return llvm::is_contained(op->getOperands(), constant.getResult())
                                        ? WalkResult::interrupt()
                                        : WalkResult::advance();
                           })
                           .wasInterrupted();
    if (!reads)
      continue;
    if (last == index)
      loc = layer.getLoc();
    last = numbers.last(layer) + static_cast<int64_t>(tables.size()) - index; // those of later tables come before
  }
  OpBuilder b = OpBuilder::atBlockBegin(&program.getBody().front());
  const std::string name = "table_" + std::to_string(index);
  const int64_t align = nn::elementBytes(table.stored.getElementType());
  Value buffer =
      plan::BufferOp::create(b, loc, plan::BufferType::get(b.getContext()), b.getStringAttr(name),
                             b.getI64IntegerAttr(nn::byteSize(table.stored)), b.getI64IntegerAttr(align),
                             b.getDenseI64ArrayAttr({index, last}), IntegerAttr(), TypeAttr::get(table.stored));
  constant.getResult().replaceAllUsesWith(buffer);
  b.setInsertionPoint(layers[static_cast<size_t>(index)]);
  constant->moveBefore(layers[static_cast<size_t>(index)]);

  auto layer = plan::LayerOp::create(b, loc, name, "table", 0, ValueRange{}, buffer, b.getArrayAttr({}), table.stored,
                                     StringAttr());
  layer->setAttr("nn.read_origins", b.getArrayAttr({}));
  SmallVector<NamedAttribute> varies;
  for (auto [i, e] : llvm::enumerate(table.dims))
    if (!e.asConstant())
      varies.emplace_back(b.getStringAttr("type." + Twine(i)), b.getStringAttr(quantities.text(e)));
  if (!varies.empty())
    layer->setAttr(plan::variesAttrName, b.getDictionaryAttr(varies));
  OpBuilder inner = OpBuilder::atBlockEnd(&layer.getBody().emplaceBlock());
  if (table.elements.empty()) {
    emitCopy(table, inner, loc, buffer);
  } else {
    emitStores(table, inner, loc, buffer);
    constant.erase();
  }
}

void VaryingConstants::finish() {
  const auto shift = static_cast<int64_t>(tables.size());
  if (shift == 0)
    return;
  for (auto buffer : program.getBody().getOps<plan::BufferOp>()) {
    SmallVector<int64_t> live(buffer.getLive());
    for (int64_t &layer : live)
      layer += layer >= 0 ? shift : 0;
    buffer.setLive(live);
  }
  // The tables' layers come first, in order; all are in place before lifetimes are read off.
  for (int64_t i = 0; i < shift; ++i)
    emit(tables[static_cast<size_t>(i)], i);
}

} // namespace burin
