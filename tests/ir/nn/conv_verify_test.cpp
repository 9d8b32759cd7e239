// Shape inference and verification of convolutions, products, pools and resampling: every refusal, and no crash.
#include "tests/ir/nn/conv_support.h"

#include <mlir/Parser/Parser.h>

using namespace burin;
using namespace burin::test;
using Catch::Contains;

namespace {

/// Parses one operator whose operands are %0, %1 …, function arguments of `types`.
struct Verify : Nn {
  bool accepts(const std::string &types, const std::string &op) {
    std::string arguments;
    llvm::SmallVector<llvm::StringRef> parts;
    llvm::StringRef(types).split(parts, ' ', -1, false);
    for (auto [i, type] : llvm::enumerate(parts))
      arguments += (i ? ", %a" : "%a") + std::to_string(i) + ": " + type.str();
    context.loadDialect<mlir::func::FuncDialect>();
    return static_cast<bool>(
        mlir::parseSourceString<mlir::ModuleOp>("func.func @f(" + arguments + ") {\n" + op + "\nreturn\n}", &context));
  }
};

std::string conv(const std::string &types, const std::string &attributes = "") {
  return "%y = nn.conv2d %a0, %a1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: "
         "1, 1>, "
         "groups = 1 : i64" +
         attributes + "} : " + types;
}

std::string window(const std::string &strides, const std::string &pads, const std::string &dilations,
                   const std::string &groups = "1") {
  return "%y = nn.conv2d %a0, %a1 {strides = array<i64: " + strides + ">, pads = array<i64: " + pads +
         ">, dilations = array<i64: " + dilations + ">, groups = " + groups +
         " : i64} : (tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x2x2x3xf32>";
}

std::string pool(const std::string &kind, const std::string &kernel, const std::string &pads, const std::string &out,
                 const std::string &y, const std::string &more = "") {
  return "%y = nn.pool2d " + kind + " %a0 {kernel = array<i64: " + kernel +
         ">, strides = array<i64: 2, 2>, pads = array<i64: " + pads +
         ">, dilations = array<i64: 1, 1>, out_size = array<i64: " + out + ">" + more +
         "} : (tensor<1x4x4x2xf32>) -> " + y;
}

const std::string images = "tensor<1x4x4x2xf32> tensor<3x3x3x2xf32>";

} // namespace

TEST_CASE_METHOD(Verify, "conv2d accepts what it should") {
  CHECK(accepts(images, window("1, 1", "0, 0, 0, 0", "1, 1")));
  CHECK(messages() == "");
}

TEST_CASE_METHOD(Verify, "conv2d refuses impossible windows") {
  CHECK_FALSE(accepts(images, window("0, 1", "0, 0, 0, 0", "1, 1")));
  CHECK_FALSE(accepts(images, window("1", "0, 0, 0, 0", "1, 1")));
  CHECK_FALSE(accepts(images, window("1, 1", "0, 0", "1, 1")));
  CHECK_FALSE(accepts(images, window("1, 1", "0, 0, 0, 0", "1, -1")));
  CHECK_FALSE(accepts(images, window("1, 1", "0, 9223372036854775807, 0, 0", "1, 1")));
  CHECK_FALSE(accepts(images, window("1, 1", "0, 0, 0, 0", "1, 2147483647")));
  CHECK_FALSE(accepts(images, window("1, 1", "-1, 0, -1, 0", "1, 1"))); // 2 rows are left for 3 taps
  CHECK_THAT(messages(), Contains("larger than the padded input"));
  CHECK_FALSE(accepts(images, window("1, 1", "0, 0, 0, 0", "1, 1", "0")));
  CHECK_FALSE(accepts(images, window("1, 1", "0, 0, 0, 0", "1, 1", "2")));
  CHECK_THAT(messages(), Contains("groups"));
}

TEST_CASE_METHOD(Verify, "conv2d refuses wrong shapes and types") {
  const std::string good = "(tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>) -> ";
  CHECK_FALSE(accepts(images, conv(good + "tensor<1x2x2x4xf32>")));
  CHECK_FALSE(accepts(images, conv(good + "tensor<1x2x2x3xf64>")));
  CHECK_FALSE(accepts(images, conv(good + "tensor<1x2x2x3xi32>")));
  CHECK_FALSE(accepts("tensor<4x4x2xf32> tensor<3x3x3x2xf32>",
                      conv("(tensor<4x4x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x2x2x3xf32>")));
  CHECK_FALSE(accepts("tensor<?x4x4x2xf32> tensor<3x3x3x2xf32>",
                      conv("(tensor<?x4x4x2xf32>, tensor<3x3x3x2xf32>) -> tensor<?x2x2x3xf32>")));
  CHECK_FALSE(accepts("tensor<1x4x4x2xf32> tensor<3x3x3x2xf64>",
                      conv("(tensor<1x4x4x2xf32>, tensor<3x3x3x2xf64>) -> tensor<1x2x2x3xf32>")));
  CHECK_FALSE(accepts("tensor<1x4x4x2xi8> tensor<3x3x3x2xi8>",
                      conv("(tensor<1x4x4x2xi8>, tensor<3x3x3x2xi8>) -> tensor<1x2x2x3xi8>")));
  CHECK_THAT(messages(), Contains("can't compute on element type"));
}

