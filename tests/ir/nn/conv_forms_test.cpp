// nn::whyNotInteger: what the quantise pass is told.
#include "ir/nn/IntegerForms.h"
#include "ir/nn/ops/Binary.h"
#include "ir/nn/ops/Concat.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/Dequantize.h"
#include "ir/nn/ops/Lrn.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Pool2d.h"
#include "ir/nn/ops/Transpose.h"
#include "ir/nn/ops/Unary.h"
#include "tests/ir/nn/conv_support.h"

using namespace burin;
using namespace burin::test;
using Catch::Contains;

namespace {

struct Forms : Nn {
  mlir::Type s8 = quant(true, 0.5, 0), u8 = quant(false, 0.5, 128), wide = quant(true, 2.0, 3);
  mlir::Type s16 = word(0.5);
  mlir::Type s32 = bias32(0.5);
  mlir::Type bias32(double scale) {
    return mlir::quant::UniformQuantizedType::get(mlir::quant::QuantizationFlags::Signed, b.getI32Type(),
                                                  b.getF32Type(), scale, 0, INT32_MIN, INT32_MAX);
  }
  mlir::Type word(double scale) {
    return mlir::quant::UniformQuantizedType::get(mlir::quant::QuantizationFlags::Signed, b.getIntegerType(16),
                                                  b.getF32Type(), scale, 0, -32768, 32767);
  }
  mlir::Value reals(llvm::ArrayRef<int64_t> shape) {
    return input(tensor(shape, f32()), std::vector<float>(static_cast<size_t>(count(shape)), 1.0f));
  }
  mlir::Value dequantized(llvm::ArrayRef<int64_t> shape, mlir::Type type, int8_t value) {
    mlir::Value c = constant(tensor(shape, type), std::vector<int8_t>(static_cast<size_t>(count(shape)), value));
    return nn::DequantizeOp::create(b, loc, tensor(shape, f32()), c);
  }
  mlir::Operation *conv(mlir::Value w, mlir::Value bias = {}) {
    return nn::Conv2dOp::create(b, loc, reals({1, 4, 4, 2}), w, bias, Shape{1, 1}, Shape{0, 0, 0, 0}, Shape{1, 1}, 1,
                                mlir::FloatAttr(), mlir::FloatAttr());
  }
  mlir::Operation *binary(nn::BinaryKind kind) {
    return nn::BinaryOp::create(b, loc, kind, reals({4}), reals({4}), mlir::FloatAttr(), mlir::FloatAttr());
  }
  mlir::Operation *pool(nn::PoolKind kind) {
    return nn::Pool2dOp::create(b, loc, kind, reals({1, 4, 4, 1}), Shape{2, 2}, Shape{2, 2}, Shape{0, 0, 0, 0},
                                Shape{1, 1}, Shape{2, 2}, false, 2, false);
  }
};

} // namespace

TEST_CASE_METHOD(Forms, "convolutions: types, constants, bias") {
  mlir::Operation *op = conv(dequantized({3, 1, 1, 2}, s8, 1));
  CHECK(nn::whyNotInteger(op, {s8, s8}, u8) == "");
  CHECK(nn::whyNotInteger(op, {tensor({1, 4, 4, 2}, s8), tensor({3, 1, 1, 2}, s8)}, tensor({1, 4, 4, 3}, u8)) == "");
  CHECK(nn::whyNotInteger(op, {s8, quantAxis(true, {1.0, 2.0, 3.0}, {0, 1, 2}, 0)}, s8) == "");
  CHECK_THAT(nn::whyNotInteger(op, {s8, quantAxis(true, {1.0, 2.0}, {0, 0}, 3)}, s8), Contains("weights"));
  CHECK(nn::whyNotInteger(op, {s16, s8}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s8, s8}, s16) == "");
  CHECK_THAT(nn::whyNotInteger(op, {s8, s16}, s8), Contains("weights"));
  CHECK_THAT(nn::whyNotInteger(op, {s32, s8}, s8), Contains("input"));
  CHECK_THAT(nn::whyNotInteger(op, {f32(), s8}, s8), Contains("input"));
  CHECK_THAT(nn::whyNotInteger(op, {s8, s8}, f32()), Contains("output"));
}

