#include "compiler/Strips.h"

#include "codegen/Library.h"
#include "ir/nn/Strips.h"
#include "passes/strips/ColumnRanges.h"

namespace burin {
using namespace mlir;

namespace {

constexpr int64_t mostPercentMore = 5; ///< multiply-accumulates, of those of the whole program

int64_t macsOf(func::FuncOp function) {
  int64_t macs = 0;
  function.walk([&](nn::NnOp op) { macs += op.macs(); });
  return macs;
}

/// A way to split: the first `length` operators.
struct Split {
  int64_t length = 0, bytes = 0; ///< of the result, and of the rows that rings of a strip keep: about what it needs
  bool operator<(const Split &other) const { return bytes < other.bytes; }
};

/// The most promising ways that cost little enough.
std::vector<Split> splitsOf(func::FuncOp function, int64_t strips) {
  constexpr size_t mostTried = 3; // each is planned
  std::vector<Split> splits;
  const int64_t most = macsOf(function) * mostPercentMore / 100;
  for (const StripRegion &region : stripRegions(function))
    if (std::optional<int64_t> more = repeatedMacs(region, strips); more && *more <= most)
      splits.push_back({static_cast<int64_t>(region.ops.size()), stripBytes(region, strips)});
  llvm::sort(splits);
  splits.resize(std::min(splits.size(), mostTried));
  return splits;
}

} // namespace

bool splitIntoStrips(Compilation &c, const ScheduleFlags &flags, DiagnosticSink &sink) {
  const int64_t strips = c.options.strips;
  if (strips == 1 || c.function().getArgAttr(0, nn::stripsAttrName))
    return true;
  std::optional<Split> best;
  int64_t least = 0;
  for (const Split &split : splitsOf(c.function(), strips)) {
    const std::optional<PlanFigures> figures = c.tryPlan(flags, [&] { return c.splitColumns(strips, split.length); });
    if (figures && (!best || figures->ram < least)) {
      best = split;
      least = figures->ram;
    }
  }
  if (!best) {
    sink.handle({.code = "BRN1517",
                 .model = c.model.name,
                 .message = "the image can't be computed in " + std::to_string(strips) +
                            " strips: the first operators on it are no convolutions, pools and the like on images "
                            "wide enough, or what strips have in common is more than " +
                            std::to_string(mostPercentMore) + " % of the multiply-accumulates",
                 .fix = "compile with fewer strips, or without --strips"});
    return false;
  }
  if (const std::optional<PlanFigures> whole = c.tryPlan(flags); whole && whole->ram <= least)
    sink.handle({.severity = Severity::Remark,
                 .model = c.model.name,
                 .message = std::to_string(strips) + " strips need " + codegen::grouped(least) +
                            " B of RAM, and without strips it is " + codegen::grouped(whole->ram) + " B"});
  return c.splitColumns(strips, best->length);
}

} // namespace burin