TEST_CASE_METHOD(Verify, "conv2d refuses unusable bias and clamps") {
  auto biased = [](const std::string &bias) {
    return "%y = nn.conv2d %a0, %a1, %a2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = "
           "array<i64: 1, "
           "1>, groups = 1 : i64} : (tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>, " +
           bias + ") -> tensor<1x2x2x3xf32>";
  };
  CHECK(accepts(images + " tensor<3xf32>", biased("tensor<3xf32>")));
  CHECK_FALSE(accepts(images + " tensor<2xf32>", biased("tensor<2xf32>")));
  CHECK_FALSE(accepts(images + " tensor<1x3xf32>", biased("tensor<1x3xf32>")));
  CHECK_FALSE(accepts(images + " tensor<3xi32>", biased("tensor<3xi32>")));
  CHECK_FALSE(accepts(images, conv("(tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>) -> tensor<1x2x2x3xf32>",
                                   ", act_lo = 0x7FF8000000000000 : f64")));
  CHECK_THAT(messages(), Contains("NaN"));
}

TEST_CASE_METHOD(Verify, "quantised conv2d refuses types without integer kernels") {
  const std::string x = "tensor<1x4x4x2x!quant.uniform<i8:f32, 1.0>>",
                    w = "tensor<3x3x3x2x!quant.uniform<i8:f32, 1.0>>",
                    y = "tensor<1x2x2x3x!quant.uniform<i8:f32, 1.0>>";
  auto typed = [&](const std::string &xt, const std::string &wt, const std::string &yt, const std::string &more = "") {
    // The element types hold ", ", so they are split by hand.
    std::string op = conv("(" + xt + ", " + wt + ") -> " + yt, more);
    context.loadDialect<mlir::func::FuncDialect>();
    return static_cast<bool>(mlir::parseSourceString<mlir::ModuleOp>(
        "func.func @f(%a0: " + xt + ", %a1: " + wt + ") {\n" + op + "\nreturn\n}", &context));
  };
  CHECK(typed(x, w, y));
  CHECK(typed(x, w, "tensor<1x2x2x3xi32>"));
  CHECK_FALSE(typed(x, w, "tensor<1x2x2x3xi32>", ", act_lo = 0.0 : f64"));
  CHECK_FALSE(typed(x, w, "tensor<1x2x2x3xf32>"));
  const std::string words = "tensor<1x4x4x2x!quant.uniform<i16:f32, 1.0>>";
  CHECK(typed(x, w, "tensor<1x2x2x3x!quant.uniform<i16:f32, 1.0>>"));
  CHECK(typed(words, w, y));
  CHECK_FALSE(typed(words, w, "tensor<1x2x2x3xi32>"));
  CHECK_FALSE(typed(x, "tensor<3x3x3x2x!quant.uniform<i16:f32, 1.0>>", y));
  CHECK_FALSE(typed("tensor<1x4x4x2x!quant.uniform<i32:f32, 1.0>>", w, y));
  CHECK_FALSE(typed("tensor<1x4x4x2x!quant.uniform<i8:f32, 1.0:200>>", w, y));
  CHECK_FALSE(typed(x, "tensor<3x3x3x2x!quant.uniform<i8:f32:3, {1.0, 1.0}>>", y));
  CHECK_FALSE(typed(x, "tensor<3x3x3x2x!quant.uniform<i8:f32:0, {1.0, 1.0}>>", y));
  CHECK(typed(x, "tensor<3x3x3x2x!quant.uniform<i8:f32:0, {1.0, 1.0, 2.0}>>", y));
  CHECK_FALSE(typed(x, "tensor<3x3x3x2xf32>", y));
}

TEST_CASE_METHOD(Verify, "matmul refuses shapes that don't meet") {
  auto matmul = [](const std::string &a, const std::string &b, const std::string &y) {
    return "%y = nn.matmul %a0, %a1 : (" + a + ", " + b + ") -> " + y;
  };
  CHECK(accepts("tensor<2x3xf32> tensor<3x4xf32>", matmul("tensor<2x3xf32>", "tensor<3x4xf32>", "tensor<2x4xf32>")));
  CHECK_FALSE(
      accepts("tensor<2x3xf32> tensor<2x4xf32>", matmul("tensor<2x3xf32>", "tensor<2x4xf32>", "tensor<2x4xf32>")));
  CHECK_FALSE(accepts("tensor<3xf32> tensor<3x4xf32>", matmul("tensor<3xf32>", "tensor<3x4xf32>", "tensor<4xf32>")));
  CHECK_FALSE(accepts("tensor<2x2x3xf32> tensor<3x3x4xf32>",
                      matmul("tensor<2x2x3xf32>", "tensor<3x3x4xf32>", "tensor<2x2x4xf32>")));
  CHECK_FALSE(
      accepts("tensor<2x3xi32> tensor<3x4xi64>", matmul("tensor<2x3xi32>", "tensor<3x4xi64>", "tensor<2x4xi32>")));
  CHECK_FALSE(accepts("tensor<2x3xi8> tensor<3x4xi8>", matmul("tensor<2x3xi8>", "tensor<3x4xi8>", "tensor<2x4xi8>")));
  CHECK(accepts("tensor<2x3xi64> tensor<3x4xi64>", matmul("tensor<2x3xi64>", "tensor<3x4xi64>", "tensor<2x4xi64>")));
}

