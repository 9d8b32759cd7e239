// Counts of n-grams of integers.
#include "frontend/onnx/OpTable.h"

#include <map>

namespace burin::importer {
using namespace mlir;

namespace {

/// The most distances between the items of n-grams.
constexpr int64_t maxDistances = 1024;

/// The n-grams of one length, and where each is counted.
struct Grams {
  int64_t length = 0;
  std::map<std::vector<int64_t>, int64_t> slots;
};

/// What the attributes describe; empty after a failure.
std::optional<std::vector<Grams>> readGrams(NodeContext &n) {
  const Shape starts = n.intsAttr("ngram_counts", {}), slots = n.intsAttr("ngram_indexes", {});
  const Shape pool = n.intsAttr("pool_int64s", {});
  const int64_t shortest = n.intAttr("min_gram_length", 1), longest = n.intAttr("max_gram_length", 1);
  const auto size = static_cast<int64_t>(pool.size());
  std::vector<Grams> out;
  size_t gram = 0;
  for (size_t i = 0; i < starts.size(); ++i) {
    Grams grams{.length = static_cast<int64_t>(i) + 1, .slots = {}};
    const int64_t end = i + 1 < starts.size() ? starts[i + 1] : size;
    if (!n.require(starts[i] >= 0 && starts[i] <= end && end <= size, "\"ngram_counts\" doesn't divide the pool"))
      return std::nullopt;
    for (int64_t at = starts[i]; at + grams.length <= end; at += grams.length, ++gram) {
      if (!n.require(gram < slots.size() && slots[gram] >= 0, "\"ngram_indexes\" doesn't fit the pool"))
        return std::nullopt;
      grams.slots[std::vector<int64_t>(pool.begin() + at, pool.begin() + at + grams.length)] = slots[gram];
    }
    if (grams.length >= shortest && grams.length <= longest && !grams.slots.empty())
      out.push_back(std::move(grams));
  }
  return out;
}

/// How often each of `grams` stands in the rows of x [B,C], its items `distance` apart: float32 [B,grams].
Value countGrams(NodeContext &n, Value x, const Grams &grams, int64_t distance) {
  const int64_t places = n.dim(x, 1) - (grams.length - 1) * distance, count = static_cast<int64_t>(grams.slots.size());
  if (places <= 0)
    return {};
  Value matches;
  for (int64_t item = 0; item < grams.length; ++item) {
    Shape column;
    for (const auto &[gram, slot] : grams.slots)
      column.push_back(gram[static_cast<size_t>(item)]);
    Value found = n.compare(nn::CompareKind::equal, n.insertAxis(n.sliceAxis(x, 1, item * distance, places), 2),
                            n.ints(column, {1, 1, count}, n.i64()));
    matches = matches ? n.binary(nn::BinaryKind::logical_and, matches, found) : found;
  }
  return n.removeAxis(n.reduce(nn::ReduceKind::sum, n.cast(matches, n.f32()), {1}), 1);
}

/// counts [B,G] added up into slots [B,size]: gathered, as often as the fullest slot has n-grams.
Value sumIntoSlots(NodeContext &n, Value counts, ArrayRef<int64_t> slotOfColumn, int64_t size) {
  const int64_t batch = n.dim(counts, 0), none = n.dim(counts, 1);
  Value padded = n.concat({counts, n.fill(0, {batch, 1}, n.f32())}, 1);
  std::vector<Shape> rounds;
  SmallVector<size_t> used(static_cast<size_t>(size), 0);
  for (auto [column, slot] : llvm::enumerate(slotOfColumn)) {
    const size_t round = used[static_cast<size_t>(slot)]++;
    if (round == rounds.size())
      rounds.emplace_back(static_cast<size_t>(size), none);
    rounds[round][static_cast<size_t>(slot)] = static_cast<int64_t>(column);
  }
  Value sum;
  for (const Shape &round : rounds) {
    Value part = n.gather(padded, n.ints(round), 1);
    sum = sum ? n.add(sum, part) : part;
  }
  return sum;
}

/// Counts of all n-grams in the rows of x [B,C] as [B,size].
Value countAll(NodeContext &n, Value x, ArrayRef<Grams> all, int64_t size) {
  // Every distance between items has operators of its own.
  const int64_t distances = std::min<int64_t>(n.intAttr("max_skip_count", 0), n.dim(x, 1)) + 1;
  if (!n.support(distances <= maxDistances, "n-grams of items that are so far apart are not supported"))
    return {};
  SmallVector<Value> counts;
  Shape slots;
  for (const Grams &grams : all) {
    Value sum;
    // Single items have no gaps: they count once.
    for (int64_t distance = 1; distance <= (grams.length == 1 ? 1 : distances); ++distance)
      if (Value part = countGrams(n, x, grams, distance))
        sum = sum ? n.add(sum, part) : part;
    if (!sum)
      continue;
    counts.push_back(sum);
    for (const auto &[gram, slot] : grams.slots)
      slots.push_back(slot);
  }
  return counts.empty() ? n.fill(0, {n.dim(x, 0), size}, n.f32()) : sumIntoSlots(n, n.concat(counts, 1), slots, size);
}

/// Source: ONNX TfIdfVectorizer-9.
void tfIdf(NodeContext &n) {
  const Shape slots = n.intsAttr("ngram_indexes", {});
  if (!n.support(!n.hasAttr("pool_strings"), "n-grams of strings are not supported", "map the strings to integers") ||
      !n.require(!slots.empty() && n.hasAttr("pool_int64s"), "the n-grams are missing"))
    return;
  const int64_t largest = *llvm::max_element(slots);
  if (!n.support(largest < maxGenerated, "an n-gram is counted in place " + Twine(largest)))
    return;
  const int64_t size = largest + 1;
  auto grams = readGrams(n);
  Value x = n.cast(n.input(0), n.i64());
  const Shape given = n.shape(x);
  if (!grams || !n.require(given.size() <= 2 && size >= 1, "the input must be [C] or [N,C]"))
    return;
  x = given.size() == 2 ? x : n.reshape(x, {1, nn::numElements(given)});
  Value y = countAll(n, x, *grams, size);
  const std::string mode = n.stringAttr("mode", "TF");
  if (!n.require(mode == "TF" || mode == "IDF" || mode == "TFIDF", "\"mode\" must be TF, IDF or TFIDF"))
    return;
  if (mode == "IDF")
    y = n.clamp(y, 0, 1);
  if (auto weights = n.floatsAttr("weights"); weights && mode != "TF") {
    if (!n.require(static_cast<int64_t>(weights->size()) >= size, "\"weights\" has too few elements"))
      return;
    y = n.mul(y, n.floats(ArrayRef(*weights).take_front(static_cast<size_t>(size)), {1, size}, n.f32()));
  }
  n.output(given.size() == 2 ? y : n.reshape(y, {size}));
}

constexpr OpImporter rows[] = {
    {"TfIdfVectorizer", 1, 1, tfIdf, types::int32 | types::int64, Half::Move, 0, "integers only", 9},
};

} // namespace

llvm::ArrayRef<OpImporter> tfIdfOps() { return rows; }

} // namespace burin::importer
