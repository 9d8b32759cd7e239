// RUN: burin-opt %s --split-input-file --pass-pipeline='builtin.module(share-trunks)' | FileCheck %s

// Equal operators on the same input, equal constants included, are the trunk. Both heads keep its result, whether or not
// they write over their operand; the flattened view is made again where it is read, and so is nothing of the trunk kept
// twice.
// CHECK-LABEL: func.func @trunk
// CHECK-SAME: (%[[X:.*]]: tensor<1x8xf32> {nn.name = "x"}) -> (tensor<1x4xf32> {nn.hidden, nn.kept = 0 : i64, nn.name = "kept_0"})
// CHECK: %[[W:.*]] = nn.constant
// CHECK: %[[P:.*]] = nn.matmul %[[X]], %[[W]]
// CHECK-NOT: nn.reshape
// CHECK: return %[[P]]
// CHECK-LABEL: func.func @one
// CHECK-SAME: (%[[K:.*]]: tensor<1x4xf32> {nn.hidden, nn.kept = 0 : i64, nn.name = "kept_0"}) -> tensor<1x4xf32>
// CHECK-NOT: nn.matmul
// CHECK: nn.unary tanh %[[K]]
// CHECK-LABEL: func.func @two
// CHECK-SAME: (%[[K:.*]]: tensor<1x4xf32> {nn.hidden, nn.kept = 0 : i64, nn.name = "kept_0"}, %[[Z:.*]]: tensor<4xf32> {nn.name = "z"})
// CHECK-NOT: nn.matmul
// CHECK: %[[V:.*]] = nn.reshape %[[K]]
// CHECK: nn.binary add %[[V]], %[[Z]]
func.func @one(%x: tensor<1x8xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %w = nn.constant dense<2.0> : tensor<8x4xf32> : tensor<8x4xf32>
  %p = nn.matmul %x, %w {nn.origin = #nn.origin<"p">} : (tensor<1x8xf32>, tensor<8x4xf32>) -> tensor<1x4xf32>
  %y = nn.unary tanh %p : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
func.func @two(%z: tensor<4xf32> {nn.name = "z"}, %x: tensor<1x8xf32> {nn.name = "x"}) -> tensor<4xf32> {
  %v = nn.constant dense<2.0> : tensor<8x4xf32> : tensor<8x4xf32>
  %q = nn.matmul %x, %v {nn.origin = #nn.origin<"q">} : (tensor<1x8xf32>, tensor<8x4xf32>) -> tensor<1x4xf32>
  %f = nn.reshape %q : tensor<1x4xf32> -> tensor<4xf32>
  %y = nn.binary add %f, %z : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %y : tensor<4xf32>
}

// -----

// An input that a head reads as well stays, as the trunk's argument and the heads'.
// CHECK-LABEL: func.func @trunk
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32> {nn.kept = 0 : i64, nn.name = "x"}) -> (tensor<1x4xf32> {nn.hidden, nn.kept = 1 : i64, nn.name = "kept_1"})
// CHECK-LABEL: func.func @skip
// CHECK-SAME: (%[[X:.*]]: tensor<1x4xf32> {nn.hidden, nn.kept = 0 : i64, {{.*}}}, %[[P:.*]]: tensor<1x4xf32> {nn.hidden, nn.kept = 1 : i64, {{.*}}})
// CHECK: nn.binary add %[[P]], %[[X]]
// CHECK-LABEL: func.func @plain
// CHECK-SAME: (%{{.*}}: tensor<1x4xf32> {nn.hidden, nn.kept = 0 : i64, {{.*}}}, %[[P:.*]]: tensor<1x4xf32> {nn.hidden, nn.kept = 1 : i64, {{.*}}})
// CHECK: return %[[P]]
func.func @skip(%x: tensor<1x4xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %w = nn.constant dense<2.0> : tensor<4x4xf32> : tensor<4x4xf32>
  %p = nn.matmul %x, %w : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  %y = nn.binary add %p, %x : (tensor<1x4xf32>, tensor<1x4xf32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
func.func @plain(%x: tensor<1x4xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %w = nn.constant dense<2.0> : tensor<4x4xf32> : tensor<4x4xf32>
  %p = nn.matmul %x, %w : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  return %p : tensor<1x4xf32>
}

// -----

// Not the same: another input name, other weights, another quantisation beyond the digits that are printed, a state, no
// multiply-accumulates.
// CHECK-NOT: @trunk
func.func @other_name(%x: tensor<1x8xf32> {nn.name = "other"}) -> tensor<1x4xf32> {
  %w = nn.constant dense<2.0> : tensor<8x4xf32> : tensor<8x4xf32>
  %p = nn.matmul %x, %w : (tensor<1x8xf32>, tensor<8x4xf32>) -> tensor<1x4xf32>
  return %p : tensor<1x4xf32>
}
func.func @other_weights(%x: tensor<1x8xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %w = nn.constant dense<3.0> : tensor<8x4xf32> : tensor<8x4xf32>
  %p = nn.matmul %x, %w : (tensor<1x8xf32>, tensor<8x4xf32>) -> tensor<1x4xf32>
  return %p : tensor<1x4xf32>
}
func.func @state(%x: tensor<1x8xf32> {nn.name = "x", nn.state = 0 : i64}) -> (tensor<1x8xf32>, tensor<1x4xf32>) {
  %w = nn.constant dense<3.0> : tensor<8x4xf32> : tensor<8x4xf32>
  %p = nn.matmul %x, %w : (tensor<1x8xf32>, tensor<8x4xf32>) -> tensor<1x4xf32>
  return %x, %p : tensor<1x8xf32>, tensor<1x4xf32>
}
func.func @scale(%x: tensor<1x8xf32> {nn.name = "x"}) -> tensor<1x8x!quant.uniform<i8:f32, 0.100000001>> {
  %q = nn.quantize %x : tensor<1x8xf32> -> tensor<1x8x!quant.uniform<i8:f32, 0.100000001>>
  return %q : tensor<1x8x!quant.uniform<i8:f32, 0.100000001>>
}
func.func @cheap(%x: tensor<1x8xf32> {nn.name = "x"}) -> tensor<1x8x!quant.uniform<i8:f32, 0.100000001>> {
  %q = nn.quantize %x : tensor<1x8xf32> -> tensor<1x8x!quant.uniform<i8:f32, 0.100000001>>
  return %q : tensor<1x8x!quant.uniform<i8:f32, 0.100000001>>
}

// -----

// A third one that shares less stays by itself rather than shortening the others' trunk.
// CHECK-LABEL: func.func @trunk
// CHECK: nn.matmul
// CHECK: nn.matmul
// CHECK-LABEL: func.func @first
// CHECK-LABEL: func.func @second
// CHECK-LABEL: func.func @third
// CHECK: nn.matmul
func.func @first(%x: tensor<1x4xf32> {nn.name = "x"}) -> tensor<1x64xf32> {
  %w = nn.constant dense<2.0> : tensor<4x4xf32> : tensor<4x4xf32>
  %v = nn.constant dense<2.0> : tensor<4x64xf32> : tensor<4x64xf32>
  %p = nn.matmul %x, %w : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  %q = nn.matmul %p, %v : (tensor<1x4xf32>, tensor<4x64xf32>) -> tensor<1x64xf32>
  %y = nn.unary tanh %q : (tensor<1x64xf32>) -> tensor<1x64xf32>
  return %y : tensor<1x64xf32>
}
func.func @second(%x: tensor<1x4xf32> {nn.name = "x"}) -> tensor<1x64xf32> {
  %w = nn.constant dense<2.0> : tensor<4x4xf32> : tensor<4x4xf32>
  %v = nn.constant dense<2.0> : tensor<4x64xf32> : tensor<4x64xf32>
  %p = nn.matmul %x, %w : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  %q = nn.matmul %p, %v : (tensor<1x4xf32>, tensor<4x64xf32>) -> tensor<1x64xf32>
  %y = nn.unary exp %q : (tensor<1x64xf32>) -> tensor<1x64xf32>
  return %y : tensor<1x64xf32>
}
func.func @third(%x: tensor<1x4xf32> {nn.name = "x"}) -> tensor<1x4xf32> {
  %w = nn.constant dense<2.0> : tensor<4x4xf32> : tensor<4x4xf32>
  %p = nn.matmul %x, %w : (tensor<1x4xf32>, tensor<4x4xf32>) -> tensor<1x4xf32>
  %y = nn.unary exp %p : (tensor<1x4xf32>) -> tensor<1x4xf32>
  return %y : tensor<1x4xf32>
}
