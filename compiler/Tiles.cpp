#include "compiler/Tiles.h"

#include "ir/nn/Lowering.h"
#include "ir/nn/ops/PairRows.h"

namespace burin {
using namespace mlir;

namespace {

/// A panel that is at most this part of the arena is worth its bytes: the kernels with it need two thirds of the
/// instructions of those without.
constexpr int64_t panelShare = 13;

/// The operators with tiles, in the order of the program: their numbers stay when the program is copied.
std::vector<Operation *> tiledOperators(func::FuncOp function) {
  std::vector<Operation *> tiled;
  function.walk([&](nn::NnOp op) {
    if (op->hasAttr(nn::kernelFamilyAttrName))
      tiled.push_back(op);
  });
  return tiled;
}

/// Scratch that the operator, computed by rows, fills in each turn.
int64_t panelBytes(Operation *op) {
  nn::Lowering lowering(op, /*byRows=*/true);
  int64_t bytes = 0;
  if (succeeded(cast<nn::NnOp>(op).lower(lowering)))
    for (const nn::LoweredBuffer &buffer : lowering.buffers())
      bytes += buffer.transient ? buffer.bytes : 0;
  return bytes;
}

/// The numbers of the operators with panels of more than `least` bytes, the largest first. Where tiles are all alike, a
/// smaller one would need kernels of its own: only if there is no room (`least` is 0) it counts.
std::vector<size_t> largePanels(func::FuncOp function, int64_t least) {
  std::vector<std::pair<int64_t, size_t>> panels;
  for (auto [number, op] : llvm::enumerate(tiledOperators(function)))
    if (const int64_t bytes = panelBytes(op); bytes > least && (least == 0 || !op->hasAttr(nn::wholeTilesAttrName)))
      panels.push_back({-bytes, number});
  llvm::sort(panels);
  std::vector<size_t> numbers;
  for (auto [bytes, number] : panels)
    numbers.push_back(number);
  return numbers;
}

/// What the arena has to hold at least: the inputs, where they aren't brought row by row.
int64_t inputBytes(func::FuncOp function) {
  int64_t bytes = 0;
  for (BlockArgument input : function.getArguments())
    bytes += nn::byteSize(nn::tensorType(input));
  return bytes;
}

void setTilePixels(Operation *op, Attribute pixels) {
  if (pixels)
    op->setAttr(nn::tilePixelsAttrName, pixels);
  else
    op->removeAttr(nn::tilePixelsAttrName);
}

} // namespace

void fitTiles(Compilation &c, const ScheduleFlags &flags) {
  const int64_t enough = flags.ram > 0 || flags.pushRows ? 0 : inputBytes(c.function()) / panelShare;
  if (largePanels(c.function(), enough).empty())
    return;
  std::optional<PlanFigures> best = c.tryPlan(flags);
  const auto isTight = [&] { return flags.ram > 0 && best->ram > flags.ram; };
  for (int64_t pixels : {2, 1}) {
    if (!best || (pixels == 1 && !isTight())) // why there is no plan is said when it is made
      return;
    for (size_t number : largePanels(c.function(), isTight() ? 0 : best->ram / panelShare)) {
      Operation *op = tiledOperators(c.function())[number];
      const Attribute before = op->getAttr(nn::tilePixelsAttrName);
      setTilePixels(op, IntegerAttr::get(IntegerType::get(op->getContext(), 64), pixels));
      const std::optional<PlanFigures> smaller = c.tryPlan(flags);
      if (smaller && smaller->ram < best->ram)
        best = smaller;
      else
        setTilePixels(tiledOperators(c.function())[number], before);
      if (flags.ram > 0 && !isTight())
        return;
    }
  }
}

} // namespace burin
