// RUN: not burin-opt --split-input-file %s 2>&1 | FileCheck %s
// Samples and windows that kernels couldn't take are refused.

// CHECK: takes an image and positions of one float type
func.func @types(%x: tensor<1x2x2x1xf32>, %at: tensor<1x3x2xf64>) -> tensor<1x3x1xf32> {
  %y = nn.sample linear zeros %x at %at : (tensor<1x2x2x1xf32>, tensor<1x3x2xf64>) -> tensor<1x3x1xf32>
  return %y : tensor<1x3x1xf32>
}

// -----

// CHECK: samples an empty image
func.func @nothing(%x: tensor<1x0x2x1xf32>, %at: tensor<1x3x2xf32>) -> tensor<1x3x1xf32> {
  %y = nn.sample linear zeros %x at %at : (tensor<1x0x2x1xf32>, tensor<1x3x2xf32>) -> tensor<1x3x1xf32>
  return %y : tensor<1x3x1xf32>
}

// -----

// CHECK: has windows out of range
func.func @windows(%x: tensor<1x1x1x4xf32>) -> tensor<1x1x1x2xi64> {
  %y = nn.arg_pool %x {kernel = array<i64: 1, 1, 0>, strides = array<i64: 1, 1, 1>, pads = array<i64: 0, 0, 0>, dilations = array<i64: 1, 1, 1>, size = array<i64: 1, 1, 2>} : (tensor<1x1x1x4xf32>) -> tensor<1x1x1x2xi64>
  return %y : tensor<1x1x1x2xi64>
}