TEST_CASE_METHOD(Forms, "weights computed at run time need one zero point, and sums that fit whatever they hold") {
  mlir::Operation *op = conv(reals({3, 1, 1, 2}));
  CHECK(nn::whyNotInteger(op, {s8, s8}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s8, quantAxis(true, {1.0, 2.0, 3.0}, {4, 4, 4}, 0)}, s8) == "");
  CHECK_THAT(nn::whyNotInteger(op, {s8, quantAxis(true, {1.0, 2.0, 3.0}, {0, 0, 1}, 0)}, s8), Contains("run time"));
  mlir::Value ints = constant(tensor({3}, bias32(0.25)), std::vector<int32_t>{0, 0, INT32_MIN + 32511});
  mlir::Value bias = nn::DequantizeOp::create(b, loc, tensor({3}, f32()), ints);
  // Two products of -128 and 127 are the least: -32512.
  CHECK_THAT(nn::whyNotInteger(conv(reals({3, 1, 1, 2}), bias), {s8, s8, bias32(0.25)}, s8), Contains("channel 2"));
}

TEST_CASE_METHOD(Forms, "a bias must be constant and of the products' scale") {
  mlir::Value ints = constant(tensor({3}, bias32(0.25)), std::vector<int32_t>{1, 2, 3});
  mlir::Value bias = nn::DequantizeOp::create(b, loc, tensor({3}, f32()), ints);
  mlir::Operation *op = conv(dequantized({3, 1, 1, 2}, s8, 1), bias);
  CHECK(nn::whyNotInteger(op, {s8, s8, bias32(0.25)}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s8, s8, bias32(0.25 * (1 + 1e-7))}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s8, s8, i32()}, s8) == "");
  CHECK_THAT(nn::whyNotInteger(op, {s8, s8, bias32(0.2501)}, s8), Contains("product of"));
  CHECK_THAT(nn::whyNotInteger(op, {s8, s8, f32()}, s8), Contains("32 bits"));
  CHECK_THAT(nn::whyNotInteger(conv(dequantized({3, 1, 1, 2}, s8, 1), reals({3})), {s8, s8, i32()}, s8),
             Contains("run time"));
}

TEST_CASE_METHOD(Forms, "a sum that may overflow stays in float") {
  mlir::Value ints = constant(tensor({3}, bias32(0.25)), std::vector<int32_t>{0, 0, INT32_MAX});
  mlir::Value bias = nn::DequantizeOp::create(b, loc, tensor({3}, f32()), ints);
  mlir::Operation *op = conv(dequantized({3, 1, 1, 2}, s8, 1), bias);
  CHECK_THAT(nn::whyNotInteger(op, {s8, s8, bias32(0.25)}, s8), Contains("channel 2") && Contains("32 bits"));
  // With 16 bits, sums have 64 bits if need be.
  CHECK(nn::whyNotInteger(op, {s16, s8, bias32(0.25)}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s8, s8, bias32(0.25)}, s16) == "");
}

TEST_CASE_METHOD(Forms, "products of run-time tensors and of constant matrices") {
  mlir::Operation *op = nn::MatmulOp::create(b, loc, reals({2, 3}), reals({3, 4}), mlir::Value(), false,
                                             mlir::FloatAttr(), mlir::FloatAttr());
  mlir::Type perColumn = quantAxis(true, {1, 2, 3, 4}, {0, 0, 0, 0}, 1),
             zeros = quantAxis(true, {1, 1, 1, 1}, {0, 1, 0, 0}, 1);
  CHECK(nn::whyNotInteger(op, {s8, u8}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s8, perColumn}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s16, s16}, s8) == "");
  CHECK(nn::whyNotInteger(op, {s8, s16}, u8) == "");
  CHECK_THAT(nn::whyNotInteger(op, {s8, zeros}, s8), Contains("zero point per channel"));
  mlir::Operation *weighted = nn::MatmulOp::create(b, loc, reals({2, 3}), dequantized({3, 4}, s8, 1), mlir::Value(),
                                                   false, mlir::FloatAttr(), mlir::FloatAttr());
  CHECK(nn::whyNotInteger(weighted, {s8, zeros}, s8) == "");
  CHECK(nn::whyNotInteger(weighted, {s16, s16}, s16) == "");
  CHECK_THAT(nn::whyNotInteger(weighted, {s8, quantAxis(true, {1, 1, 1}, {0, 0, 0}, 0)}, s8),
             Contains("output channel"));
}

