// Channels that are constant for every input, that equal others, or that nobody reads, leave an integer network without
// changing an output.
#include "ir/nn/Constants.h"
#include "ir/nn/PackedWeights.h"
#include "ir/nn/ops/Conv2d.h"
#include "passes/Passes.h"
#include "passes/prune/ChannelGroups.h"
#include "passes/prune/ChannelRanges.h"
#include "passes/prune/SameChannels.h"
#include "passes/prune/TakeChannels.h"

#include "llvm/ADT/StringMap.h"

namespace burin {
#define GEN_PASS_DEF_REMOVECHANNELS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// How a consumer reads one channel: its weights less their zero points, summed over the window, per output.
struct Reader {
  OpOperand *use;
  bool padded; ///< a tap outside the image reads the zero point, not the channel
  int64_t zero;
  SmallVector<int64_t> bias;
  IntegerWeights weights;
  int64_t columns; ///< inputs of one position of the window, a flattened image's all
  Interval stored; ///< what a weight can be
  bool merged = false;

  explicit Reader(OpOperand *use) : use(use) {
    Operation *op = use->getOwner();
    auto conv = dyn_cast<Conv2dOp>(op);
    padded = conv && llvm::any_of(conv.getPads(), [](int64_t p) { return p > 0; });
    zero = perTensorQuant(use->get()).getZeroPoint();
    Value w = weightsOf(op);
    const int64_t outputs = shapeOf(op->getResult(0)).back();
    weights = integerWeights(definingConstant(w), quantType(w), outputs, numElements(shapeOf(w)) / outputs,
                             WeightOrder::ChannelMajor);
    columns = shapeOf(w).back();
    const auto [min, max] = storageRange(quantType(w));
    stored = {min - signedOffset(quantType(w)), max - signedOffset(quantType(w))};
    bias.assign(outputs, 0);
    if (op->getNumOperands() > 2)
      bias = *constantInts(op->getOperand(2));
  }

  /// Calls `f(output, weight − its zero point)` for all weights of column `column`.
  void eachWeight(int64_t column, llvm::function_ref<void(int64_t, int64_t)> f) const {
    for (int64_t o = 0; o < weights.channels; ++o)
      for (int64_t k = column; k < weights.depth; k += columns)
        f(o, int64_t{weights.values[o * weights.depth + k]} - weights.zeros[o]);
  }

  /// Calls `f(weight of `into`, its sum with that of `from`)` for all outputs and positions of the window.
  template <typename F> void eachSum(int64_t into, int64_t from, F f) {
    for (int64_t o = 0; o < weights.channels; ++o)
      for (int64_t k = o * weights.depth; k < (o + 1) * weights.depth; k += columns)
        f(weights.values[k + into], weights.values[k + into] + int64_t{weights.values[k + from]} - weights.zeros[o]);
  }

  bool canMerge(int64_t into, int64_t from) {
    bool fits = true;
    eachSum(into, from, [&](int8_t, int64_t sum) { fits &= sum >= stored.min && sum <= stored.max; });
    return fits;
  }

  /// Weights of `into` take on those of `from`, a column with the same values.
  void merge(int64_t into, int64_t from) {
    eachSum(into, from, [](int8_t &weight, int64_t sum) { weight = static_cast<int8_t>(sum); });
    merged = true;
  }

  bool ignores(int64_t column) const {
    bool all = true;
    eachWeight(column, [&](int64_t, int64_t w) { all &= w == 0; });
    return all;
  }

  /// Adds what column `column` always gives, if it is `value`, to the bias; false, with nothing changed, if no bias can
  /// stand for it.
  bool fold(int64_t column, const Interval &range) {
    if (range.min != range.max || (padded && range.min != zero))
      return ignores(column);
    SmallVector<int64_t> sum = bias;
    eachWeight(column, [&](int64_t o, int64_t w) { sum[o] += w * (range.min - zero); });
    const bool fits = llvm::all_of(sum, [](int64_t b) { return b >= INT32_MIN && b <= INT32_MAX; });
    if (fits)
      bias = std::move(sum);
    return fits;
  }
};

/// What can go from one group.
class GroupRemoval {
public:
  GroupRemoval(const ChannelGroup &group, RangeAnalysis &ranges) : group(group), ranges(ranges) {
    for (OpOperand *use : group.consumers)
      readers.emplace_back(use);
    const std::vector<std::string> keys = channelKeys(group);
    llvm::StringMap<int64_t> first; // of channels that are equal
    for (int64_t c = 0; c < group.channels; ++c) {
      const bool isOnlyOne = kept.empty() && c == group.channels - 1; // a tensor has at least one channel
      if (!isOnlyOne && tryRemove(c))
        continue;
      const auto [same, isFirst] = first.insert({keys[static_cast<size_t>(c)], c});
      if (isFirst || !tryMerge(same->second, c))
        kept.push_back(c);
    }
  }

  bool changesAnything() const { return static_cast<int64_t>(kept.size()) < group.channels; }

  void apply() {
    for (Reader &reader : readers) {
      setBias(reader.use->getOwner(), reader.bias);
      if (reader.merged)
        setWeights(reader.use->getOwner(), reader.weights.values);
    }
    takeChannels(group, kept);
  }

private:
  /// Whether all readers can do without channel `c`, which their biases then stand for.
  bool tryRemove(int64_t c) {
    SmallVector<SmallVector<int64_t>> before;
    for (Reader &reader : readers)
      before.push_back(reader.bias);
    for (Reader &reader : readers) {
      const ChannelRanges &range = ranges.of(reader.use->get());
      for (int64_t column = c; column < reader.columns; column += group.channels)
        if (!reader.fold(column, range[column])) {
          for (auto [r, bias] : llvm::zip(readers, before))
            r.bias = bias;
          return false;
        }
    }
    return true;
  }

  /// Whether all readers can do with channel `into` instead of its equal `from`.
  bool tryMerge(int64_t into, int64_t from) {
    const auto all = [&](auto perColumn) {
      return llvm::all_of(readers, [&](Reader &reader) {
        bool done = true;
        for (int64_t base = 0; base < reader.columns; base += group.channels)
          done &= perColumn(reader, base);
        return done;
      });
    };
    if (!all([&](Reader &r, int64_t base) { return r.canMerge(base + into, base + from); }))
      return false;
    return all([&](Reader &r, int64_t base) {
      r.merge(base + into, base + from);
      return true;
    });
  }

  const ChannelGroup &group;
  RangeAnalysis &ranges;
  std::vector<Reader> readers;
  SmallVector<int64_t> kept;
};

struct RemoveChannels : impl::RemoveChannelsBase<RemoveChannels> {
  void runOnOperation() override {
    // Weights that went may have been the last readers of another group's channels: again, until nothing goes. Within a
    // round what is known of values holds on, since what is left of them doesn't change.
    for (bool changed = true; changed;) {
      changed = false;
      RangeAnalysis ranges(getOperation());
      for (const ChannelGroup &group : channelGroups(getOperation())) {
        GroupRemoval removal(group, ranges);
        if (!removal.changesAnything())
          continue;
        removal.apply();
        changed = true;
      }
    }
  }
};

} // namespace
} // namespace burin