TEST_CASE_METHOD(Verify, "pool2d refuses windows without a value") {
  const std::string x = "tensor<1x4x4x2xf32>", y = "tensor<1x2x2x2xf32>";
  CHECK(accepts(x, pool("avg_pool", "3, 3", "1, 1, 1, 1", "2, 2", y)));
  CHECK(accepts(x, pool("avg_pool", "3, 3", "1, 1, 1, 1", "3, 2", "tensor<1x3x2x2xf32>", ", count_include_pad")));
  CHECK_FALSE(accepts(x, pool("max_pool", "2, 2", "-1, 0, 0, 0", "2, 2", y)));
  CHECK_FALSE(accepts(x, pool("max_pool", "2, 2", "2, 0, 0, 0", "2, 2", y)));
  CHECK_FALSE(accepts(x, pool("max_pool", "2, 2", "0, 0, 0, 0", "9, 2", "tensor<1x9x2x2xf32>")));
  CHECK_FALSE(accepts(
      x, pool("max_pool", "2, 2", "0, 0, 0, 0", "9223372036854775807, 2", "tensor<1x9223372036854775807x2x2xf32>")));
  CHECK_FALSE(accepts(x, pool("avg_pool", "2, 2", "0, 0, 1, 0", "3, 2", "tensor<1x3x2x2xf32>")));
  CHECK_THAT(messages(), Contains("window 2 of axis 1 covers nothing"));
  CHECK_FALSE(accepts(x, pool("max_pool", "0, 2", "0, 0, 0, 0", "2, 2", y)));
  CHECK_FALSE(accepts(x, pool("max_pool", "2, 2", "0, 0, 0, 0", "2", y)));
  CHECK_FALSE(accepts(x, pool("max_pool", "2, 2", "0, 0, 0, 0", "-2, 2", y)));
  CHECK_FALSE(accepts(x, pool("lp_pool", "2, 2", "0, 0, 0, 0", "2, 2", y, ", p = 0 : i64")));
  CHECK_FALSE(accepts(x, pool("max_pool", "2, 2", "0, 0, 0, 0", "2, 2", "tensor<1x2x2x2xf64>")));
}

TEST_CASE_METHOD(Verify, "conv_transpose2d refuses what it can't compute") {
  auto op = [](const std::string &out, const std::string &y, const std::string &groups = "1") {
    return "%y = nn.conv_transpose2d %a0, %a1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = "
           "array<i64: 1, 1>, groups = " +
           groups + " : i64, out_size = array<i64: " + out + ">} : (tensor<1x4x4x2xf32>, tensor<3x3x3x2xf32>) -> " + y;
  };
  CHECK(accepts(images, op("6, 6", "tensor<1x6x6x3xf32>")));
  CHECK_FALSE(accepts(images, op("6, 6", "tensor<1x6x7x3xf32>")));
  CHECK_FALSE(accepts(images, op("6", "tensor<1x6x6x3xf32>")));
  CHECK_FALSE(accepts(images, op("6, 6", "tensor<1x6x6x3xf32>", "2")));
  CHECK_FALSE(accepts(images, op("6, 6", "tensor<1x6x6x3xi32>")));
}

TEST_CASE_METHOD(Verify, "interpolate refuses positions outside and tables that aren't constant") {
  auto op = [](const std::string &index, const std::string &axis, const std::string &y) {
    return "%i = nn.constant dense<" + index +
           "> : tensor<2x1xi32> : tensor<2x1xi32>\n"
           "%w = nn.constant dense<1.0> : tensor<2x1xf32> : tensor<2x1xf32>\n"
           "%y = nn.interpolate %a0, %i, %w {axis = " +
           axis + " : i64} : (tensor<3x4xf32>, tensor<2x1xi32>, tensor<2x1xf32>) -> " + y;
  };
  const std::string x = "tensor<3x4xf32>";
  CHECK(accepts(x, op("[[0], [2]]", "0", "tensor<2x4xf32>")));
  CHECK_FALSE(accepts(x, op("[[0], [3]]", "0", "tensor<2x4xf32>")));
  CHECK_FALSE(accepts(x, op("[[-1], [2]]", "0", "tensor<2x4xf32>")));
  CHECK_FALSE(accepts(x, op("[[0], [2]]", "2", "tensor<3x4xf32>")));
  CHECK_FALSE(accepts(x, op("[[0], [2]]", "-1", "tensor<3x2xf32>")));
  CHECK_FALSE(accepts(x + " tensor<2x1xi32> tensor<2x1xf32>",
                      "%y = nn.interpolate %a0, %a1, %a2 {axis = 0 : i64} : (tensor<3x4xf32>, tensor<2x1xi32>, "
                      "tensor<2x1xf32>) -> tensor<2x4xf32>"));
}
