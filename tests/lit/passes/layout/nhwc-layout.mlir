// RUN: burin-opt --pass-pipeline='builtin.module(func.func(nhwc-layout),canonicalize)' --split-input-file %s | FileCheck %s
// RUN: burin-opt --pass-pipeline='builtin.module(func.func(nhwc-layout),canonicalize)' --split-input-file --equal-within=1e-5 --no-output %s

// Two convolutions with an activation between: the transposes that the importer made cancel; the origin says the new order.
// CHECK-LABEL: @chain
func.func @chain(%x: tensor<1x2x4x5xf32>) -> tensor<1x2x4x5xf32> {
  // CHECK: %[[X:.*]] = nn.transpose %arg0 {perm = array<i64: 0, 2, 3, 1>}
  // CHECK: %[[C:.*]] = nn.conv2d %[[X]]
  // CHECK: %[[S:.*]] = nn.unary sigmoid %[[C]] {{.*}}nn.origin = #nn.origin<"s", [0, 2, 3, 1]>
  // CHECK: %[[D:.*]] = nn.conv2d %[[S]]
  // CHECK: %[[Y:.*]] = nn.transpose %[[D]] {{.*}}perm = array<i64: 0, 3, 1, 2>
  // CHECK: return %[[Y]]
  %w = nn.constant dense<[[[[1.0, 2.0]]], [[[3.0, -4.0]]]]> : tensor<2x1x1x2xf32> : tensor<2x1x1x2xf32>
  %0 = nn.transpose %x {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x2x4x5xf32>) -> tensor<1x4x5x2xf32>
  %1 = nn.conv2d %0, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x5x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x4x5x2xf32>
  %2 = nn.transpose %1 {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x2xf32>) -> tensor<1x2x4x5xf32>
  %3 = nn.unary sigmoid %2 {nn.origin = #nn.origin<"s">} : (tensor<1x2x4x5xf32>) -> tensor<1x2x4x5xf32>
  %4 = nn.transpose %3 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x2x4x5xf32>) -> tensor<1x4x5x2xf32>
  %5 = nn.conv2d %4, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x4x5x2xf32>, tensor<2x1x1x2xf32>) -> tensor<1x4x5x2xf32>
  %6 = nn.transpose %5 {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x2xf32>) -> tensor<1x2x4x5xf32>
  return %6 : tensor<1x2x4x5xf32>
}

// -----

// Every operator along axes, with its attributes; a broadcast bias [C,1,1] takes the channels along.
// CHECK-LABEL: @attributes
func.func @attributes(%x: tensor<1x4x5x2xf32>, %b: tensor<2x1x1xf32>) -> tensor<1x5x4x4xf32> {
  // CHECK-NOT: nn.transpose
  // CHECK: %[[B:.*]] = nn.reshape %arg1 : tensor<2x1x1xf32> -> tensor<1x1x1x2xf32>
  // CHECK: %[[A:.*]] = nn.binary add %arg0, %[[B]]
  // CHECK: %[[S:.*]] = nn.slice %[[A]] {sizes = array<i64: 1, 4, 3, 2>, starts = array<i64: 0, 0, 1, 0>, steps = array<i64: 1, 1, 1, 1>}
  // CHECK: %[[P:.*]] = nn.pad constant %[[S]] {hi = array<i64: 0, 0, 2, 0>, lo = array<i64: 0, 1, 0, 0>}
  // CHECK: %[[C:.*]] = nn.concat %[[P]], %[[P]] {axis = 3 : i64}
  // CHECK: %[[M:.*]] = nn.softmax softmax %[[C]] {axis = 2 : i64}
  // CHECK: %[[N:.*]] = nn.scan cumsum %[[M]] {axis = 1 : i64}
  // CHECK: %[[Z:.*]] = nn.slice %[[N]] {sizes = array<i64: 1, 5, 4, 4>
  // CHECK: return %[[Z]]
  %0 = nn.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x2xf32>) -> tensor<1x2x4x5xf32>
  %1 = nn.binary add %0, %b : (tensor<1x2x4x5xf32>, tensor<2x1x1xf32>) -> tensor<1x2x4x5xf32>
  %2 = nn.slice %1 {starts = array<i64: 0, 0, 0, 1>, steps = array<i64: 1, 1, 1, 1>, sizes = array<i64: 1, 2, 4, 3>} : (tensor<1x2x4x5xf32>) -> tensor<1x2x4x3xf32>
  %3 = nn.pad constant %2 {lo = array<i64: 0, 0, 1, 0>, hi = array<i64: 0, 0, 0, 2>} : (tensor<1x2x4x3xf32>) -> tensor<1x2x5x5xf32>
  %4 = nn.concat %3, %3 {axis = 1 : i64} : (tensor<1x2x5x5xf32>, tensor<1x2x5x5xf32>) -> tensor<1x4x5x5xf32>
  %5 = nn.softmax softmax %4 {axis = 3 : i64} : (tensor<1x4x5x5xf32>) -> tensor<1x4x5x5xf32>
  %6 = nn.scan cumsum %5 {axis = 2 : i64} : (tensor<1x4x5x5xf32>) -> tensor<1x4x5x5xf32>
  %7 = nn.slice %6 {starts = array<i64: 0, 0, 0, 0>, steps = array<i64: 1, 1, 1, 1>, sizes = array<i64: 1, 4, 5, 4>} : (tensor<1x4x5x5xf32>) -> tensor<1x4x5x4xf32>
  %8 = nn.transpose %7 {perm = array<i64: 0, 2, 3, 1>} : (tensor<1x4x5x4xf32>) -> tensor<1x5x4x4xf32>
  return %8 : tensor<1x5x4x4xf32>
}

