// RUN: burin-opt --keep-weights --split-input-file %s | FileCheck %s
// RUN: burin-opt --keep-weights --split-input-file --equal-within=1e-5 --no-output %s

!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
// The operator takes the integers; the dequantisation is dead.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x3x3x16xf32>) -> tensor<1x3x3x2xf32> {
  // CHECK: %[[W:.*]] = nn.constant {{.*}}tensor<2x1x1x16x!quant
  // CHECK: nn.conv2d %arg0, %[[W]]
  %w = nn.constant dense<"0x0102030405060708090A0B0C0D0E0F10F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF80"> : tensor<2x1x1x16xi8> : tensor<2x1x1x16x!w>
  %0 = nn.dequantize %w : tensor<2x1x1x16x!w> -> tensor<2x1x1x16xf32>
  %1 = nn.conv2d %x, %0 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x16xf32>, tensor<2x1x1x16xf32>) -> tensor<1x3x3x2xf32>
  return %1 : tensor<1x3x3x2xf32>
}

// -----

!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
// Scales along the inputs don't leave the sum.
// CHECK-LABEL: @input_scales
func.func @input_scales(%a: tensor<1x2xf32>) -> tensor<1x16xf32> {
  // CHECK: %[[F:.*]] = nn.dequantize
  // CHECK: nn.matmul %arg0, %[[F]]
  %w = nn.constant dense<"0x0102030405060708090A0B0C0D0E0F10F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF80"> : tensor<2x16xi8> : tensor<2x16x!w>
  %0 = nn.dequantize %w : tensor<2x16x!w> -> tensor<2x16xf32>
  %1 = nn.matmul %a, %0 : (tensor<1x2xf32>, tensor<2x16xf32>) -> tensor<1x16xf32>
  return %1 : tensor<1x16xf32>
}

// -----

// Blocks of 8 along the inner dimension, the last one short; one zero point for all.
// CHECK-LABEL: @blocks
func.func @blocks(%a: tensor<2x10xf32>, %b: tensor<1xf32>) -> tensor<2x1xf32> {
  // CHECK-DAG: %[[W:.*]] = nn.constant {{.*}}tensor<1x2x4xui8>
  // CHECK-DAG: %[[Z:.*]] = nn.constant dense<8.000000e+00> : tensor<1x1xf32>
  // CHECK: nn.matmul_nbits %{{.*}}, %[[W]], %{{.*}}, %[[Z]] {bits = 4 : i64, block = 8 : i64}
  // CHECK: nn.binary add
  %w = nn.constant dense<[[1, -2, 3, -4, 5, -6, 7, -8, 0, 1]]> : tensor<1x10xi8> : tensor<1x10xi8>
  %s = nn.constant dense<[[0.5, 0.25]]> : tensor<1x2xf32> : tensor<1x2xf32>
  %0 = nn.dynamic_dequantize %w, %s {axis = 1 : i64, block = 8 : i64} : (tensor<1x10xi8>, tensor<1x2xf32>) -> tensor<1x10xf32>
  %1 = nn.matmul %a, %0, %b {transpose_b} : (tensor<2x10xf32>, tensor<1x10xf32>, tensor<1xf32>) -> tensor<2x1xf32>
  return %1 : tensor<2x1xf32>
}
