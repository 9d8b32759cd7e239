// nn -> plan: an output that its caller gets row by row. The last layer hands out each row as soon as it is there; all
// layers are one stream.
#include "ir/nn/ops/Transpose.h"
#include "passes/lower/ProgramBuilder.h"

namespace burin {
using namespace mlir;

LogicalResult ProgramBuilder::cannotPull(Location location, const Twine &why, StringRef fix) const {
  InFlightDiagnostic d = emitError(location, "BRN1515: the output can't be taken row by row: ") << why;
  d.attachNote() << "fix: " << (fix.empty() ? "compile without --pull-rows" : fix);
  return d;
}

RankedTensorType imageRows(RankedTensorType type) {
  ArrayRef<int64_t> image = type.getShape().drop_while([](int64_t d) { return d == 1; });
  if (type.getRank() < 3 || type.getDimSize(0) != 1 || image.empty() || nn::byteSize(type) == 0)
    return {};
  SmallVector<int64_t> shape{1};
  llvm::append_range(shape, image);
  if (image.size() == 1)
    shape.push_back(1);
  return RankedTensorType::get(shape, type.getElementType());
}

/// Ends the program with the layer that hands out the rows of its one output.
LogicalResult ProgramBuilder::addPull(func::ReturnOp ret) {
  SmallVector<unsigned> own;
  for (unsigned i = 0; i < outputs.size(); ++i)
    if (!stateArguments.contains(i))
      own.push_back(i);
  if (own.size() != 1)
    return cannotPull(function.getLoc(), "the model has " + Twine(own.size()) + " outputs, and just one can");
  const unsigned output = own.front();
  RankedTensorType type = imageRows(nn::tensorType(ret.getOperand(output)));
  if (!type)
    return cannotPull(function.getLoc(), "it isn't one image with several rows");
  const nn::TensorRows rows = nn::rowsOf(type);
  pulled = {outputs[output], newBuffer("pulled", type, now())};
  arena[pulled.from].isOutput = false;
  arena[pulled.to].isPulled = true;
  plan::Call copy{.kernel = kernels::findKernel("brn_copy"), .loops = {rows.rows}, .args = {}};
  copy.args = {nn::ptr(0, 0, {rows.bytes}), nn::ptr(1, 0, {rows.bytes}), nn::num(rows.bytes)};
  copy.turned = true;
  addMove("pull", Place{.arena = pulled.from, .constant = {}}, type, pulled.to, type, function.getLoc(),
          {std::move(copy)});
  layers.back().pulls = rows.rows;
  outputs[output] = pulled.to;
  return success();
}

/// Every layer between the two ends has to work row by row, and the output's rows to be made as such.
LogicalResult ProgramBuilder::checkPull() const {
  for (const Layer &layer : layers) {
    if (layer.rows || layer.pushes > 0 || layer.pulls > 0)
      continue;
    const bool isLast = isa_and_nonnull<nn::TransposeOp>(layer.op) && layer.result() == pulled.from;
    return cannotPull(layer.location, layer.kind + " doesn't work row by row",
                      isLast ? "leave the channels last at the boundary, with --io OUTPUT=nhwc" : StringRef());
  }
  if (rowsAsOne(pulled.from, arena[pulled.to].type) == 0)
    return cannotPull(layers.back().location, "its rows aren't those that the last layer makes");
  return success();
}

} // namespace burin