// -----

!x = !quant.uniform<i8:f32:1, {0.1, 0.2}>
// A mean to one pixel, then a reshape to a vector: unit axes move for nothing; the quantised axis follows.
// CHECK-LABEL: @unit_axes
func.func @unit_axes(%x: tensor<1x4x5x2xf32>) -> (tensor<1x2xf32>, tensor<1x2x4x5x!x>) {
  // CHECK-DAG: %[[M:.*]] = nn.reduce mean %arg0 {axes = array<i64: 1, 2>}
  // CHECK-DAG: nn.reshape %[[M]] : tensor<1x1x1x2xf32> -> tensor<1x2xf32>
  // CHECK-DAG: %[[Q:.*]] = nn.quantize %arg0 : tensor<1x4x5x2xf32> -> tensor<1x4x5x2x!quant.uniform<i8:f32:3,
  // CHECK-DAG: nn.transpose %[[Q]] {perm = array<i64: 0, 3, 1, 2>}
  // CHECK: return
  %0 = nn.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x2xf32>) -> tensor<1x2x4x5xf32>
  %1 = nn.reduce mean %0 {axes = array<i64: 2, 3>} : (tensor<1x2x4x5xf32>) -> tensor<1x2x1x1xf32>
  %2 = nn.reshape %1 : tensor<1x2x1x1xf32> -> tensor<1x2xf32>
  %3 = nn.quantize %0 : tensor<1x2x4x5xf32> -> tensor<1x2x4x5x!x>
  return %2, %3 : tensor<1x2xf32>, tensor<1x2x4x5x!x>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>
// Bytes are transposed instead of floats, small tensors instead of large ones.
// CHECK-LABEL: @cheapest
func.func @cheapest(%x: tensor<1x4x5x3x!q>) -> tensor<1x3x2x5xf32> {
  // CHECK-NEXT: %[[S:.*]] = nn.slice %arg0
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[S]] {{.*}} -> tensor<1x3x2x5x!quant
  // CHECK-NEXT: nn.dequantize %[[T]]
  // CHECK-NEXT: return
  %0 = nn.dequantize %x : tensor<1x4x5x3x!q> -> tensor<1x4x5x3xf32>
  %1 = nn.slice %x {starts = array<i64: 0, 0, 0, 0>, steps = array<i64: 1, 2, 1, 1>, sizes = array<i64: 1, 2, 5, 3>} : (tensor<1x4x5x3x!q>) -> tensor<1x2x5x3x!q>
  %2 = nn.dequantize %1 : tensor<1x2x5x3x!q> -> tensor<1x2x5x3xf32>
  %3 = nn.transpose %2 {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x2x5x3xf32>) -> tensor<1x3x2x5xf32>
  return %3 : tensor<1x3x2x5xf32>
}

// -----

