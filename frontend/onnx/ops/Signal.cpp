// Fourier transforms and what a spectrogram is made of.
#include "frontend/onnx/OpTable.h"
#include "ir/nn/ops/Fourier.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;

namespace {

constexpr double maxLength = 1 << 24;

Value fourier(NodeContext &n, Value x, Value window, int64_t length, int64_t step, bool inverse) {
  return n.make<nn::FourierOp>(x, window, static_cast<uint64_t>(length), static_cast<uint64_t>(step), inverse,
                               n.flag("onesided", step > 0));
}

/// The axis is an attribute in opset 17, an input since 20.
std::optional<int64_t> transformAxis(NodeContext &n, int64_t rank) {
  const double absent = static_cast<double>(n.opset() < 20 ? n.intAttr("axis", 1) : -2);
  auto given = n.opset() < 20 ? std::optional(absent) : n.constantNumber(2, "the axis", absent);
  if (!given)
    return std::nullopt;
  const int64_t axis = n.axis(static_cast<int64_t>(*given), rank);
  return n.require(axis != rank - 1, "the last axis holds real and imaginary parts and can't be transformed")
             ? std::optional(axis)
             : std::nullopt;
}

/// Source: ONNX DFT-17..20.
void dft(NodeContext &n) {
  Value x = n.input(0);
  const int64_t rank = n.rank(x);
  auto axis = transformAxis(n, rank);
  if (!axis || !n.require(rank >= 2 && (n.dim(x, rank - 1) == 1 || n.dim(x, rank - 1) == 2),
                          "the input's last axis must hold 1 or 2 components"))
    return;
  const bool inverse = n.flag("inverse"), onesided = n.flag("onesided");
  const int64_t length = n.dim(x, *axis);
  auto wanted = n.constantNumber(1, "the length of the transform",
                                 static_cast<double>(inverse && onesided ? 2 * (length - 1) : length));
  if (!wanted || !n.require(*wanted >= 1 && *wanted <= maxLength, "the length of the transform must be positive"))
    return;
  Shape swap;
  for (int64_t i = 0; i < rank; ++i)
    swap.push_back(i);
  std::swap(swap[*axis], swap[rank - 2]);
  Value y = fourier(n, n.transpose(x, swap), {}, static_cast<int64_t>(*wanted), 0, inverse);
  n.output(y ? n.transpose(y, swap) : y);
}

/// Transforms of windowed frames, which may overlap. Source: ONNX STFT-17.
void stft(NodeContext &n) {
  Value x = n.input(0), window = n.input(2);
  if (!n.require(n.rank(x) == 3 && (n.dim(x, 2) == 1 || n.dim(x, 2) == 2), "the signal must be [N,L,1] or [N,L,2]") ||
      !n.require(!window || n.rank(window) == 1, "the window must have rank 1"))
    return;
  const int64_t natural = window ? n.dim(window, 0) : n.dim(x, 1);
  auto step = n.constantNumber(1, "the step from frame to frame", 1);
  auto length = n.constantNumber(3, "the length of a frame", static_cast<double>(natural));
  if (!step || !length ||
      !n.require(*step >= 1 && *step <= maxLength && *length >= 1 && *length <= static_cast<double>(n.dim(x, 1)),
                 "step and length of the frames must be positive, and a frame no longer than the signal") ||
      !n.require(!window || static_cast<double>(natural) == *length, "the window is not as long as a frame"))
    return;
  n.output(fourier(n, x, window, static_cast<int64_t>(*length), static_cast<int64_t>(*step), /*inverse=*/false));
}

/// A triangle's two sides in column `band` of `weights` [bins,bands]: from 0 at bin `low` to 1 at `center` to 0 at
/// `high`.
void addTriangle(SmallVector<double> &weights, int64_t bands, int64_t band, int64_t low, int64_t center, int64_t high) {
  auto at = [&](int64_t bin) -> double & { return weights[static_cast<size_t>(bin * bands + band)]; };
  if (low == center)
    at(center) = 1;
  for (int64_t bin = low; bin <= center && low != center; ++bin)
    at(bin) = static_cast<double>(bin - low) / static_cast<double>(center - low);
  for (int64_t bin = center; bin < high; ++bin)
    at(bin) = static_cast<double>(high - bin) / static_cast<double>(high - center);
}

/// Triangles of equal width in mel(f) = 2595 log10(1 + f / 700). Source: ONNX MelWeightMatrix-17.
void melWeightMatrix(NodeContext &n) {
  double given[5];
  constexpr StringRef what[] = {"the number of bands", "the length of the transform", "the sample rate",
                                "the lower edge", "the upper edge"};
  for (unsigned i = 0; i < 5; ++i) {
    auto value = n.constantNumber(i, what[i], 0);
    if (!value)
      return;
    given[i] = *value;
  }
  const auto [bandCount, length, rate, lower, upper] = given;
  if (!n.require(bandCount >= 0 && bandCount < 65536 && length >= 0 && length <= maxLength && rate > 0 && lower >= 0 &&
                     upper >= lower,
                 "the bands, lengths, rate or edges are out of range"))
    return;
  const auto bands = static_cast<int64_t>(bandCount), bins = static_cast<int64_t>(length) / 2 + 1;
  auto type = dtypeFromOnnx(n.intAttr("output_datatype", 1));
  Type element = type ? elementTypeFor(n.context(), *type) : Type();
  if (!n.support(static_cast<bool>(element), "this \"output_datatype\" is not supported") ||
      !n.support(bins * bands <= maxGenerated, "the matrix is too large"))
    return;
  auto mel = [](double hertz) { return 2595 * std::log1p(hertz / 700) / std::log(10.0); };
  const double low = mel(lower), step = (mel(upper) - low) / (bandCount + 2);
  auto edge = [&](int64_t i) {
    const double hertz = 700 * std::expm1((static_cast<double>(i) * step + low) / 2595 * std::log(10.0));
    const double bin = std::floor((length + 1) * hertz / rate);
    return bin <= static_cast<double>(bins) ? static_cast<int64_t>(bin) : bins + 1; // NaN is outside, too
  };
  SmallVector<double> weights(static_cast<size_t>(bins * bands), 0);
  for (int64_t band = 0; band < bands; ++band) {
    if (!n.require(edge(band + 1) < bins && edge(band + 2) <= bins, "the upper edge is above half the sample rate"))
      return;
    addTriangle(weights, bands, band, edge(band), edge(band + 1), edge(band + 2));
  }
  if (isa<FloatType>(element))
    return n.output(n.floats(weights, {bins, bands}, element));
  n.output(n.ints(Shape(weights.begin(), weights.end()), {bins, bands}, element)); // truncates
}

constexpr OpImporter rows[] = {
    {"DFT", 1, 3, dft, types::floats, Half::Compute, 3u << 1, "", 17},
    {"MelWeightMatrix", 5, 5, melWeightMatrix, types::int32 | types::int64, Half::Move, inputsFrom(0), "", 17},
    {"STFT", 2, 4, stft, types::floats, Half::Compute, (1u << 1) | (1u << 3), "", 17},
};

} // namespace

llvm::ArrayRef<OpImporter> signalOps() { return rows; }

} // namespace burin::importer
