#include "compiler/quantize/Backoff.h"

#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Quantize.h"

#include "mlir/IR/Location.h"

namespace burin::quantize {
using namespace mlir;

namespace {

/// The ONNX nodes that an operator comes from.
void collectNames(Location location, std::vector<std::string> &names) {
  if (auto name = dyn_cast<NameLoc>(location))
    names.push_back(name.getName().str());
  else if (auto fused = dyn_cast<FusedLoc>(location))
    for (Location part : fused.getLocations())
      collectNames(part, names);
}

} // namespace

FloatNodes stayedFloat(Program &program, const onnx::GraphProto &graph, const Choice &choice) {
  std::set<std::string> integer;
  for (int i = 0; i < graph.node_size(); ++i)
    if (choice.isInteger[static_cast<size_t>(i)])
      integer.insert(graph.node(i).name());
  FloatNodes floats;
  for (Operation &op : program.function().getBody().front()) {
    if (!isa<nn::NnOp>(op) || isa<nn::ConstantOp, nn::QuantizeOp, nn::DequantizeOp>(op) || op.getNumResults() == 0 ||
        !isa<FloatType>(nn::elementTypeOf(op.getResult(0))))
      continue;
    std::vector<std::string> names;
    collectNames(op.getLoc(), names);
    auto because = op.getAttrOfType<StringAttr>("nn.float_because");
    for (const std::string &name : names)
      if (integer.contains(name))
        floats[name] = because ? because.getValue().str() : "the compiler has no integer form of it";
  }
  return floats;
}

} // namespace burin::quantize
