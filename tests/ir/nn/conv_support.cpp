#include "tests/ir/nn/conv_support.h"

#include <cmath>

namespace burin::test {
using namespace mlir;

Nn::Nn() : loc(UnknownLoc::get(&context)), block(std::make_unique<Block>()) {
  context.loadDialect<burin::nn::NnDialect, mlir::quant::QuantDialect>();
  b.setInsertionPointToEnd(block.get());
  handler = std::make_unique<ScopedDiagnosticHandler>(&context, [this](Diagnostic &d) {
    text += d.str() + "\n";
    for (Diagnostic &note : d.getNotes())
      text += note.str() + "\n";
    return success();
  });
}

Nn::~Nn() { block->dropAllReferences(); }

mlir::Type Nn::quant(bool isSigned, double scale, int64_t zero) {
  const unsigned flags = isSigned ? quant::QuantizationFlags::Signed : 0;
  return mlir::quant::UniformQuantizedType::get(flags, b.getI8Type(), b.getF32Type(), scale, zero, isSigned ? -128 : 0,
                                                isSigned ? 127 : 255);
}

mlir::Type Nn::quantAxis(bool isSigned, ArrayRef<double> scales, ArrayRef<int64_t> zeros, int32_t axis) {
  const unsigned flags = isSigned ? quant::QuantizationFlags::Signed : 0;
  return mlir::quant::UniformQuantizedPerAxisType::get(flags, b.getI8Type(), b.getF32Type(), scales, zeros, axis,
                                                       isSigned ? -128 : 0, isSigned ? 127 : 255);
}

Value Nn::remember(Value v, std::vector<char> bytes) {
  storage[v] = std::move(bytes);
  return v;
}

std::vector<char> Nn::evaluateBytes(Operation *op) {
  INFO(text);
  REQUIRE(verifies(op));
  SmallVector<ArrayRef<char>> operands;
  for (Value v : op->getOperands())
    operands.push_back(storage.at(v));
  FailureOr<std::vector<TensorBytes>> results = evaluate(op, operands);
  INFO(text);
  REQUIRE(succeeded(results));
  return (*results)[0];
}

bool Nn::refusesToLower(Operation *op) {
  REQUIRE(verifies(op));
  SmallVector<ArrayRef<char>> operands;
  for (Value v : op->getOperands())
    operands.push_back(storage.at(v));
  return failed(evaluate(op, operands));
}

std::string Window::text() const {
  std::string s;
  for (auto [name, value] : std::initializer_list<std::pair<const char *, int64_t>>{{"n", n},
                                                                                    {"h", h},
                                                                                    {"w", w},
                                                                                    {"in", in},
                                                                                    {"out", out},
                                                                                    {"kh", kh},
                                                                                    {"kw", kw},
                                                                                    {"sh", sh},
                                                                                    {"sw", sw},
                                                                                    {"top", top},
                                                                                    {"left", left},
                                                                                    {"bottom", bottom},
                                                                                    {"right", right},
                                                                                    {"dh", dh},
                                                                                    {"dw", dw},
                                                                                    {"groups", groups}})
    s += std::string(name) + "=" + std::to_string(value) + " ";
  return s;
}

int64_t count(ArrayRef<int64_t> shape) {
  int64_t n = 1;
  for (int64_t d : shape)
    n *= d;
  return n;
}

int32_t requantised(int64_t acc, float sx, float sw, float sy, int32_t zero, int32_t lo, int32_t hi) {
  const float product = sx * sw;
  const float scale = product / sy;
  const float real = static_cast<float>(static_cast<int32_t>(acc)) * scale;
  // nearbyint in the default rounding mode: half to even.
  const double q = static_cast<double>(std::nearbyint(real)) + zero;
  return static_cast<int32_t>(std::min<double>(hi, std::max<double>(lo, q)));
}

} // namespace burin::test
