#include "compiler/quantize/Backoff.h"

#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Quantize.h"

namespace burin::quantize {
using namespace mlir;

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
    auto because = op.getAttrOfType<StringAttr>("nn.float_because");
    for (const std::string &name : nodeNames(op.getLoc()))
      if (integer.contains(name))
        floats[name] = because ? because.getValue().str() : "the compiler has no integer form of it";
  }
  return floats;
}

} // namespace burin::quantize
