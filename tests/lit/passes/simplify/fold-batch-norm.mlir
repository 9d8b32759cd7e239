// RUN: burin-opt --fold-batch-norm --split-input-file %s | FileCheck %s
// RUN: burin-opt --fold-batch-norm --split-input-file --equal-within=1e-5 --no-output %s

// Behind a grouped convolution: weights and bias are scaled per output.
// CHECK-LABEL: @behind_conv
func.func @behind_conv(%x: tensor<1x3x3x4xf32>) -> tensor<1x3x3x2xf32> {
  // CHECK-DAG: nn.constant dense<{{.*}}2.000000e+00, 4.000000e+00{{.*}}-1.500000e+00, 2.000000e+00{{.*}}> : tensor<2x1x1x2xf32>
  // CHECK-DAG: nn.constant dense<[2.000000e+01, -1.000000e+01]> : tensor<2xf32>
  // CHECK: nn.conv2d
  // CHECK-SAME: nn.origin = #nn.origin<"scaled">
  // CHECK-NEXT: return
  %w = nn.constant dense<[[[[1.0, 2.0]]], [[[3.0, -4.0]]]]> : tensor<2x1x1x2xf32> : tensor<2x1x1x2xf32>
  %b = nn.constant dense<[10.0, 20.0]> : tensor<2xf32> : tensor<2xf32>
  %s = nn.constant dense<[[[[2.0, -0.5]]]]> : tensor<1x1x1x2xf32> : tensor<1x1x1x2xf32>
  %0 = nn.conv2d %x, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x3x3x4xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  %1 = nn.binary mul %s, %0 {nn.origin = #nn.origin<"scaled">} : (tensor<1x1x1x2xf32>, tensor<1x3x3x2xf32>) -> tensor<1x3x3x2xf32>
  return %1 : tensor<1x3x3x2xf32>
}

// -----

// Before a padded grouped convolution: a factor may move in, group by group.
// CHECK-LABEL: @before_conv
func.func @before_conv(%x: tensor<1x3x3x4xf32>) -> tensor<1x5x5x2xf32> {
  // CHECK: nn.constant dense<{{.*}}2.000000e+00, 6.000000e+00{{.*}}1.200000e+01, -2.000000e+01{{.*}}> : tensor<2x1x1x2xf32>
  // CHECK: nn.conv2d %arg0
  // CHECK-NEXT: return
  %w = nn.constant dense<[[[[1.0, 2.0]]], [[[3.0, -4.0]]]]> : tensor<2x1x1x2xf32> : tensor<2x1x1x2xf32>
  %s = nn.constant dense<[[[[2.0, 3.0, 4.0, 5.0]]]]> : tensor<1x1x1x4xf32> : tensor<1x1x1x4xf32>
  %0 = nn.binary mul %x, %s : (tensor<1x3x3x4xf32>, tensor<1x1x1x4xf32>) -> tensor<1x3x3x4xf32>
  %1 = nn.conv2d %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 2 : i64} : (tensor<1x3x3x4xf32>, tensor<2x1x1x2xf32>) -> tensor<1x5x5x2xf32>
  return %1 : tensor<1x5x5x2xf32>
}

// -----

