// RUN: burin-opt --fuse-bias --split-input-file --print-locations %s | FileCheck %s
// RUN: burin-opt --fuse-bias --split-input-file --equal-within=1e-5 --no-output %s

// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x3xf32> {
  %w = nn.constant dense<[[[[1.0, -0.5]]], [[[0.25, 2.0]]], [[[-3.0, 0.5]]]]> : tensor<3x1x1x2xf32> : tensor<3x1x1x2xf32>
  %b = nn.constant dense<[[[[1.0, 2.0, 3.0]]]]> : tensor<1x1x1x3xf32> : tensor<1x1x1x3xf32>
  // CHECK: %[[B:.*]] = nn.constant dense<[1.000000e+00, 2.000000e+00, 3.000000e+00]> : tensor<3xf32>
  // CHECK: nn.conv2d %{{.*}}, %{{.*}}, %[[B]]
  // CHECK-SAME: nn.origin = #nn.origin<"sum">
  // CHECK-SAME: loc(fused["conv", "add"])
  // CHECK-NOT: nn.binary
  %0 = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, nn.origin = #nn.origin<"conv">} : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>) -> tensor<1x4x4x3xf32> loc("conv")
  %1 = nn.binary add %0, %b {nn.origin = #nn.origin<"sum">} : (tensor<1x4x4x3xf32>, tensor<1x1x1x3xf32>) -> tensor<1x4x4x3xf32> loc("add")
  return %1 : tensor<1x4x4x3xf32>
}

// -----

// A second constant is added to the first; a subtracted one negated; a scalar is every channel's. Clamps of the sum stay.
// CHECK-LABEL: @matmul
func.func @matmul(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
  // CHECK: %[[B:.*]] = nn.constant dense<[5.000000e-01, 1.500000e+00]> : tensor<2xf32>
  // CHECK: nn.matmul %{{.*}}, %{{.*}}, %[[B]]
  // CHECK-SAME: act_lo = 0.000000e+00
  // CHECK-NEXT: return
  %w = nn.constant dense<[[1.0, -0.5], [0.25, 2.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %b = nn.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %c = nn.constant dense<0.5> : tensor<f32> : tensor<f32>
  %0 = nn.matmul %x, %w, %b : (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %1 = nn.binary sub %0, %c {act_lo = 0.0 : f64, act_hi = 6.0 : f64} : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// -----

!b = !quant.uniform<i32:f32, 0.01>
// An integer bias stays behind its dequantisation, for the integer operators.
// CHECK-LABEL: @quantised_bias
func.func @quantised_bias(%x: tensor<2x2xf32>) -> tensor<1x2x2xf32> {
  // CHECK: %[[C:.*]] = nn.constant dense<[100, -200]> : tensor<2xi32> : tensor<2x!quant.uniform<i32:f32
  // CHECK: %[[B:.*]] = nn.dequantize %[[C]]
  // CHECK: %[[Y:.*]] = nn.matmul %{{.*}}, %{{.*}}, %[[B]]
  // CHECK: nn.reshape %[[Y]]
  // CHECK-NOT: nn.binary
  %w = nn.constant dense<[[1.0, -0.5], [0.25, 2.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %c = nn.constant dense<[[100, -200]]> : tensor<1x2xi32> : tensor<1x2x!b>
  %b = nn.dequantize %c : tensor<1x2x!b> -> tensor<1x2xf32>
  %0 = nn.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = nn.reshape %0 : tensor<2x2xf32> -> tensor<1x2x2xf32>
  %2 = nn.binary add %b, %1 : (tensor<1x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
  return %2 : tensor<1x2x2xf32>
}

// -----

// Not: a constant per row, a clamp between, a second user, a constant that widens the result.
// CHECK-LABEL: @kept
func.func @kept(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x2xf32>) {
  // CHECK-COUNT-4: nn.binary
  // CHECK: return
  %w = nn.constant dense<[[1.0, -0.5], [0.25, 2.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %rows = nn.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %b = nn.constant dense<[1.0, 2.0]> : tensor<2xf32> : tensor<2xf32>
  %wide = nn.constant dense<[[[1.0, 2.0]]]> : tensor<1x1x2xf32> : tensor<1x1x2xf32>
  %0 = nn.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = nn.binary add %0, %rows : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  %2 = nn.matmul %x, %w {act_lo = 0.0 : f64, act_hi = 1.0 : f64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = nn.binary add %2, %b : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %4 = nn.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %5 = nn.binary add %4, %b : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %6 = nn.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %7 = nn.binary add %6, %wide : (tensor<2x2xf32>, tensor<1x1x2xf32>) -> tensor<1x2x2xf32>
  return %1, %3, %4, %5, %7 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x2xf32>
}
