// RUN: burin-opt --pack-weights --split-input-file %s | FileCheck %s
// RUN: burin-opt --pack-weights --split-input-file --equal-within=0 --no-output %s

!x = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8<-8:7>:f32:0, {0.25, 0.5}>
!u = !quant.uniform<u8<0:15>:f32, 0.25:8>
!y = !quant.uniform<i8:f32, 2.0:-10>
// The fewest bits that hold the values: 4, then 2 of unsigned ones around 8.
// CHECK-LABEL: @narrow
func.func @narrow(%x: tensor<1x3x3x2x!x>, %a: tensor<1x2x!x>) -> (tensor<1x3x3x2x!y>, tensor<1x2x!y>) {
  // CHECK: nn.constant {nn.packed_bits = 4 : i64} dense<{{.*}}-8
  %w = nn.constant dense<[[[[1, -2]]], [[[3, -8]]]]> : tensor<2x1x1x2xi8> : tensor<2x1x1x2x!w>
  // CHECK: nn.constant {nn.packed_bits = 2 : i64} dense<
  %u = nn.constant dense<[[6, 7], [8, 9]]> : tensor<2x2xui8> : tensor<2x2x!u>
  %0 = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x3x3x2x!x>, tensor<2x1x1x2x!w>) -> tensor<1x3x3x2x!y>
  %1 = nn.matmul %a, %u : (tensor<1x2x!x>, tensor<2x2x!u>) -> tensor<1x2x!y>
  return %0, %1 : tensor<1x3x3x2x!y>, tensor<1x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 0.25>
!w = !quant.uniform<i8<-8:7>:f32, 0.25>
!y = !quant.uniform<i8:f32, 2.0:-10>
// Bytes stay bytes though they are small; what another operator reads as bytes stays them, too.
// CHECK-LABEL: @bytes
func.func @bytes(%a: tensor<1x2x!x>) -> (tensor<1x2x!y>, tensor<1x2x!y>, tensor<2x2xf32>) {
  // CHECK-NOT: packed_bits
  %b = nn.constant dense<[[1, -2], [3, 4]]> : tensor<2x2xi8> : tensor<2x2x!b>
  %w = nn.constant dense<[[1, -2], [3, 5]]> : tensor<2x2xi8> : tensor<2x2x!w>
  %0 = nn.matmul %a, %b : (tensor<1x2x!x>, tensor<2x2x!b>) -> tensor<1x2x!y>
  %1 = nn.matmul %a, %w : (tensor<1x2x!x>, tensor<2x2x!w>) -> tensor<1x2x!y>
  %2 = nn.dequantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  return %0, %1, %2 : tensor<1x2x!y>, tensor<1x2x!y>, tensor<2x2xf32>
}

// -----

!t = !quant.uniform<i8<-8:7>:f32, 0.25>
// A table that rows are gathered from.
// CHECK-LABEL: @table
func.func @table(%i: tensor<3xi64>) -> tensor<3x3x!t> {
  // CHECK: nn.constant {nn.packed_bits = 4 : i64}
  %t = nn.constant dense<[[1, -2, 7], [3, -8, 0], [4, 5, 6], [-1, -3, -5]]> : tensor<4x3xi8> : tensor<4x3x!t>
  %0 = nn.gather %t, %i {axis = 0 : i64} : (tensor<4x3x!t>, tensor<3xi64>) -> tensor<3x3x!t>
  return %0 : tensor<3x3x!t>
}
