// RUN: not burin-opt --split-input-file %s 2>&1 | FileCheck %s
// Tables that would lead a walk astray are refused.

// CHECK: node 0 leads out of the table
func.func @jump(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %roots = nn.constant dense<0> : tensor<1xui32> : tensor<1xui32>
  %test = nn.constant dense<[1, 16, 16]> : tensor<3xui8> : tensor<3xui8>
  %feature = nn.constant dense<0> : tensor<3xui16> : tensor<3xui16>
  %jump = nn.constant dense<[3, 0, 0]> : tensor<3xui16> : tensor<3xui16>
  %value = nn.constant dense<1.0> : tensor<3xf32> : tensor<3xf32>
  %y = nn.tree_ensemble tree_sum %x, %roots, %test, %feature, %jump, %value {targets = 1 : i64} : (tensor<1x2xf32>, tensor<1xui32>, tensor<3xui8>, tensor<3xui16>, tensor<3xui16>, tensor<3xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// CHECK: node 0 reads a feature that x doesn't have
func.func @feature(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %roots = nn.constant dense<0> : tensor<1xui32> : tensor<1xui32>
  %test = nn.constant dense<[1, 16, 16]> : tensor<3xui8> : tensor<3xui8>
  %feature = nn.constant dense<[2, 0, 0]> : tensor<3xui16> : tensor<3xui16>
  %jump = nn.constant dense<[2, 0, 0]> : tensor<3xui16> : tensor<3xui16>
  %value = nn.constant dense<1.0> : tensor<3xf32> : tensor<3xf32>
  %y = nn.tree_ensemble tree_sum %x, %roots, %test, %feature, %jump, %value {targets = 1 : i64} : (tensor<1x2xf32>, tensor<1xui32>, tensor<3xui8>, tensor<3xui16>, tensor<3xui16>, tensor<3xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// CHECK: node 2 has a weight for a target that y doesn't have
func.func @target(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %roots = nn.constant dense<0> : tensor<1xui32> : tensor<1xui32>
  %test = nn.constant dense<[1, 16, 16]> : tensor<3xui8> : tensor<3xui8>
  %feature = nn.constant dense<[0, 0, 1]> : tensor<3xui16> : tensor<3xui16>
  %jump = nn.constant dense<[2, 0, 0]> : tensor<3xui16> : tensor<3xui16>
  %value = nn.constant dense<1.0> : tensor<3xf32> : tensor<3xf32>
  %y = nn.tree_ensemble tree_sum %x, %roots, %test, %feature, %jump, %value {targets = 1 : i64} : (tensor<1x2xf32>, tensor<1xui32>, tensor<3xui8>, tensor<3xui16>, tensor<3xui16>, tensor<3xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// CHECK: node 2 announces a further entry, and none follows
func.func @entry(%x: tensor<1x2xf32>) -> tensor<1x1xf32> {
  %roots = nn.constant dense<0> : tensor<1xui32> : tensor<1xui32>
  %test = nn.constant dense<[1, 16, 17]> : tensor<3xui8> : tensor<3xui8>
  %feature = nn.constant dense<0> : tensor<3xui16> : tensor<3xui16>
  %jump = nn.constant dense<[2, 0, 0]> : tensor<3xui16> : tensor<3xui16>
  %value = nn.constant dense<1.0> : tensor<3xf32> : tensor<3xf32>
  %y = nn.tree_ensemble tree_sum %x, %roots, %test, %feature, %jump, %value {targets = 1 : i64} : (tensor<1x2xf32>, tensor<1xui32>, tensor<3xui8>, tensor<3xui16>, tensor<3xui16>, tensor<3xf32>) -> tensor<1x1xf32>
  return %y : tensor<1x1xf32>
}

// -----

// CHECK: takes keys that ascend
func.func @keys(%x: tensor<2xi64>) -> tensor<2xi32> {
  %keys = nn.constant dense<[2, 1]> : tensor<2xi64> : tensor<2xi64>
  %y = nn.find %x, %keys : (tensor<2xi64>, tensor<2xi64>) -> tensor<2xi32>
  return %y : tensor<2xi32>
}
