// nn -> plan: an input that its caller brings row by row. Layer 0 copies each row to the input's buffer, a ring of the
// stream that begins there.
#include "ir/nn/ops/Transpose.h"
#include "passes/lower/ProgramBuilder.h"

namespace burin {
using namespace mlir;

/// Begins the program with the layer that brings the rows of its one input; shapePush() says which these are.
LogicalResult ProgramBuilder::addPush() {
  SmallVector<BlockArgument> inputs;
  for (BlockArgument arg : function.getArguments())
    if (!arena[places[arg].arena].isState)
      inputs.push_back(arg);
  if (inputs.size() != 1) {
    InFlightDiagnostic d = function.emitError("BRN1514: the input can't come row by row: the model has ")
                           << inputs.size() << " inputs, and just one can";
    d.attachNote() << "fix: compile without --push-rows";
    return d;
  }
  const int to = places[inputs.front()].arena;
  RankedTensorType type = nn::tensorType(inputs.front());
  const int from = newBuffer("pushed", type, -1);
  arena[from].isPushed = true;
  arena[to].first = 0;
  pushed = {from, to};
  addMove("push", Place{.arena = from, .constant = {}}, type, to, type, function.getLoc(), {});
  return success();
}

LogicalResult ProgramBuilder::cannotPush(const Layer &layer, const Twine &why) {
  InFlightDiagnostic d = emitError(layer.location, "BRN1514: the input can't come row by row: ") << why;
  const bool isReordered = llvm::any_of(llvm::seq(function.getNumArguments()),
                                        [&](unsigned i) { return function.getArgAttr(i, "nn.perm") != nullptr; });
  d.attachNote() << "fix: "
                 << (!isa_and_nonnull<nn::TransposeOp>(layer.op) ? "compile without --push-rows"
                     : isReordered ? "leave nhwc out of --io, if the model's own input has its channels last"
                                   : "leave the channels last at the boundary, with --io INPUT=nhwc");
  return d;
}

/// Settles what the input's rows are: those of the first layer that reads it, which may see it in another shape, or its
/// own, of which that layer takes several as one.
/// Returns the last layer that reads it. What is between the two must run as a stream, and the input must get as far as
/// a layer with windows, or to the end: before that, rows that are no rows of an image could be meant, such as the
/// channels of NCHW.
FailureOr<int> ProgramBuilder::shapePush() {
  Layer &push = layers.front();
  RankedTensorType type;
  int last = 0;
  for (int l = 1; l < static_cast<int>(layers.size()); ++l)
    for (auto [i, place] : llvm::enumerate(layers[l].reads())) {
      if (place != pushed.to)
        continue;
      last = l;
      if (!type)
        type = layers[l].op ? nn::tensorType(layers[l].op->getOperand(i)) : cast<RankedTensorType>(push.type);
    }
  if (last == 0)
    return cannotPush(push, "no layer reads it");
  int reach = 1; // the first layer that isn't known to work on rows of an image
  bool windows = false;
  for (; reach < static_cast<int>(layers.size()) && (layers[reach].rows || layers[reach].pulls > 0); ++reach)
    windows |= layers[reach].rows && !layers[reach].rows->ofOneRow;
  const bool fails = reach <= last || (!windows && reach < static_cast<int>(layers.size()));
  if (RankedTensorType image = imageRows(cast<RankedTensorType>(push.type)))
    if (const int64_t all = nn::rowsOf(image).rows, seen = nn::rowsOf(type).rows;
        all > seen && all % seen == 0 && seen > 1)
      type = image;
  const nn::TensorRows rows = nn::rowsOf(type);
  if (fails || rows.rows == 1)
    return cannotPush(layers[fails ? reach : last], layers[fails ? reach : last].kind + " needs it as a whole");
  for (int place : {pushed.from, pushed.to})
    arena[place].type = type;
  push.pushes = rows.rows;
  plan::Call copy{.kernel = kernels::findKernel("brn_copy"), .loops = {rows.rows}, .args = {}};
  copy.args = {nn::ptr(0, 0, {rows.bytes}), nn::ptr(1, 0, {rows.bytes}), nn::num(rows.bytes)};
  copy.turned = true;
  push.moves = {std::move(copy)};
  return last;
}

} // namespace burin