// The heads of a detector: each map is flattened in NHWC, as a view; nothing moves.
// CHECK-LABEL: @heads
func.func @heads(%x: tensor<1x4x5x6xf32>, %y: tensor<1x2x2x6xf32>) -> tensor<1x24x6xf32> {
  // CHECK-NEXT: %[[X:.*]] = nn.reshape %arg0 : {{.*}} -> tensor<1x20x6xf32>
  // CHECK-NEXT: %[[Y:.*]] = nn.reshape %arg1 : {{.*}} -> tensor<1x4x6xf32>
  // CHECK-NEXT: %[[C:.*]] = nn.concat %[[X]], %[[Y]] {axis = 1 : i64}
  // CHECK-NEXT: return %[[C]]
  %0 = nn.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x4x5x6xf32>) -> tensor<1x6x4x5xf32>
  %1 = nn.reshape %0 : tensor<1x6x4x5xf32> -> tensor<1x6x20xf32>
  %2 = nn.transpose %y {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x2x2x6xf32>) -> tensor<1x6x2x2xf32>
  %3 = nn.reshape %2 : tensor<1x6x2x2xf32> -> tensor<1x6x4xf32>
  %4 = nn.concat %1, %3 {axis = 2 : i64} : (tensor<1x6x20xf32>, tensor<1x6x4xf32>) -> tensor<1x6x24xf32>
  %5 = nn.transpose %4 {perm = array<i64: 0, 2, 1>} : (tensor<1x6x24xf32>) -> tensor<1x24x6xf32>
  return %5 : tensor<1x24x6xf32>
}

// -----

// A tensor with two users in one order and one in another is transposed once, not twice; that is what it was before.
// CHECK-LABEL: @fan_out
func.func @fan_out(%x: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<2x3xf32>) {
  // CHECK-COUNT-1: nn.transpose
  // CHECK-NOT: nn.transpose
  // CHECK: return
  %0 = nn.unary exp %x : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %1 = nn.transpose %0 {perm = array<i64: 1, 0>} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  %2 = nn.unary abs %1 : (tensor<3x2xf32>) -> tensor<3x2xf32>
  %3 = nn.unary neg %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %2, %3 : tensor<3x2xf32>, tensor<3x2xf32>, tensor<2x3xf32>
}

// -----

// Constants are stored in the order that their user wants; the transpose of a constant folds afterwards.
// CHECK-LABEL: @constants
func.func @constants(%x: tensor<4x5x2xf32>) -> tensor<4x5x2xf32> {
  // CHECK: %[[C:.*]] = nn.constant
  // CHECK: %[[T:.*]] = nn.transpose %[[C]] {{.*}} -> tensor<1x5x2xf32>
  // CHECK: nn.binary mul %arg0, %[[T]]
  // CHECK-NOT: nn.transpose
  %c = nn.constant dense<[[[1.0, 2.0, 3.0, 4.0, 5.0]], [[5.0, 4.0, 3.0, 2.0, 1.0]]]> : tensor<2x1x5xf32> : tensor<2x1x5xf32>
  %0 = nn.transpose %x {perm = array<i64: 2, 0, 1>} : (tensor<4x5x2xf32>) -> tensor<2x4x5xf32>
  %1 = nn.binary mul %0, %c : (tensor<2x4x5xf32>, tensor<2x1x5xf32>) -> tensor<2x4x5xf32>
  %2 = nn.transpose %1 {perm = array<i64: 1, 2, 0>} : (tensor<2x4x5xf32>) -> tensor<4x5x2xf32>
  return %2 : tensor<4x5x2xf32>
}

// -----

// Kept: a reshape that joins what the transpose has brought together, and gathers of whole blocks.
// CHECK-LABEL: @kept
func.func @kept(%x: tensor<2x3x4xf32>) -> (tensor<2x12xf32>, tensor<2x2x4x3xf32>) {
  // CHECK: %[[T:.*]] = nn.transpose %arg0
  // CHECK: nn.reshape %[[T]]
  // CHECK: nn.gather %[[T]]
  %i = nn.constant dense<[[0, 1], [1, 0]]> : tensor<2x2xi64> : tensor<2x2xi64>
  %0 = nn.transpose %x {perm = array<i64: 0, 2, 1>} : (tensor<2x3x4xf32>) -> tensor<2x4x3xf32>
  %1 = nn.reshape %0 : tensor<2x4x3xf32> -> tensor<2x12xf32>
  %2 = nn.gather %0, %i {axis = 0 : i64} : (tensor<2x4x3xf32>, tensor<2x2xi64>) -> tensor<2x2x4x3xf32>
  return %1, %2 : tensor<2x12xf32>, tensor<2x2x4x3xf32>
}
