#include "ir/nn/ops/LinearAttention.h"
#include "ir/nn/Emit.h"

namespace burin::nn {
using namespace mlir;

LogicalResult LinearAttentionOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc, Adaptor adaptor,
                                                  SmallVectorImpl<Type> &types) {
  RankedTensorType q = tensorType(adaptor.getQ()), k = tensorType(adaptor.getK()), v = tensorType(adaptor.getV());
  RankedTensorType state = tensorType(adaptor.getState());
  const auto heads = static_cast<int64_t>(adaptor.getHeads());
  if (q.getRank() != 3 || k.getRank() != 3 || v.getRank() != 3 || state.getRank() != 4 || heads < 1)
    return emitOptionalError(loc, "linear_attention needs q, k and v of rank 3 and a state of rank 4");
  const int64_t batch = q.getDimSize(0), steps = q.getDimSize(1), dk = state.getDimSize(2), dv = state.getDimSize(3);
  const int64_t queryHeads = dk == 0 ? 0 : q.getDimSize(2) / dk;
  if (state.getShape() != ArrayRef<int64_t>{batch, heads, dk, dv} || dk < 1 || q.getDimSize(2) != queryHeads * dk ||
      queryHeads % heads != 0 || k.getShape() != ArrayRef<int64_t>{batch, steps, heads * dk} ||
      v.getShape() != ArrayRef<int64_t>{batch, steps, heads * dv})
    return emitOptionalError(loc, "linear_attention: q, k, v and the state don't fit together");
  types.push_back(RankedTensorType::get({batch, steps, queryHeads * dv}, q.getElementType()));
  types.push_back(state);
  return success();
}

LogicalResult LinearAttentionOp::verify() {
  for (Value v : getOperands())
    if (elementTypeOf(v) != elementTypeOf(getQ()))
      return emitOpError() << "operands have one element type";
  ArrayRef<int64_t> k = shapeOf(getK()), decay = shapeOf(getDecay()), beta = shapeOf(getBeta());
  const SmallVector<int64_t> one = {1, 1, 1}, perHead = {k[0], k[1], static_cast<int64_t>(getHeads())};
  if (decay != k && decay != ArrayRef(perHead) && decay != ArrayRef(one))
    return emitOpError() << "decay has the wrong shape";
  if (beta != ArrayRef(perHead) && beta != ArrayRef<int64_t>{k[0], k[1], 1} && beta != ArrayRef(one))
    return emitOpError() << "beta has the wrong shape";
  return success();
}

int64_t LinearAttentionOp::macs() {
  ArrayRef<int64_t> state = shapeOf(getState()), q = shapeOf(getQ());
  const int64_t group = q[2] / (state[1] * state[2]);
  return numElements(state) * q[1] * (group + 2 + (getDelta() ? 1 : 0));
}

namespace {

/// How a pointer to a gate [B,T,H*size], [B,T,1] or [1,1,1] advances per batch, step and head.
struct GateStrides {
  int64_t batch = 0, step = 0, head = 0;
};

GateStrides gateStrides(ArrayRef<int64_t> shape, int64_t heads) {
  GateStrides s;
  s.head = shape[2] == 1 ? 0 : shape[2] / heads;
  s.step = shape[1] == 1 ? 0 : shape[2];
  s.batch = shape[0] == 1 ? 0 : shape[1] * shape[2];
  return s;
}

} // namespace

LogicalResult LinearAttentionOp::lower(Lowering &l) {
  const Type type = elementTypeOf(getQ());
  if (!type.isF32() && !type.isF64())
    return l.unsupportedType(type);
  if (const int64_t bytes = l.buffers()[l.result(1)].bytes)
    l.call("copy", {ptr(l.operand(3)), ptr(l.result(1)), num(bytes)});
  if (numElements(shapeOf(getY())) == 0)
    return success();
  ArrayRef<int64_t> state = shapeOf(getState()), q = shapeOf(getQ());
  const int64_t batch = q[0], steps = q[1], heads = state[1], dk = state[2], dv = state[3];
  const int64_t group = q[2] / (heads * dk), yRow = heads * group * dv;
  const GateStrides decay = gateStrides(shapeOf(getDecay()), heads), beta = gateStrides(shapeOf(getBeta()), heads);
  const bool perDim = shapeOf(getDecay())[2] == heads * dk;
  LoopNest nest = loopsOver({batch, heads}, {{steps * q[2], group * dk},
                                             {steps * heads * dk, dk},
                                             {steps * heads * dv, dv},
                                             {decay.batch, decay.head},
                                             {beta.batch, beta.head},
                                             {heads * dk * dv, dk * dv},
                                             {steps * yRow, group * dv}});
  return callTyped(l, "linear_attention", type,
                   {nest.at(l.operand(0), 0),
                    num(q[2]),
                    nest.at(l.operand(1), 1),
                    num(heads * dk),
                    nest.at(l.operand(2), 2),
                    num(heads * dv),
                    nest.at(l.operand(4), 3),
                    num(decay.step),
                    num(perDim ? 1 : 0),
                    nest.at(l.operand(5), 4),
                    num(beta.step),
                    real(getDelta() ? 1 : 0),
                    real(getScale().convertToDouble()),
                    num(steps),
                    num(group),
                    num(dk),
                    num(dv),
                    nest.at(l.result(1), 5),
                    nest.at(l.result(0), 6),
                    num(yRow)},
                   nest.loops);
}

} // namespace burin::nn

#define GET_OP_CLASSES
#include "ir/nn/ops/LinearAttention.cpp.inc"
