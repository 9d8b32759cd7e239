// RUN: burin-opt --fuse-activation --split-input-file --print-locations %s | FileCheck %s
// RUN: burin-opt --fuse-activation --split-input-file --equal-within=1e-6 --no-output %s

// The clamp's origin and both nodes' names survive.
// CHECK-LABEL: @conv_relu6
func.func @conv_relu6(%x: tensor<1x4x4x2xf32>) -> tensor<1x4x4x3xf32> {
  %w = nn.constant dense<[[[[1.0, -0.5]]], [[[0.25, 2.0]]], [[[-3.0, 0.5]]]]> : tensor<3x1x1x2xf32> : tensor<3x1x1x2xf32>
  // CHECK: %[[Y:.*]] = nn.conv2d
  // CHECK-SAME: act_hi = 6.0{{.*}}act_lo = 0.0{{.*}}nn.origin = #nn.origin<"relu">
  // CHECK-SAME: loc(fused["node conv", "node relu"])
  // CHECK-NEXT: return %[[Y]] :
  %0 = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, nn.origin = #nn.origin<"conv">} : (tensor<1x4x4x2xf32>, tensor<3x1x1x2xf32>) -> tensor<1x4x4x3xf32> loc("node conv")
  %1 = nn.clamp %0 {lo = 0.0 : f64, hi = 6.0 : f64, nn.origin = #nn.origin<"relu">} : (tensor<1x4x4x3xf32>) -> tensor<1x4x4x3xf32> loc("node relu")
  return %1 : tensor<1x4x4x3xf32>
}

// -----

// Bounds of two clamps intersect; a second user of the sum keeps its own clamp.
// CHECK-LABEL: @add_clamp_clamp
func.func @add_clamp_clamp(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK: nn.binary add
  // CHECK-SAME: act_hi = 5.000000e-01 : f64, act_lo = -1.000000e+00 : f64
  // CHECK-NOT: nn.clamp
  %0 = nn.binary add %a, %b {act_lo = -2.0 : f64, act_hi = 0.5 : f64} : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = nn.clamp %0 {lo = -1.0 : f64, hi = 1.0 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1 : tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @other_users
func.func @other_users(%a: tensor<2x3xf32>, %b: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: nn.binary sub
  // CHECK-NOT: act_lo
  // CHECK: nn.clamp
  %0 = nn.binary sub %a, %b : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = nn.clamp %0 {lo = 0.0 : f64, hi = 0x7FF0000000000000 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %0, %1 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// Through the reshape of a 1-D convolution.
// CHECK-LABEL: @matmul_reshape_relu
func.func @matmul_reshape_relu(%a: tensor<1x4xf32>) -> tensor<2xf32> {
  %w = nn.constant dense<[[1.0, -1.0], [2.0, 0.5], [0.0, 1.0], [-2.0, 4.0]]> : tensor<4x2xf32> : tensor<4x2xf32>
  // CHECK: nn.matmul
  // CHECK-SAME: act_hi = 0x7FF0000000000000 : f64, act_lo = 0.000000e+00 : f64
  // CHECK: nn.reshape
  // CHECK-NOT: nn.clamp
  %0 = nn.matmul %a, %w : (tensor<1x4xf32>, tensor<4x2xf32>) -> tensor<1x2xf32>
  %1 = nn.reshape %0 : tensor<1x2xf32> -> tensor<2xf32>
  %2 = nn.clamp %1 {lo = 0.0 : f64, hi = 0x7FF0000000000000 : f64} : (tensor<2xf32>) -> tensor<2xf32>
  return %2 : tensor<2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.1:3>
!r = !quant.uniform<i8:f32, 0.05:-128>
// Quantised: fuses with equal types, not where it requantises.
// CHECK-LABEL: @quantised
func.func @quantised(%a: tensor<4x!q>, %b: tensor<4x!q>) -> (tensor<4x!q>, tensor<4x!r>) {
  // CHECK: nn.binary add
  // CHECK-SAME: act_lo = 0.000000e+00
  // CHECK: nn.binary add
  // CHECK-NOT: act_lo
  // CHECK: nn.clamp
  %0 = nn.binary add %a, %b : (tensor<4x!q>, tensor<4x!q>) -> tensor<4x!q>
  %1 = nn.clamp %0 {lo = 0.0 : f64, hi = 6.0 : f64} : (tensor<4x!q>) -> tensor<4x!q>
  %2 = nn.binary add %a, %1 : (tensor<4x!q>, tensor<4x!q>) -> tensor<4x!q>
  %3 = nn.clamp %2 {lo = 0.0 : f64, hi = 6.0 : f64} : (tensor<4x!q>) -> tensor<4x!r>
  return %1, %3 : tensor<4x!q>, tensor<4x!r>
}

// -----

// Ahead of a maximum, since clamping is monotonic; not ahead of a mean.
// CHECK-LABEL: @pools
func.func @pools(%x: tensor<1x4x4x1xf32>) -> (tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>) {
  // CHECK: nn.conv2d
  // CHECK-SAME: act_lo = 0.0
  // CHECK-NEXT: nn.pool2d max_pool
  // CHECK: nn.conv2d
  // CHECK-NOT: act_lo
  // CHECK: nn.pool2d avg_pool
  // CHECK-NEXT: nn.clamp
  %w = nn.constant dense<-1.0> : tensor<1x1x1x1xf32> : tensor<1x1x1x1xf32>
  %0 = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x1xf32>
  %1 = nn.pool2d max_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 2, 2>} : (tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32>
  %2 = nn.clamp %1 {lo = 0.0 : f64, hi = 1.0 : f64} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  %3 = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x4x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x4x1xf32>
  %4 = nn.pool2d avg_pool %3 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 2, 2>} : (tensor<1x4x4x1xf32>) -> tensor<1x2x2x1xf32>
  %5 = nn.clamp %4 {lo = 0.0 : f64, hi = 1.0 : f64} : (tensor<1x2x2x1xf32>) -> tensor<1x2x2x1xf32>
  return %2, %5 : tensor<1x2x2x1xf32>, tensor<1x2x2x1xf32>
}
