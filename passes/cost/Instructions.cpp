#include "passes/cost/Instructions.h"

#include "ir/nn/Nn.h"
#include "passes/cost/Kernels.h"

namespace burin::cost {
namespace {
using namespace mlir;

constexpr int64_t perCall = 60;
/// What a kind of kernel takes for an element of its result, and, in parts of an instruction, for a multiplication of
/// the direct form.
struct Cost {
  StringRef kernel; ///< part of the name
  int64_t perElement, partsPerMac;
};
constexpr int64_t parts = 24;
/// The first whose name fits. A dot product runs over all channels, a depthwise one over its taps; an element takes
/// requantising, or one step of an element-wise operator.
constexpr Cost costs[] = {{"conv_lanes1", 1, 6},      {"conv_lanes", 1, 4},   {"conv_shared_lanes", 1, 4},
                          {"depthwise_lanes", 1, 12}, {"conv_dots", 4, 3},    {"depthwise_dots", 4, 12},
                          {"qadd_high", 10, 0},       {"depthwise", 40, 216}, {"", 40, 80}};

/// The heavy kernels of the layer, if all of its calls are such.
std::optional<int64_t> heavyWorkOf(plan::LayerOp layer) {
  std::optional<int64_t> sum;
  for (auto call : layer.getBody().getOps<plan::CallOp>()) {
    const std::optional<int64_t> work = kernelInstructions(plan::toCall(call));
    if (!work)
      return std::nullopt;
    sum = sum.value_or(0) + *work;
  }
  return sum;
}

int64_t workOf(plan::LayerOp layer) {
  if (const std::optional<int64_t> heavy = heavyWorkOf(layer))
    return *heavy;
  const Cost *cost = std::end(costs) - 1;
  for (auto call : layer.getBody().getOps<plan::CallOp>())
    cost = std::min(cost, llvm::find_if(costs, [&](const Cost &c) { return call.getKernel().contains(c.kernel); }));
  auto type = dyn_cast<RankedTensorType>(layer.getType());
  const int64_t elements = type ? nn::numElements(type.getShape()) : 0;
  return static_cast<int64_t>(layer.getMacs()) * cost->partsPerMac / parts + elements * cost->perElement;
}

int64_t instructionsOf(plan::LayerOp layer);

int64_t instructionsOf(Region &layers) {
  int64_t sum = 0;
  for (auto layer : layers.getOps<plan::LayerOp>())
    sum += instructionsOf(layer);
  return sum;
}

int64_t instructionsOf(plan::LayerOp layer) {
  int64_t bodies = 0;
  bool hasBodies = false;
  std::vector<plan::Call> calls;
  for (Operation &op : layer.getBody().front()) {
    hasBodies |= op.getNumRegions() > 0;
    if (auto call = dyn_cast<plan::CallOp>(&op))
      calls.push_back(plan::toCall(call));
    if (auto stream = dyn_cast<plan::StreamOp>(&op))
      bodies += instructionsOf(stream.getBody());
    if (auto loop = dyn_cast<plan::LoopOp>(&op))
      bodies += static_cast<int64_t>(loop.getTrips()) * instructionsOf(loop.getBody());
    if (auto choice = dyn_cast<plan::IfOp>(&op))
      bodies += std::max(instructionsOf(choice.getThen()), instructionsOf(choice.getOtherwise()));
  }
  if (hasBodies)
    return bodies + callInstructions(calls);
  const bool isStreamed = layer->getParentOfType<plan::StreamOp>() != nullptr;
  const int64_t turns = isStreamed ? static_cast<int64_t>(layer.getTurns().value_or(0)) : 0;
  return workOf(layer) + callInstructions(calls) + turns * turnInstructions;
}

} // namespace

int64_t callInstructions(llvm::ArrayRef<plan::Call> calls) {
  int64_t sum = 0;
  for (const plan::Call &call : calls) {
    int64_t times = 1;
    for (int64_t loop : call.loops)
      times *= loop;
    sum += times * perCall;
  }
  return sum;
}

int64_t estimateInstructions(plan::ProgramOp program) { return instructionsOf(program.getBody()); }

} // namespace burin::cost
