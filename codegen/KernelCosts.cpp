#include "codegen/KernelCosts.h"

#include "codegen/Library.h"
#include "ir/nn/ops/KernelFamily.h"

#include <algorithm>

namespace burin::codegen {
using namespace mlir;

namespace {

KernelCost costOf(Attribute attribute) {
  auto entry = cast<DictionaryAttr>(attribute);
  const auto number = [&](StringRef key) { return cast<IntegerAttr>(entry.get(key)).getInt(); };
  return {"brn_" + cast<StringAttr>(entry.get("kernel")).str(), number("instructions"), number("bytes")};
}

/// "16 384 instructions fewer", of what the other takes more.
std::string difference(int64_t more, llvm::StringRef what) {
  if (more == 0)
    return "as many " + what.str();
  return grouped(std::abs(more)) + " " + what.str() + (more > 0 ? " fewer" : " more");
}

std::string line(const KernelCost &other) {
  return "over " + other.kernel.substr(4) + ": " + difference(other.instructions, "instructions") + ", " +
         difference(other.bytes, "bytes");
}

} // namespace

KernelChoice kernelChoice(plan::LayerOp layer) {
  KernelChoice choice;
  auto costs = layer->getAttrOfType<ArrayAttr>(nn::kernelCostsAttrName);
  if (!costs)
    return choice;
  choice.chosen = costOf(costs[0]);
  for (Attribute other : costs.getValue().drop_front())
    choice.over.push_back(costOf(other));
  return choice;
}

std::vector<std::string> choiceLines(const KernelChoice &choice) {
  std::vector<std::string> lines;
  if (choice.over.empty())
    return lines;
  const auto smallest = std::ranges::min_element(choice.over, {}, &KernelCost::bytes);
  const auto fastest = std::ranges::min_element(choice.over, {}, &KernelCost::instructions);
  lines.push_back(line(*smallest));
  if (fastest != smallest && fastest->instructions < 0)
    lines.push_back(line(*fastest));
  return lines;
}

} // namespace burin::codegen
