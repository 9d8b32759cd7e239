// RUN: burin-opt --narrow-wide-types --canonicalize --split-input-file %s | FileCheck %s
// RUN: burin-opt --narrow-wide-types --canonicalize --split-input-file --equal-within=0 %s

// Bytes stay far below 2^31 when doubled and added up: int32 all the way, and so are the indices made of them.
// CHECK-LABEL: @indices
func.func @indices(%x: tensor<4x3xf32>, %i: tensor<2xi8>) -> tensor<2x3xf32> {
  // CHECK-NEXT: %[[TWO:.*]] = nn.constant dense<2>
  // CHECK-NEXT: %[[I:.*]] = nn.cast %{{.*}} : tensor<2xi8> -> tensor<2xi32>
  // CHECK: nn.binary mul %[[I]], %{{.*}} : (tensor<2xi32>, tensor<i32>) -> tensor<2xi32>
  // CHECK: nn.gather {{.*}} : (tensor<4x3xf32>, tensor<2xi32>) -> tensor<2x3xf32>
  // CHECK-NOT: xi64
  %two = nn.constant dense<2> : tensor<i64> : tensor<i64>
  %0 = nn.cast %i : tensor<2xi8> -> tensor<2xi64>
  %1 = nn.binary mul %0, %two : (tensor<2xi64>, tensor<i64>) -> tensor<2xi64>
  %2 = nn.gather %x, %1 {axis = 0 : i64} : (tensor<4x3xf32>, tensor<2xi64>) -> tensor<2x3xf32>
  return %2 : tensor<2x3xf32>
}

// -----

// The product of two int32 needs 64 bits.
// CHECK-LABEL: @too_wide
func.func @too_wide(%a: tensor<3xi32>, %b: tensor<3xi32>) -> tensor<3xi64> {
  // CHECK: nn.binary mul {{.*}} : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
  %0 = nn.cast %a : tensor<3xi32> -> tensor<3xi64>
  %1 = nn.cast %b : tensor<3xi32> -> tensor<3xi64>
  %2 = nn.binary mul %0, %1 : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
  return %2 : tensor<3xi64>
}

// -----

// An input may hold anything; the boundary keeps its type.
// CHECK-LABEL: @boundary
func.func @boundary(%a: tensor<3xi64>, %b: tensor<3xi16>) -> (tensor<3xi64>, tensor<3xi64>) {
  // CHECK: nn.binary add {{.*}} -> tensor<3xi64>
  // CHECK: nn.binary sub {{.*}} -> tensor<3xi32>
  // CHECK: nn.cast {{.*}} tensor<3xi32> -> tensor<3xi64>
  %0 = nn.cast %b : tensor<3xi16> -> tensor<3xi64>
  %1 = nn.binary add %a, %0 : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
  %2 = nn.binary sub %0, %0 : (tensor<3xi64>, tensor<3xi64>) -> tensor<3xi64>
  return %1, %2 : tensor<3xi64>, tensor<3xi64>
}

// -----

// What only moves, picks or compares doubles that were floats keeps their bits; arithmetic rounds differently.
// CHECK-LABEL: @doubles
func.func @doubles(%a: tensor<2x3xf32>) -> (tensor<3x2xf32>, tensor<2x3xi1>, tensor<2x3xf64>) {
  // CHECK: nn.transpose {{.*}} : (tensor<2x3xf32>) -> tensor<3x2xf32>
  // CHECK: nn.compare less {{.*}} : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xi1>
  // CHECK: nn.binary mul {{.*}} : (tensor<2x3xf64>, tensor<f64>) -> tensor<2x3xf64>
  %half = nn.constant dense<0.5> : tensor<f64> : tensor<f64>
  %0 = nn.cast %a : tensor<2x3xf32> -> tensor<2x3xf64>
  %1 = nn.transpose %0 {perm = array<i64: 1, 0>} : (tensor<2x3xf64>) -> tensor<3x2xf64>
  %2 = nn.cast %1 : tensor<3x2xf64> -> tensor<3x2xf32>
  %3 = nn.compare less %0, %half : (tensor<2x3xf64>, tensor<f64>) -> tensor<2x3xi1>
  %4 = nn.binary mul %0, %half : (tensor<2x3xf64>, tensor<f64>) -> tensor<2x3xf64>
  return %2, %3, %4 : tensor<3x2xf32>, tensor<2x3xi1>, tensor<2x3xf64>
}

// -----

// A tenth is no float: the comparison stays as it is.
// CHECK-LABEL: @inexact_constant
func.func @inexact_constant(%a: tensor<3xf32>) -> tensor<3xi1> {
  // CHECK: nn.compare less {{.*}} : (tensor<3xf64>, tensor<f64>) -> tensor<3xi1>
  %tenth = nn.constant dense<0.1> : tensor<f64> : tensor<f64>
  %0 = nn.cast %a : tensor<3xf32> -> tensor<3xf64>
  %1 = nn.compare less %0, %tenth : (tensor<3xf64>, tensor<f64>) -> tensor<3xi1>
  return %1 : tensor<3xi1>
}

// -----

// The sum of 3 bools is at most 3; the largest index of an axis of 5 is 4.
// CHECK-LABEL: @reductions
func.func @reductions(%a: tensor<3xi1>, %x: tensor<1x5xf32>) -> tensor<1x1xf32> {
  // CHECK: nn.reduce sum {{.*}} : (tensor<3xi32>) -> tensor<1xi32>
  // CHECK: nn.arg_reduce
  // CHECK: nn.cast {{.*}} : tensor<1x1xi64> -> tensor<1x1xi32>
  %0 = nn.cast %a : tensor<3xi1> -> tensor<3xi64>
  %1 = nn.reduce sum %0 {axes = array<i64: 0>} : (tensor<3xi64>) -> tensor<1xi64>
  %2 = nn.arg_reduce arg_max %x {axis = 1 : i64} : (tensor<1x5xf32>) -> tensor<1x1xi64>
  %3 = nn.binary add %2, %1 : (tensor<1x1xi64>, tensor<1xi64>) -> tensor<1x1xi64>
  %4 = nn.cast %3 : tensor<1x1xi64> -> tensor<1x1xf32>
  return %4 : tensor<1x1xf32>
}
