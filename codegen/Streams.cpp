#include "codegen/Streams.h"

#include "codegen/PushRows.h"
#include "ir/plan/StreamTurns.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MathExtras.h"

#include <map>

namespace burin::codegen {
using namespace mlir;
using plan::StreamLayer, plan::StreamRead;
namespace {

std::string u32(int64_t value) { return std::to_string(value) + "u"; }

/// floor(r / rows) = (r * factor) >> shift for all r up to `last`, in 32 bits.
struct Reciprocal {
  int64_t factor = 0, shift = 0;
};
std::optional<Reciprocal> reciprocal(int64_t rows, int64_t last) {
  for (int64_t shift = 0; shift < 32; ++shift) {
    const int64_t power = int64_t{1} << shift, factor = (power + rows - 1) / rows, excess = factor * rows - power;
    // r·factor = r·power/rows + r·excess/rows, and the second term must not reach the next multiple of 1/rows.
    if (excess * last < power && factor * last <= UINT32_MAX)
      return Reciprocal{factor, shift};
  }
  return std::nullopt;
}

/// The sizes of rings that need a remainder, and the greatest row of each.
std::map<int64_t, int64_t> ringSizes(const Library &library) {
  std::map<int64_t, int64_t> sizes;
  auto program = library.program;
  for (auto buffer : program.getBody().getOps<plan::BufferOp>())
    if (const int64_t rows = plan::ringOf(buffer.getResult()).rows; rows > 1 && !llvm::isPowerOf2_64(rows))
      sizes[rows] = std::max(sizes[rows], plan::rowsOfBuffer(buffer.getResult()) - 1);
  return sizes;
}

/// The conditions under which the layers of a stream take their next turn.
class Conditions {
public:
  Conditions(const std::vector<StreamLayer> &layers, std::vector<std::string> counters)
      : layers(layers), counters(std::move(counters)) {}

  std::string whileAny() const {
    std::string text;
    for (size_t i = 0; i < layers.size(); ++i)
      if (layers[i].complete)
        text += (text.empty() ? "" : " || ") + hasTurns(i);
    return text;
  }

  /// "depthwise_1 < 25u && conv2d_0 > depthwise_1".
  std::string canTake(size_t i) const {
    std::vector<std::string> all;
    if (!isOnlyComplete(i))
      all.push_back(hasTurns(i));
    for (const StreamRead &read : layers[i].reads)
      if (std::string text = isThere(i, read); !text.empty() && !llvm::is_contained(all, text))
        all.push_back(text);
    if (layers[i].lazy)
      all.push_back(isMissed(i));
    return llvm::join(all, " && ");
  }

private:
  const std::string &name(size_t i) const { return counters[i]; }
  std::string hasTurns(size_t i) const { return name(i) + " < " + u32(layers[i].turns); }
  bool isOnlyComplete(size_t i) const {
    return layers[i].complete && llvm::count_if(layers, [](const StreamLayer &l) { return l.complete; }) == 1;
  }

  /// "row * 2u" with the counter of layer i.
  std::string scaled(size_t i, int64_t stride) const { return stride == 1 ? name(i) : name(i) + " * " + u32(stride); }
  /// The rows that layer i has made.
  std::string rowsOf(size_t i) const { return scaled(i, layers[i].made); }

  /// That the rows of `read` are there for the next turn of layer i; empty if they always are.
  std::string isThere(size_t i, const StreamRead &read) const {
    const std::string &producer = name(static_cast<size_t>(read.producer));
    const int64_t last = layers[i].turns - 1, atLeast = read.first + read.span;
    const std::string all = producer + " == " + u32(layers[read.producer].turns);
    if (read.needed(last) == 0 || (read.stride == 0 && read.needed(0) == 0))
      return "";
    if (layers[read.producer].accumulates || read.needed(0) == read.rows)
      return all;
    std::string text = rowsOf(static_cast<size_t>(read.producer)); // >= turn * stride + atLeast
    if (read.stride == 0)
      return text + " >= " + u32(atLeast);
    if (atLeast > 0) {
      text += " > " + scaled(i, read.stride);
      if (atLeast > 1)
        text += " + " + u32(atLeast - 1);
    } else {
      text += " + " + u32(-atLeast) + " >= " + scaled(i, read.stride);
    }
    return last * read.stride + atLeast > read.rows ? "(" + text + " || " + all + ")" : text;
  }

