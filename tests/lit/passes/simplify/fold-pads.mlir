// RUN: burin-opt --fold-pads --split-input-file %s | FileCheck %s
// RUN: burin-opt --fold-pads --split-input-file --equal-within=1e-6 --no-output %s

// Top 1, left 2, bottom 3, right 4 join the convolution's own 1, 1, 0, 0; an absent value and 0.0 are zero.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x3x3x1xf32>) -> (tensor<1x7x8x1xf32>, tensor<1x4x4x1xf32>) {
  %w = nn.constant dense<[[[[1.0], [2.0]], [[3.0], [4.0]]]]> : tensor<1x2x2x1xf32> : tensor<1x2x2x1xf32>
  %zero = nn.constant dense<0.0> : tensor<f32> : tensor<f32>
  // CHECK-NOT: nn.pad
  // CHECK: nn.conv2d %arg0
  // CHECK-SAME: pads = array<i64: 2, 3, 3, 4>
  // CHECK: nn.conv2d %arg0
  // CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
  %0 = nn.pad constant %x {lo = array<i64: 0, 1, 2, 0>, hi = array<i64: 0, 3, 4, 0>} : (tensor<1x3x3x1xf32>) -> tensor<1x7x9x1xf32>
  %1 = nn.conv2d %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x7x9x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x7x9x1xf32>
  %2 = nn.slice %1 {starts = array<i64: 0, 0, 0, 0>, steps = array<i64: 1, 1, 1, 1>, sizes = array<i64: 1, 7, 8, 1>} : (tensor<1x7x9x1xf32>) -> tensor<1x7x8x1xf32>
  %3 = nn.pad constant %x, %zero {lo = array<i64: 0, 1, 1, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x3x3x1xf32>, tensor<f32>) -> tensor<1x5x5x1xf32>
  %4 = nn.conv2d %3, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x1xf32>, tensor<1x2x2x1xf32>) -> tensor<1x4x4x1xf32>
  return %2, %4 : tensor<1x7x8x1xf32>, tensor<1x4x4x1xf32>
}

// -----

!x = !quant.uniform<i8:f32, 0.1:5>
!w = !quant.uniform<i8:f32, 0.1>
// Quantised: real zero is the zero point.
// CHECK-LABEL: @quantised
func.func @quantised(%x: tensor<1x3x3x1x!x>) -> (tensor<1x5x5x1x!x>, tensor<1x5x5x1x!x>) {
  %w = nn.constant dense<7> : tensor<1x1x1x1xi8> : tensor<1x1x1x1x!w>
  %five = nn.constant dense<5> : tensor<i8> : tensor<!x>
  %zero = nn.constant dense<0> : tensor<i8> : tensor<!x>
  // CHECK: nn.conv2d %arg0
  // CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
  // CHECK: %[[P:.*]] = nn.pad
  // CHECK: nn.conv2d %[[P]]
  %0 = nn.pad constant %x, %five {lo = array<i64: 0, 1, 1, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x3x3x1x!x>, tensor<!x>) -> tensor<1x5x5x1x!x>
  %1 = nn.conv2d %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x1x!x>, tensor<1x1x1x1x!w>) -> tensor<1x5x5x1x!x>
  %2 = nn.pad constant %x, %zero {lo = array<i64: 0, 1, 1, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x3x3x1x!x>, tensor<!x>) -> tensor<1x5x5x1x!x>
  %3 = nn.conv2d %2, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x1x!x>, tensor<1x1x1x1x!w>) -> tensor<1x5x5x1x!x>
  return %1, %3 : tensor<1x5x5x1x!x>, tensor<1x5x5x1x!x>
}

// -----

