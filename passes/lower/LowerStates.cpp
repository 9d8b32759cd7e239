// State: an argument of the function and the result that is its value at the next run share a buffer in a memory of its
// own.
#include "ir/nn/Constants.h"
#include "ir/nn/Kept.h"
#include "passes/lower/ProgramBuilder.h"

namespace burin {
using namespace mlir;

/// Every argument gets a buffer that is alive from the start. Argument attribute `nn.state` is the result that becomes
/// the argument at the next run: the two share a buffer of the state.
LogicalResult ProgramBuilder::addArguments() {
  for (BlockArgument arg : function.getArguments()) {
    auto next = function.getArgAttrOfType<IntegerAttr>(arg.getArgNumber(), "nn.state");
    places[arg].arena = newBuffer((next ? "state_" : "input_") + Twine(arg.getArgNumber()), nn::tensorType(arg), -1);
    if (auto kept = function.getArgAttrOfType<IntegerAttr>(arg.getArgNumber(), nn::keptAttrName))
      arena.back().kept = kept.getInt();
    if (!next)
      continue;
    const auto result = static_cast<unsigned>(next.getInt());
    for (StringRef key : {"nn.quant", "nn.perm"})
      if (function.getArgAttr(arg.getArgNumber(), key) != function.getResultAttr(result, key))
        return function.emitError("BRN1511: a state's input and output differ in layout or quantisation");
    if (arg.getType() != function.getResultTypes()[result])
      return function.emitError("BRN1511: a state's input has type ")
             << arg.getType() << ", its output " << function.getResultTypes()[result];
    arena.back().isState = true;
    stateArguments[result] = arg.getArgNumber();
  }
  return success();
}

/// The buffer of the state that becomes `op`'s result and may be written by `op` itself: its old value is read no more,
/// or by `op` only before the bytes are written. -1: there is none.
int ProgramBuilder::stateOf(nn::NnOp op, unsigned result) const {
  func::FuncOp f = function; // its methods are not const
  auto ret = cast<func::ReturnOp>(f.getBody().front().getTerminator());
  for (auto [i, v] : llvm::enumerate(ret.getOperands())) {
    auto state = stateArguments.find(static_cast<unsigned>(i));
    if (state == stateArguments.end() || root(v) != op->getResult(result))
      continue;
    Value old = f.getArgument(state->second);
    const auto reads = [&](auto operand) { return root(operand.value()) == old; };
    const bool readsBefore = llvm::all_of(llvm::enumerate(op->getOperands()), [&](auto operand) {
      return !reads(operand) || (result == 0 && op.mayOverwrite(static_cast<unsigned>(operand.index())));
    });
    if (isLastReader(op, old) && readsBefore)
      return places.lookup(old).arena;
  }
  return -1;
}

/// The new states are written when all old ones have been read: one that is another state's old value is saved first.
void ProgramBuilder::addStates(func::ReturnOp ret) {
  SmallVector<std::pair<Place, unsigned>> writes;
  for (auto [i, v] : llvm::enumerate(ret.getOperands())) {
    auto state = stateArguments.find(static_cast<unsigned>(i));
    if (state == stateArguments.end())
      continue;
    Place from = places.lookup(root(v));
    const int to = places.lookup(function.getArgument(state->second)).arena;
    outputs[i] = to;
    if (from.arena == to && from.arena >= 0)
      continue;
    if (from.arena >= 0 && arena[from.arena].isState)
      from.arena = copied(from, v.getType(), function.getLoc());
    writes.emplace_back(from, static_cast<unsigned>(i));
  }
  for (auto [from, i] : writes)
    addCopy(from, ret.getOperand(i).getType(), outputs[i], function.getLoc());
}

void ProgramBuilder::emitReset(const ArenaBuffer &state, ElementsAttr value) {
  auto type = cast<RankedTensorType>(state.type);
  std::vector<char> storage;
  ArrayRef<char> bytes = nn::elementsBytes(value, type, storage);
  Value constant =
      constantBuffer(state.name + "_reset", nn::cType(type.getElementType()), type.getShape(), bytes, value);
  plan::ResetOp::create(b, function.getLoc(), state.value, constant);
}

} // namespace burin