TEST_CASE_METHOD(Forms, "pools, element-wise operators, data movement") {
  CHECK(nn::whyNotInteger(pool(nn::PoolKind::max_pool), {s8}, s8) == "");
  CHECK_THAT(nn::whyNotInteger(pool(nn::PoolKind::max_pool), {s8}, wide), Contains("different scales"));
  CHECK(nn::whyNotInteger(pool(nn::PoolKind::avg_pool), {s8}, u8) == "");
  CHECK_THAT(nn::whyNotInteger(pool(nn::PoolKind::avg_pool), {quant(true, 1e-30, 0)}, quant(true, 1e30, 0)),
             Contains("ratio"));
  CHECK_THAT(nn::whyNotInteger(pool(nn::PoolKind::lp_pool), {s8}, s8), Contains("lp_pool"));

  CHECK(nn::whyNotInteger(binary(nn::BinaryKind::add), {s8, wide}, s8) == "");
  CHECK(nn::whyNotInteger(binary(nn::BinaryKind::sub), {s8, wide}, s8) == "");
  CHECK(nn::whyNotInteger(binary(nn::BinaryKind::mul), {u8, u8}, u8) == "");
  CHECK_THAT(nn::whyNotInteger(binary(nn::BinaryKind::mul), {u8, s8}, u8), Contains("mix"));
  CHECK(nn::whyNotInteger(binary(nn::BinaryKind::mul), {u8, s8}, s16) == "");
  CHECK(nn::whyNotInteger(binary(nn::BinaryKind::add), {s16, s8}, u8) == "");
  CHECK(nn::whyNotInteger(binary(nn::BinaryKind::max), {s16, s16}, s16) == "");
  CHECK_THAT(nn::whyNotInteger(binary(nn::BinaryKind::add), {quant(true, 1e-30, 0), quant(true, 1e30, 0)}, s8),
             Contains("scales"));
  CHECK_THAT(nn::whyNotInteger(binary(nn::BinaryKind::div), {s8, s8}, s8), Contains("div"));
  CHECK(nn::whyNotInteger(binary(nn::BinaryKind::max), {s8, s8}, s8) == "");
  CHECK_THAT(nn::whyNotInteger(binary(nn::BinaryKind::max), {s8, s8}, wide), Contains("different"));

  auto unary = [&](nn::UnaryKind kind) {
    return nn::UnaryOp::create(b, loc, kind, reals({4}), llvm::APFloat(0.0), llvm::APFloat(0.0));
  };
  CHECK(nn::whyNotInteger(unary(nn::UnaryKind::tanh), {s8}, u8) == "");
  CHECK(nn::whyNotInteger(unary(nn::UnaryKind::tanh), {s16}, s16) == "");
  CHECK_THAT(nn::whyNotInteger(unary(nn::UnaryKind::tanh), {s32}, s16), Contains("8 or 16 bits"));
  // 2.6 radians a step: no two neighbours are alike.
  CHECK_THAT(nn::whyNotInteger(unary(nn::UnaryKind::sin), {word(2.6)}, word(0x1p-15)), Contains("1024 pieces"));
  CHECK_THAT(nn::whyNotInteger(unary(nn::UnaryKind::is_nan), {s8}, s8), Contains("is_nan"));

  mlir::Operation *transpose = nn::TransposeOp::create(b, loc, reals({2, 3}), Shape{1, 0});
  CHECK(nn::whyNotInteger(transpose, {s8}, s8) == "");
  CHECK_THAT(nn::whyNotInteger(transpose, {s8}, wide), Contains("different"));
  mlir::Operation *concat = nn::ConcatOp::create(b, loc, mlir::ValueRange{reals({2, 3}), reals({2, 3})}, 0);
  CHECK(nn::whyNotInteger(concat, {u8, u8}, u8) == "");
  CHECK_THAT(nn::whyNotInteger(concat, {u8, s8}, u8), Contains("different"));
  mlir::Operation *lrn =
      nn::LrnOp::create(b, loc, reals({1, 1, 1, 4}), 3, llvm::APFloat(1.0), llvm::APFloat(1.0), llvm::APFloat(1.0));
  CHECK_THAT(nn::whyNotInteger(lrn, {s8}, s8), Contains("lrn has no integer form"));
}
