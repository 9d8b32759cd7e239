#include "passes/cost/Kernels.h"

#include "ir/nn/ops/PairRows.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MathExtras.h"

namespace burin::cost {
namespace {
using llvm::divideCeil, llvm::StringRef;

/// Instructions for four values of p pixels and two channels in the innermost loop of tiles, p = 1 … 4.
struct Core {
  StringRef isa;
  double narrow[4], wide[4];
  double around;          ///< what surrounds it, as multiples of that of Armv7E-M
  double slides, anyTaps; ///< depthwise kernels, likewise
  double joined;          ///< tiles of joined pixels, as multiples of those of Armv6-M
};
constexpr Core cores[] = {
    {"armv7em", {10, 14, 20, 26}, {6, 10, 16, 22}, 1, 1, 1, 1},
    {"armv7m", {25, 37, 49, 61}, {25, 37, 49, 61}, 1.5, 3.2, 5.2, 1},
    {"rv32im", {36, 62, 88, 114}, {36, 62, 88, 114}, 1.8, 2.7, 6.3, 0.71},
    {"", {46, 78, 110, 142}, {46, 78, 110, 142}, 2.2, 5.4, 11.6, 1},
};

/// The core, and how often its loops are written out.
struct Machine {
  const Core &core;
  double rounds;
};

Machine machineOf(kernels::CodeFor how) {
  const StringRef isa(how.isa.data(), how.isa.size());
  return {*llvm::find_if(cores, [&](const Core &core) { return core.isa == isa || core.isa.empty(); }),
          how.small ? 2.0 : 8.0};
}

/// The shape of a call, by the names of the kernels' parameters.
class Shape {
public:
  explicit Shape(const plan::Call &call) : call(call) {
    for (int64_t loop : call.loops)
      rows *= loop;
  }
  int64_t operator[](StringRef name) const {
    for (auto [arg, param] : llvm::zip(call.args, call.kernel->params))
      if (StringRef(param.name.data(), param.name.size()) == name)
        if (auto *number = std::get_if<plan::IntArg>(&arg))
          return number->value;
    return 0;
  }
  int64_t rows = 1; ///< that the call makes

private:
  const plan::Call &call;
};

/// Pixels of each tile of a row: whole ones, or as few as possible of `size` and one pixel less.
std::vector<int64_t> tilesOfRow(int64_t width, int64_t size, bool whole) {
  const auto count = static_cast<int64_t>(divideCeil(width, size));
  if (whole)
    return std::vector<int64_t>(static_cast<size_t>(count), size);
  std::vector<int64_t> tiles(static_cast<size_t>(count), size - 1);
  std::fill_n(tiles.begin(), width - (size - 1) * count, size);
  return tiles;
}

double tileRow(const Shape &s, int64_t size, bool whole, bool wide, const Machine &machine) {
  const Core &core = machine.core;
  constexpr double fill[] = {8, 9, 13, 16}; // four values of each pixel to the panel
  const bool touching = s["dilation"] == 1 && s["in_step"] == s["in_c"];
  const int64_t kh = s["kh"], kw = s["kw"], width = s["out_w"], inC = s["in_c"];
  const auto quads = static_cast<double>(touching ? kh * divideCeil(kw * inC, 4) : kh * kw * divideCeil(inC, 4));
  const auto pairs = static_cast<double>(divideCeil(s["out_c"], 2));
  // Results by another shift than two are no assembly.
  const double slowly = s["shift"] == 2 || core.isa != "armv7em" ? 1 : 1.5;
  double sum = 0;
  int64_t x = 0;
  for (int64_t p : tilesOfRow(width, size, whole)) {
    const int64_t stride = width == 1 ? 0 : s["stride"], column = x * s["stride"] - s["pad"];
    const bool edge = touching && (column < 0 || column + (p - 1) * stride + kw > s["in_w"]);
    const double inner = (wide ? core.wide : core.narrow)[p - 1] + 3 / machine.rounds;
    const auto pixels = static_cast<double>(p), rows = static_cast<double>(kh);
    sum += pairs * (quads * inner + (14.7 + 9.6 * pixels) * core.around) * slowly +
           (quads * fill[p - 1] + 103 * rows + 104 + (edge ? 42 * pixels * rows : 0)) * core.around;
    x += p;
  }
  return sum;
}

/// Two pixels in a word of the panel, on cores that multiply one pair at a time.
double joinedRow(const Shape &s, int64_t size, const Core &core) {
  const auto quads = static_cast<double>(divideCeil(s["kh"] * s["kw"] * s["in_c"], 4));
  const auto channels = static_cast<double>(s["out_c"]);
  double sum = 0;
  for (int64_t p : tilesOfRow(s["out_w"], size, /*whole=*/false)) {
    const double inner = static_cast<double>(nn::joinedTileCost(p));
    sum += quads * channels * inner + channels * (30 + 30 * static_cast<double>(p)) +
           quads * 12 * static_cast<double>(p) + 200;
  }
  return sum * core.joined;
}

double winogradRow(const Shape &s, int64_t tiles, const Core &core) {
  const int64_t wide = 8 / tiles;
  const double perQuad = tiles == 1 ? 25 : 22, kh = static_cast<double>(s["kh"]);
  const auto quads = static_cast<double>(divideCeil(s["in_c"], 4)), together = static_cast<double>(tiles);
  const auto products = static_cast<double>(6 * divideCeil(s["out_c"], wide));
  const double once = products * (perQuad * kh * quads + 70) + 70 * kh * together * quads +
                      94 * static_cast<double>(s["out_c"]) * together;
  return static_cast<double>(divideCeil(s["out_w"], 4 * tiles)) * once * core.around;
}

double singlePixelRow(const Shape &s, const Machine &machine) {
  const Core &core = machine.core;
  const auto quads = static_cast<double>(divideCeil(s["kw"] * s["in_c"], 4));
  const auto groups = static_cast<double>(divideCeil(s["out_c"], 4));
  return static_cast<double>(s["out_w"]) * groups *
             (quads * (2 * core.narrow[0] + (machine.rounds > 2 ? 2 : 4)) + 130 * core.around) +
         39;
}

/// "conv_wide_pairs" and 4 of "brn_conv_wide_pairs4_s8_u8"; 0 if there is no such digit.
std::pair<StringRef, int64_t> nameAndSize(std::string_view kernel) {
  StringRef stem(kernel.data(), kernel.size());
  stem.consume_front("brn_");
  for (int i = 0; i < 2; ++i)
    stem.consume_back("_s8") || stem.consume_back("_u8");
  const StringRef name = stem.starts_with("depthwise") ? stem : stem.rtrim("12345");
  return {name, name.size() < stem.size() ? stem.back() - '0' : 0};
}

} // namespace

std::optional<int64_t> kernelInstructions(const plan::Call &call, kernels::CodeFor how) {
  const auto [name, size] = nameAndSize(call.kernel->name);
  const Shape s(call);
  const Machine machine = machineOf(how);
  const Core &core = machine.core;
  const auto channels = static_cast<double>(s["c"]), width = static_cast<double>(s["out_w"]);
  double row = 0;
  if (name == "conv_pairs" && size == 1)
    row = singlePixelRow(s, machine);
  else if (name == "conv_columns") // of the inputs behind a relu that aren't zero
    row = 0.6 * singlePixelRow(s, machine);
  else if (name == "conv_pairs" || name == "conv_wide_pairs")
    row = tileRow(s, size, /*whole=*/false, name.contains("wide"), machine);
  else if (name == "conv_whole_pairs" || name == "conv_wide_whole_pairs")
    row = tileRow(s, size, /*whole=*/true, name.contains("wide"), machine);
  else if (name == "conv_joined_pairs")
    row = joinedRow(s, size, core);
  else if (name == "conv_winograd")
    row = winogradRow(s, size, core);
  else if (name == "depthwise3")
    row = (channels * (15.9 * width + 49) + 189) * core.slides;
  else if (name == "depthwise3by2")
    row = (channels * (21.6 * width + 59) + 712) * core.slides;
  else if (name == "depthwise_pairs")
    row = (width * (static_cast<double>(divideCeil(s["c"], 4) * (50 + 22 * divideCeil(s["kh"] * s["kw"], 2))) + 36) +
           736) *
          core.anyTaps;
  else
    return std::nullopt;
  return static_cast<int64_t>(row * static_cast<double>(s.rows));
}

} // namespace burin::cost