// A maximum takes -inf in, not zero; a mean takes zeros in and counts them.
// CHECK-LABEL: @pools
func.func @pools(%x: tensor<1x4x4x2xf32>) -> (tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>) {
  %low = nn.constant dense<0xFF800000> : tensor<f32> : tensor<f32>
  %zero = nn.constant dense<0.0> : tensor<f32> : tensor<f32>
  // CHECK: nn.pool2d max_pool %arg0
  // CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
  // CHECK: %[[P:.*]] = nn.pad
  // CHECK: nn.pool2d max_pool %[[P]]
  // CHECK: nn.pool2d avg_pool %arg0
  // CHECK-SAME: count_include_pad
  // CHECK-SAME: pads = array<i64: 1, 1, 1, 1>
  %0 = nn.pad constant %x, %low {lo = array<i64: 0, 1, 1, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x4x4x2xf32>, tensor<f32>) -> tensor<1x6x6x2xf32>
  %1 = nn.pool2d max_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 3, 3>} : (tensor<1x6x6x2xf32>) -> tensor<1x3x3x2xf32>
  %2 = nn.pad constant %x, %zero {lo = array<i64: 0, 1, 1, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x4x4x2xf32>, tensor<f32>) -> tensor<1x6x6x2xf32>
  %3 = nn.pool2d max_pool %2 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 3, 3>} : (tensor<1x6x6x2xf32>) -> tensor<1x3x3x2xf32>
  %4 = nn.pool2d avg_pool %2 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 3, 3>} : (tensor<1x6x6x2xf32>) -> tensor<1x3x3x2xf32>
  return %1, %3, %4 : tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>, tensor<1x3x3x2xf32>
}

// -----

// Not: another mode, cropping, padded channels, a maximum of padding alone, a mean that doesn't count all its padding.
// CHECK-LABEL: @kept
func.func @kept(%x: tensor<1x3x3x1xf32>) -> (tensor<1x5x5x1xf32>, tensor<1x4x3x1xf32>, tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32>) {
  // CHECK-COUNT-5: nn.pad
  // CHECK: return
  %w = nn.constant dense<3.0> : tensor<1x1x1x1xf32> : tensor<1x1x1x1xf32>
  %w2 = nn.constant dense<3.0> : tensor<1x1x1x2xf32> : tensor<1x1x1x2xf32>
  %low = nn.constant dense<0xFF800000> : tensor<f32> : tensor<f32>
  %0 = nn.pad edge %x {lo = array<i64: 0, 1, 1, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x3x3x1xf32>) -> tensor<1x5x5x1xf32>
  %1 = nn.conv2d %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x5x5x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x5x5x1xf32>
  %2 = nn.pad constant %x {lo = array<i64: 0, 2, 0, 0>, hi = array<i64: 0, -1, 0, 0>} : (tensor<1x3x3x1xf32>) -> tensor<1x4x3x1xf32>
  %3 = nn.conv2d %2, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x3x1xf32>, tensor<1x1x1x1xf32>) -> tensor<1x4x3x1xf32>
  %4 = nn.pad constant %x {lo = array<i64: 0, 0, 0, 1>, hi = array<i64: 0, 0, 0, 0>} : (tensor<1x3x3x1xf32>) -> tensor<1x3x3x2xf32>
  %5 = nn.conv2d %4, %w2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x3x3x1xf32>
  %6 = nn.pad constant %x, %low {lo = array<i64: 0, 2, 2, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x3x3x1xf32>, tensor<f32>) -> tensor<1x6x6x1xf32>
  %7 = nn.pool2d max_pool %6 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 3, 3>} : (tensor<1x6x6x1xf32>) -> tensor<1x3x3x1xf32>
  %8 = nn.pad constant %x {lo = array<i64: 0, 1, 1, 0>, hi = array<i64: 0, 1, 1, 0>} : (tensor<1x3x3x1xf32>) -> tensor<1x5x5x1xf32>
  %9 = nn.pool2d avg_pool %8 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 1, 1, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 3, 3>} : (tensor<1x5x5x1xf32>) -> tensor<1x3x3x1xf32>
  return %1, %3, %5, %7, %9 : tensor<1x5x5x1xf32>, tensor<1x4x3x1xf32>, tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32>, tensor<1x3x3x1xf32>
}
