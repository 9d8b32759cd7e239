// RUN: burin-opt --fold-batch-norm --split-input-file %s | FileCheck %s
// RUN: burin-opt --fold-batch-norm --split-input-file --equal-within=1e-6 --no-output %s

!w = !quant.uniform<i8<-7:7>:f32:0, {0.5, 0.25, 1.0}>
!b = !quant.uniform<i32:f32, 0.125:2>
// The factors of a normalisation: the scales take their sizes, the integers their signs, a 0 makes all of them 0.
// CHECK-LABEL: @factors
func.func @factors(%x: tensor<1x2x2x2xf32>) -> tensor<1x2x2x3xf32> {
  // CHECK-DAG: nn.constant dense<{{\[}}{{\[}}{{\[}}[1, -2]]], {{\[}}{{\[}}[-3, 7]]], {{\[}}{{\[}}[0, 0]]]]> : tensor<3x1x1x2xi8> : tensor<3x1x1x2x!quant.uniform<i8<-7:7>:f32:0, {1.000000e+00,5.000000e-01,1.000000e+00}>>
  // (6 - 2) * 0.125 * 2, (10 - 2) * 0.125 * -2, 0.
  // CHECK-DAG: nn.constant dense<[1.000000e+00, -2.000000e+00, 0.000000e+00]> : tensor<3xf32>
  // CHECK: nn.conv2d
  // CHECK-NOT: nn.binary
  %w = nn.constant dense<[[[[1, -2]]], [[[3, -7]]], [[[5, 6]]]]> : tensor<3x1x1x2xi8> : tensor<3x1x1x2x!w>
  %b = nn.constant dense<[6, 10, 2]> : tensor<3xi32> : tensor<3x!b>
  %c = nn.constant dense<[2.0, -2.0, 0.0]> : tensor<3xf32> : tensor<3xf32>
  %0 = nn.dequantize %w : tensor<3x1x1x2x!w> -> tensor<3x1x1x2xf32>
  %1 = nn.dequantize %b : tensor<3x!b> -> tensor<3xf32>
  %2 = nn.conv2d %x, %0, %1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x2x2x2xf32>, tensor<3x1x1x2xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  %3 = nn.binary mul %2, %c : (tensor<1x2x2x3xf32>, tensor<3xf32>) -> tensor<1x2x2x3xf32>
  return %3 : tensor<1x2x2x3xf32>
}

// -----

!w = !quant.uniform<i8:f32, 0.5>
// -128 has no mirror image at 0: the range is mirrored as a whole, about -1/2.
// CHECK-LABEL: @mirrored
func.func @mirrored(%x: tensor<1x2xf32>) -> tensor<1x2xf32> {
  // CHECK: nn.constant dense<{{\[}}[127, -3], [-4, -5]]> : tensor<2x2xi8> : tensor<2x2x!quant.uniform<i8:f32:1, {5.000000e-01:-1,5.000000e-01}>>
  %w = nn.constant dense<[[-128, -3], [3, -5]]> : tensor<2x2xi8> : tensor<2x2x!w>
  %c = nn.constant dense<[-1.0, 1.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.dequantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %1 = nn.matmul %x, %0 : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %2 = nn.binary mul %1, %c : (tensor<1x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  return %2 : tensor<1x2xf32>
}
