// RUN: not burin-opt --split-input-file %s 2>&1 | FileCheck %s
// Windows, components and widths that don't fit are refused.

// CHECK: the window must be 8 values of the type of x
func.func @window(%x: tensor<1x8x1xf32>, %w: tensor<4xf32>) -> tensor<1x8x2xf32> {
  %y = nn.fourier %x, %w {n = 8 : i64, step = 0 : i64} : (tensor<1x8x1xf32>, tensor<4xf32>) -> tensor<1x8x2xf32>
  return %y : tensor<1x8x2xf32>
}

// -----

// CHECK: has values of 3 components, not 1 or 2
func.func @parts(%x: tensor<1x8x3xf32>) -> tensor<1x8x2xf32> {
  %y = nn.fourier %x {n = 8 : i64, step = 0 : i64} : (tensor<1x8x3xf32>) -> tensor<1x8x2xf32>
  return %y : tensor<1x8x2xf32>
}

// -----

// CHECK: needs types of one width
func.func @width(%x: tensor<4xf32>) -> tensor<4xi16> {
  %y = nn.bit_cast %x : tensor<4xf32> -> tensor<4xi16>
  return %y : tensor<4xi16>
}
