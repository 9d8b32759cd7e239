// RUN: burin-opt --fold-storage-casts --split-input-file %s | FileCheck %s
// RUN: burin-opt --fold-storage-casts --split-input-file --equal-within=0 --no-output %s

!q = !quant.uniform<i8:f32, 0.1:3>
// Q, movement of the integers, DQ: no cast is left, and the quantised value takes over the integers' origin.
// CHECK-LABEL: @between_q_and_dq
func.func @between_q_and_dq(%x: tensor<2x3xf32>) -> tensor<3x2xf32> {
  // CHECK-NEXT: %[[Q:.*]] = nn.quantize %arg0 {nn.origin = #nn.origin<"q">} : tensor<2x3xf32> -> tensor<2x3x!quant.uniform
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[Q]] {nn.origin = #nn.origin<"t">
  // CHECK-NEXT: nn.dequantize %[[T]]
  %0 = nn.quantize %x : tensor<2x3xf32> -> tensor<2x3x!q>
  %1 = nn.storage_cast %0 {nn.origin = #nn.origin<"q">} : tensor<2x3x!q> -> tensor<2x3xi8>
  %2 = nn.transpose %1 {perm = array<i64: 1, 0>, nn.origin = #nn.origin<"t">} : (tensor<2x3xi8>) -> tensor<3x2xi8>
  %3 = nn.storage_cast %2 : tensor<3x2xi8> -> tensor<3x2x!q>
  %4 = nn.dequantize %3 : tensor<3x2x!q> -> tensor<3x2xf32>
  return %4 : tensor<3x2xf32>
}

// -----

!q = !quant.uniform<u8:f32, 0.1:3>
// An integer input is cast once, before everything else.
// CHECK-LABEL: @integer_input
func.func @integer_input(%x: tensor<1x2x2x3xui8>) -> tensor<1x12xf32> {
  // CHECK-NEXT: %[[Q:.*]] = nn.storage_cast %arg0
  // CHECK-NEXT: %[[T:.*]] = nn.transpose %[[Q]]
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %[[T]]
  // CHECK-NEXT: nn.dequantize %[[R]]
  %0 = nn.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<1x2x2x3xui8>) -> tensor<1x3x2x2xui8>
  %1 = nn.reshape %0 : tensor<1x3x2x2xui8> -> tensor<1x12xui8>
  %2 = nn.storage_cast %1 : tensor<1x12xui8> -> tensor<1x12x!q>
  %3 = nn.dequantize %2 : tensor<1x12x!q> -> tensor<1x12xf32>
  return %3 : tensor<1x12xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.1:3>
// Concatenation with constant integers; the pool of integers becomes one of quantised values.
// CHECK-LABEL: @concat_and_pool
func.func @concat_and_pool(%x: tensor<1x2x2x1x!q>) -> tensor<1x1x1x2xi8> {
  // CHECK: nn.concat {{.*}} -> tensor<1x2x2x2x!quant.uniform
  // CHECK-NEXT: nn.pool2d {{.*}} -> tensor<1x1x1x2x!quant.uniform
  // CHECK-NEXT: nn.storage_cast
  %c = nn.constant dense<[[[[1], [2]], [[3], [-4]]]]> : tensor<1x2x2x1xi8> : tensor<1x2x2x1xi8>
  %0 = nn.storage_cast %x : tensor<1x2x2x1x!q> -> tensor<1x2x2x1xi8>
  %1 = nn.concat %0, %c {axis = 3 : i64} : (tensor<1x2x2x1xi8>, tensor<1x2x2x1xi8>) -> tensor<1x2x2x2xi8>
  %2 = nn.pool2d max_pool %1 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 1, 1>} : (tensor<1x2x2x2xi8>) -> tensor<1x1x1x2xi8>
  return %2 : tensor<1x1x1x2xi8>
}

// -----

!q = !quant.uniform<i8:f32:0, {0.1, 0.2}>
!qt = !quant.uniform<i8:f32:1, {0.1, 0.2}>
// A quantised axis moves with the transpose.
// CHECK-LABEL: @per_axis
func.func @per_axis() -> tensor<3x2xf32> {
  // CHECK: nn.transpose {{.*}} -> tensor<3x2x!quant.uniform<i8:f32:1, {1.000000e-01,2.000000e-01}>>
  // CHECK-NEXT: nn.dequantize
  %c = nn.constant dense<[[1, 2, 3], [4, 5, 6]]> : tensor<2x3xi8> : tensor<2x3xi8>
  %0 = nn.transpose %c {perm = array<i64: 1, 0>} : (tensor<2x3xi8>) -> tensor<3x2xi8>
  %1 = nn.storage_cast %0 : tensor<3x2xi8> -> tensor<3x2x!qt>
  %2 = nn.dequantize %1 : tensor<3x2x!qt> -> tensor<3x2xf32>
  return %2 : tensor<3x2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.1:3>
!r = !quant.uniform<i8:f32, 0.2:3>
// Integers read with another scale, or by someone else, keep their casts.
// CHECK-LABEL: @kept
func.func @kept(%x: tensor<4x!q>) -> (tensor<4x!r>, tensor<2x2xi8>, tensor<2x2x!q>) {
  // CHECK-COUNT-3: nn.storage_cast
  // CHECK: return
  %0 = nn.storage_cast %x : tensor<4x!q> -> tensor<4xi8>
  %1 = nn.storage_cast %0 : tensor<4xi8> -> tensor<4x!r>
  %c = nn.constant dense<[1, 2, 3, 4]> : tensor<4xi8> : tensor<4xi8>
  %2 = nn.binary add %0, %c : (tensor<4xi8>, tensor<4xi8>) -> tensor<4xi8>
  %3 = nn.reshape %2 : tensor<4xi8> -> tensor<2x2xi8>
  %4 = nn.storage_cast %3 : tensor<2x2xi8> -> tensor<2x2x!q>
  return %1, %3, %4 : tensor<4x!r>, tensor<2x2xi8>, tensor<2x2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1:3>
// Integers are padded with 0, quantised values with their zero point: the 0 is kept by naming it.
// CHECK-LABEL: @padded
func.func @padded(%x: tensor<4x!q>, %z: tensor<4xi8>) -> (tensor<6xi8>, tensor<6x!q>) {
  // CHECK-COUNT-2: nn.pad {{ *}}constant {{.*}}, %{{.*}} : (tensor<4x!quant.uniform<i8:f32, 1.000000e-01:3>>, tensor<!quant.uniform
  // CHECK: return
  %0 = nn.storage_cast %x : tensor<4x!q> -> tensor<4xi8>
  %1 = nn.pad constant %0 {lo = array<i64: 1>, hi = array<i64: 1>} : (tensor<4xi8>) -> tensor<6xi8>
  %2 = nn.pad constant %z {lo = array<i64: 1>, hi = array<i64: 1>} : (tensor<4xi8>) -> tensor<6xi8>
  %3 = nn.storage_cast %2 : tensor<6xi8> -> tensor<6x!q>
  return %1, %3 : tensor<6xi8>, tensor<6x!q>
}