  /// That the next turn of a reader lacks a row of layer i, which has rows left.
  std::string isMissed(size_t i) const {
    std::string text;
    int readers = 0;
    for (size_t r = 0; r < layers.size(); ++r)
      for (const StreamRead &read : layers[r].reads) {
        if (static_cast<size_t>(read.producer) != i)
          continue;
        const int64_t atLeast = read.first + read.span;
        std::string one = rowsOf(i) + (atLeast < 0 ? " + " + u32(-atLeast) : "") + " < ";
        if (read.stride == 0)
          one += u32(std::max<int64_t>(atLeast, 0));
        else
          one += scaled(r, read.stride) + (atLeast > 0 ? " + " + u32(atLeast) : "");
        if (!isOnlyComplete(r))
          one = "(" + hasTurns(r) + " && " + one + ")";
        text += (readers++ ? " || " : "") + one;
      }
    return readers > 1 ? "(" + text + ")" : text;
  }

  const std::vector<StreamLayer> &layers;
  std::vector<std::string> counters; ///< as C expressions
};

Conditions conditionsOf(const std::vector<StreamLayer> &layers, const Layer &layer, StringRef before) {
  std::vector<std::string> counters;
  for (const Layer &inner : layer.inner)
    counters.push_back(before.str() + inner.name);
  return {layers, std::move(counters)};
}

std::vector<StreamLayer> layersOf(const Layer &layer) {
  auto op = layer.op;
  return plan::streamLayers(*op.getBody().getOps<plan::StreamOp>().begin());
}

} // namespace

std::string ringSlot(const Library &library, int64_t rows, StringRef row) {
  if (rows == 1)
    return "";
  if (llvm::isPowerOf2_64(rows))
    return "(" + (row.contains(' ') ? "(" + row.str() + ")" : row.str()) + " & " + u32(rows - 1) + ")";
  return library.info.name + "_mod" + std::to_string(rows) + "(" + row.str() + ")";
}

void printRingSlots(const Library &library, CWriter &w) {
  for (auto [rows, last] : ringSizes(library)) {
    w.comment("row % " + std::to_string(rows) + " for rows up to " + std::to_string(last) +
              ": where it lies in a ring of " + std::to_string(rows) + " rows. No division: the target may have none.");
    w.function("static uint32_t " + library.info.name + "_mod" + std::to_string(rows) + "(uint32_t row)");
    if (std::optional<Reciprocal> r = reciprocal(rows, last))
      w.line("return row - ((row * " + u32(r->factor) + ") >> " + u32(r->shift) + ") * " + u32(rows) + ";");
    else
      w.line("return row % " + u32(rows) + ";");
    w.close().line();
  }
}

std::string streamIsUnfinished(const Layer &layer, StringRef before) {
  const std::vector<StreamLayer> layers = layersOf(layer);
  return conditionsOf(layers, layer, before).whileAny();
}

void printStream(const Library &library, const Layer &layer, CWriter &w) {
  const std::vector<StreamLayer> layers = layersOf(layer);
  const std::string &name = library.info.name;
  const bool pushed = takesPushedRows(layer.inner.front());
  const std::string before = pushed ? "rows->" : "";
  if (!pushed) {
    w.comment("Turns that each layer has taken: what it writes next is that row of its result.");
    for (const Layer &inner : layer.inner)
      w.line("uint32_t " + inner.name + " = 0u;");
    w.line();
  }
  const Conditions conditions = conditionsOf(layers, layer, before);
  w.open("while (" + conditions.whileAny() + ")");
  for (size_t i = layers.size(); i-- > 0;) {
    const std::string counter = before + layer.inner[i].name;
    const std::string turn = name + "_do_turn(" + name + "_" + layer.inner[i].name +
                             (library.hasState() ? ", s, a, " : ", a, ") + counter + ");";
    if (pushed && i == 0) {
      w.otherwise().line(library.pulled ? "return NULL; /* until the next row comes */"
                                        : "return; /* until the next row comes */");
      break;
    }
    if (i == 0)
      w.otherwise();
    else if (i + 1 == layers.size())
      w.open("if (" + conditions.canTake(i) + ")");
    else
      w.otherwise("if (" + conditions.canTake(i) + ")");
    if (givesPulledRows(layer.inner[i])) {
      w.line(counter + " += 1u;").line("return " + pulledRow(library, counter + " - 1u") + ";");
    } else {
      w.line(turn).line(counter + " += 1u;");
    }
  }
  w.close().close();
  if (library.pulled)
    w.line("return NULL; /* the output is complete */");
}

} // namespace burin::codegen
