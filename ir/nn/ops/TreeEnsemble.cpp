#include "ir/nn/ops/TreeEnsemble.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

namespace {

constexpr int64_t lastEntry = 16, entry = 17, emptyLeaf = 18; // values of `test` in leaves

bool isUnsigned(Value v, unsigned width) {
  auto type = dyn_cast<IntegerType>(elementTypeOf(v));
  return type && type.isUnsigned() && type.getWidth() == width;
}

/// The node tables as integers.
struct Nodes {
  SmallVector<int64_t> roots, test, feature, jump;
};

/// Why node `i` would lead a walk astray; null if it doesn't.
const char *problemOf(const Nodes &nodes, size_t i, int64_t features, int64_t targets) {
  const size_t count = nodes.test.size();
  const bool hasNext = i + 1 < count;
  if (nodes.test[i] > emptyLeaf)
    return "has an unknown test";
  if (nodes.test[i] < lastEntry) {
    if (!hasNext || nodes.jump[i] < 1 || nodes.jump[i] >= static_cast<int64_t>(count - i))
      return "leads out of the table";
    return nodes.feature[i] < features ? nullptr : "reads a feature that x doesn't have";
  }
  if (nodes.test[i] == emptyLeaf)
    return nullptr;
  if (nodes.test[i] == entry && (!hasNext || (nodes.test[i + 1] != lastEntry && nodes.test[i + 1] != entry)))
    return "announces a further entry, and none follows";
  return nodes.feature[i] < targets ? nullptr : "has a weight for a target that y doesn't have";
}

} // namespace

LogicalResult TreeEnsembleOp::inferReturnTypes(MLIRContext *, std::optional<Location>, Adaptor adaptor,
                                               SmallVectorImpl<Type> &types) {
  RankedTensorType x = tensorType(adaptor.getX());
  if (x.getRank() != 2 || static_cast<int64_t>(adaptor.getTargets()) < 1)
    return failure();
  types.push_back(
      RankedTensorType::get({x.getDimSize(0), static_cast<int64_t>(adaptor.getTargets())}, x.getElementType()));
  return success();
}

LogicalResult TreeEnsembleOp::verify() {
  const Type element = elementTypeOf(getX());
  if ((!element.isF32() && !element.isF64()) || elementTypeOf(getValue()) != element ||
      elementTypeOf(getY()) != element)
    return emitOpError() << "takes x and value of one type, f32 or f64, to y of that type";
  if (!isUnsigned(getRoots(), 32) || !isUnsigned(getTest(), 8) ||
      (!isUnsigned(getFeature(), 16) && !isUnsigned(getFeature(), 32)) ||
      elementTypeOf(getJump()) != elementTypeOf(getFeature()))
    return emitOpError() << "takes ui32 roots, ui8 tests, and features and jumps both of ui16 or ui32";
  auto roots = constantInts(getRoots()), test = constantInts(getTest()), feature = constantInts(getFeature()),
       jump = constantInts(getJump());
  if (!roots || !test || !feature || !jump || !definingConstant(getValue()))
    return emitOpError() << "takes constant tables";
  const Nodes nodes{*roots, *test, *feature, *jump};
  const size_t count = nodes.test.size();
  if (nodes.feature.size() != count || nodes.jump.size() != count ||
      numElements(shapeOf(getValue())) != static_cast<int64_t>(count))
    return emitOpError() << "has tables of different lengths";
  for (int64_t root : nodes.roots)
    if (root >= static_cast<int64_t>(count))
      return emitOpError() << "has a root outside the table";
  for (size_t i = 0; i < count; ++i)
    if (const char *problem = problemOf(nodes, i, shapeOf(getX())[1], static_cast<int64_t>(getTargets())))
      return emitOpError() << "node " << i << " " << problem;
  return success();
}

LogicalResult TreeEnsembleOp::lower(Lowering &l) {
  if (numElements(shapeOf(getY())) == 0)
    return success();
  const int64_t targets = shapeOf(getY())[1];
  LoopNest rows = loopsOver({shapeOf(getX())[0]}, {{shapeOf(getX())[1]}, {targets}});
  l.call(stringifyTreeKind(getKind()) + "_" + kernelSuffix(elementTypeOf(getX())) + "_" +
             kernelSuffix(elementTypeOf(getFeature())),
         {rows.at(l.operand(0), 0), ptr(l.operand(1)), num(numElements(shapeOf(getRoots()))), ptr(l.operand(2)),
          ptr(l.operand(3)), ptr(l.operand(4)), ptr(l.operand(5)), rows.at(l.result(), 1), num(targets)},
         rows.loops);
  return success();
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/TreeEnsemble.cpp.inc"