// A shift moves in where there is no padding; not where its zeros would have to become something else.
// CHECK-LABEL: @shift
func.func @shift(%x: tensor<1x3x3x2xf32>) -> (tensor<1x3x3x1xf32>, tensor<1x5x5x1xf32>) {
  // CHECK: %[[B:.*]] = nn.constant dense<-1.500000e+00> : tensor<1xf32>
  // CHECK-DAG: nn.conv2d %arg0, %{{.*}}, %[[B]]
  // CHECK-DAG: %[[D:.*]] = nn.binary add
  // CHECK: nn.conv2d %[[D]]
  %w = nn.constant dense<[[[[1.0, 2.0]]]]> : tensor<1x1x1x2xf32> : tensor<1x1x1x2xf32>
  %d = nn.constant dense<[[[[0.5, 1.0]]]]> : tensor<1x1x1x2xf32> : tensor<1x1x1x2xf32>
  %0 = nn.binary sub %x, %d : (tensor<1x3x3x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x3x3x2xf32>
  %b = nn.constant dense<1.0> : tensor<1xf32> : tensor<1xf32>
  %1 = nn.conv2d %0, %w, %b {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x2xf32>, tensor<1x1x1x2xf32>, tensor<1xf32>) -> tensor<1x3x3x1xf32>
  %2 = nn.binary add %x, %d : (tensor<1x3x3x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x3x3x2xf32>
  %3 = nn.conv2d %2, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x2xf32>, tensor<1x1x1x2xf32>) -> tensor<1x5x5x1xf32>
  return %1, %3 : tensor<1x3x3x1xf32>, tensor<1x5x5x1xf32>
}

// -----

// Both sides of a product; a division is a factor, too.
// CHECK-LABEL: @matmul
func.func @matmul(%x: tensor<3x2xf32>) -> tensor<3x2xf32> {
  // CHECK: nn.constant dense<{{.*}}1.000000e+00, 4.000000e+00{{.*}}4.500000e+00, 1.200000e+01{{.*}}> : tensor<2x2xf32>
  // CHECK: nn.matmul %arg0
  // CHECK-NEXT: return
  %w = nn.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %before = nn.constant dense<[2.0, 3.0]> : tensor<2xf32> : tensor<2xf32>
  %behind = nn.constant dense<[2.0, 1.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.binary mul %x, %before : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  %1 = nn.matmul %0, %w : (tensor<3x2xf32>, tensor<2x2xf32>) -> tensor<3x2xf32>
  %2 = nn.binary div %1, %behind : (tensor<3x2xf32>, tensor<2xf32>) -> tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}

// -----

// The transposed convolution: outputs count in its first weight axis, as everywhere.
// CHECK-LABEL: @conv_transpose
func.func @conv_transpose(%x: tensor<1x2x2x2xf32>) -> tensor<1x3x3x2xf32> {
  // CHECK: nn.conv_transpose2d
  // CHECK-NEXT: return
  %w = nn.constant dense<[[[[1.0, 2.0], [0.5, 1.5]], [[1.0, -2.0], [0.5, 0.0]]], [[[3.0, -4.0], [1.0, 1.0]], [[2.0, 2.0], [1.0, 0.5]]]]> : tensor<2x2x2x2xf32> : tensor<2x2x2x2xf32>
  %s = nn.constant dense<[2.0, 3.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.conv_transpose2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, out_size = array<i64: 3, 3>} : (tensor<1x2x2x2xf32>, tensor<2x2x2x2xf32>) -> tensor<1x3x3x2xf32>
  %1 = nn.binary mul %0, %s : (tensor<1x3x3x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32>
  return %1 : tensor<1x3x3x2xf32>
}

// -----

// Not: a factor per row, a divisor of zero, a second user, a clamp between.
// CHECK-LABEL: @kept
func.func @kept(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>) {
  // CHECK-COUNT-4: nn.binary
  // CHECK: return
  %w = nn.constant dense<[[1.0, -0.5], [0.25, 2.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %rows = nn.constant dense<[[1.0], [2.0]]> : tensor<2x1xf32> : tensor<2x1xf32>
  %zero = nn.constant dense<[1.0, 0.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = nn.binary mul %0, %rows : (tensor<2x2xf32>, tensor<2x1xf32>) -> tensor<2x2xf32>
  %2 = nn.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = nn.binary div %2, %zero : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %4 = nn.matmul %x, %w : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %5 = nn.binary mul %4, %zero : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  %6 = nn.matmul %x, %w {act_lo = 0.0 : f64, act_hi = 1.0 : f64} : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %7 = nn.binary mul %6, %zero : (tensor<2x2xf32>, tensor<2xf32>) -> tensor<2x2xf32>
  return %1, %3, %4, %5, %7 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>, tensor<2x2xf32>
}

// -----

// Through the reshapes around a 1-D convolution, on both sides.
// CHECK-LABEL: @one_dimensional
func.func @one_dimensional(%x: tensor<1x4x2xf32>) -> tensor<1x4x2xf32> {
  // CHECK: %[[X:.*]] = nn.reshape %arg0
  // CHECK: %[[Y:.*]] = nn.conv2d %[[X]]
  // CHECK-NEXT: nn.reshape %[[Y]] {nn.origin = #nn.origin<"scaled">}
  // CHECK-NEXT: return
  %w = nn.constant dense<[[[[1.0, 2.0]]], [[[3.0, -4.0]]]]> : tensor<2x1x1x2xf32> : tensor<2x1x1x2xf32>
  %c = nn.constant dense<[2.0, -0.5]> : tensor<2xf32> : tensor<2xf32>
  %d = nn.constant dense<[1.0, 3.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.binary mul %x, %c : (tensor<1x4x2xf32>, tensor<2xf32>) -> tensor<1x4x2xf32>
  %1 = nn.binary add %0, %d : (tensor<1x4x2xf32>, tensor<2xf32>) -> tensor<1x4x2xf32>
  %2 = nn.reshape %1 : tensor<1x4x2xf32> -> tensor<1x1x4x2xf32>
  %3 = nn.conv2d %2, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x1x4x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x1x4x2xf32>
  %4 = nn.reshape %3 : tensor<1x1x4x2xf32> -> tensor<1x4x2xf32>
  %5 = nn.binary mul %4, %c {nn.origin = #nn.origin<"scaled">} : (tensor<1x4x2xf32>, tensor<2xf32>) -> tensor<1x4x2xf32>
  return %5 : tensor<1x4x2xf32>
}
