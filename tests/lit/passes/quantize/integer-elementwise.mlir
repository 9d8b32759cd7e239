// RUN: burin-opt --quantize-to-integer --split-input-file %s | FileCheck %s
// RUN: burin-opt --quantize-to-integer --split-input-file --equal-within=1e-6 --steps=1 --no-output %s

!a = !quant.uniform<i8:f32, 0.5:3>
!b = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<i8:f32, 0.75:-10>
// CHECK-LABEL: @binary
func.func @binary(%a: tensor<2x3x!a>, %b: tensor<3x!b>) -> (tensor<2x3x!y>, tensor<2x3x!y>, tensor<2x3x!y>) {
  // CHECK: nn.binary add %arg0, %arg1 {{.*}} -> tensor<2x3x!quant
  // CHECK: nn.binary sub %arg0, %arg1 {{.*}} -> tensor<2x3x!quant
  // CHECK: nn.binary mul %arg0, %arg1 {{.*}} -> tensor<2x3x!quant
  %0 = nn.dequantize %a : tensor<2x3x!a> -> tensor<2x3xf32>
  %1 = nn.dequantize %b : tensor<3x!b> -> tensor<3xf32>
  %2 = nn.binary add %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %3 = nn.quantize %2 : tensor<2x3xf32> -> tensor<2x3x!y>
  %4 = nn.binary sub %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %5 = nn.quantize %4 : tensor<2x3xf32> -> tensor<2x3x!y>
  %6 = nn.binary mul %0, %1 : (tensor<2x3xf32>, tensor<3xf32>) -> tensor<2x3xf32>
  %7 = nn.quantize %6 : tensor<2x3xf32> -> tensor<2x3x!y>
  return %3, %5, %7 : tensor<2x3x!y>, tensor<2x3x!y>, tensor<2x3x!y>
}

// -----

!a = !quant.uniform<u8:f32, 0.5:3>
!y = !quant.uniform<u8:f32, 0.75:10>
// A constant of one value is one step of a scale of its own: +1.5, and -0.1 below an unsigned zero point of 1.
// CHECK-LABEL: @splat
func.func @splat(%a: tensor<4x!a>) -> (tensor<4x!y>, tensor<4x!y>) {
  // CHECK-DAG: nn.constant dense<1> : tensor<ui8> : tensor<!quant.uniform<u8:f32, 1.500000e+00>>
  // CHECK-DAG: nn.constant dense<0> : tensor<1xui8> : tensor<1x!quant.uniform<u8:f32, {{0.1[0-9]*}}:1>>
  // CHECK-DAG: nn.binary add {{.*}} -> tensor<4x!quant
  // CHECK-DAG: nn.binary mul {{.*}} -> tensor<4x!quant
  %c = nn.constant dense<1.5> : tensor<f32> : tensor<f32>
  %d = nn.constant dense<-0.1> : tensor<1xf32> : tensor<1xf32>
  %0 = nn.dequantize %a : tensor<4x!a> -> tensor<4xf32>
  %1 = nn.binary add %c, %0 : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.quantize %1 : tensor<4xf32> -> tensor<4x!y>
  %3 = nn.binary mul %0, %d : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  %4 = nn.quantize %3 : tensor<4xf32> -> tensor<4x!y>
  return %2, %4 : tensor<4x!y>, tensor<4x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.05:3>
!y = !quant.uniform<i8:f32, 0.0078125>
!z = !quant.uniform<u8:f32, 0.00390625>
// Tables of 256 bytes, clamps between scales, softmax.
// CHECK-LABEL: @unary
func.func @unary(%x: tensor<2x4x!x>) -> (tensor<2x4x!z>, tensor<2x4x!y>, tensor<2x4x!y>) {
  // CHECK: nn.unary sigmoid %arg0 {{.*}} -> tensor<2x4x!quant.uniform<u8
  // CHECK: nn.clamp %arg0 {hi = 6.000000e+00 : f64, lo = 0.000000e+00 : f64} : {{.*}} -> tensor<2x4x!quant
  // CHECK: nn.softmax softmax %arg0 {{.*}} -> tensor<2x4x!quant
  %0 = nn.dequantize %x : tensor<2x4x!x> -> tensor<2x4xf32>
  %1 = nn.unary sigmoid %0 : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = nn.quantize %1 : tensor<2x4xf32> -> tensor<2x4x!z>
  %3 = nn.clamp %0 {lo = 0.0 : f64, hi = 6.0 : f64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %4 = nn.quantize %3 : tensor<2x4xf32> -> tensor<2x4x!y>
  %5 = nn.softmax softmax %0 {axis = 1 : i64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %6 = nn.quantize %5 : tensor<2x4xf32> -> tensor<2x4x!y>
  return %2, %4, %6 : tensor<2x4x!z>, tensor<2x4x!y>, tensor<2x4x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.05:3>
!y = !quant.uniform<i8:f32, 0.03>
// Means: over windows, over the spatial axes, over one axis in the middle. A clamp behind the mean is done on integers.
// CHECK-LABEL: @means
func.func @means(%x: tensor<1x4x4x2x!x>) -> (tensor<1x2x2x2x!y>, tensor<1x1x1x2x!y>, tensor<1x4x1x2x!y>) {
  // CHECK: nn.pool2d avg_pool %arg0 {{.*}} -> tensor<1x2x2x2x!quant
  // CHECK: %[[A:.*]] = nn.reshape %arg0 : {{.*}} -> tensor<1x16x1x2x
  // CHECK-NEXT: %[[P:.*]] = nn.pool2d avg_pool %[[A]] {{.*}}kernel = array<i64: 16, 1>
  // CHECK-NEXT: nn.clamp %[[P]] {hi = 1.000000e+00 : f64, lo = 0.000000e+00
  // CHECK: nn.reshape %arg0 : {{.*}} -> tensor<4x4x1x2x
  // CHECK-NEXT: nn.pool2d avg_pool
  // CHECK-NEXT: nn.reshape {{.*}} -> tensor<1x4x1x2x
  %0 = nn.dequantize %x : tensor<1x4x4x2x!x> -> tensor<1x4x4x2xf32>
  %1 = nn.pool2d avg_pool %0 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 2, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x2x2x2xf32>
  %2 = nn.quantize %1 : tensor<1x2x2x2xf32> -> tensor<1x2x2x2x!y>
  %3 = nn.reduce mean %0 {axes = array<i64: 1, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  %4 = nn.clamp %3 {lo = 0.0 : f64, hi = 1.0 : f64} : (tensor<1x1x1x2xf32>) -> tensor<1x1x1x2xf32>
  %5 = nn.quantize %4 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!y>
  %6 = nn.reduce mean %0 {axes = array<i64: 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x4x1x2xf32>
  %7 = nn.quantize %6 : tensor<1x4x1x2xf32> -> tensor<1x4x1x2x!y>
  return %2, %5, %7 : tensor<1x2x2x2x!y>, tensor<1x1x1x2x!y>, tensor<1x4x1x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.05:3>
!y = !quant.uniform<i8:f32, 0.03>
// What stays float, and why.
// CHECK-LABEL: @floats
func.func @floats(%x: tensor<2x3x4x!x>) -> (tensor<2x3x4x!y>, tensor<1x3x1x!y>, tensor<2x3x4x!y>, tensor<2x3x4x!y>) {
  %c = nn.constant dense<[0.1, 0.2, 0.3, 0.4]> : tensor<4xf32> : tensor<4xf32>
  %0 = nn.dequantize %x : tensor<2x3x4x!x> -> tensor<2x3x4xf32>
  // CHECK: nn.binary div {{.*}}nn.float_because = "div has no integer form"
  %1 = nn.binary div %0, %0 : (tensor<2x3x4xf32>, tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %2 = nn.quantize %1 : tensor<2x3x4xf32> -> tensor<2x3x4x!y>
  // CHECK: nn.reduce mean {{.*}}nn.float_because = "the axes of its mean aren't neighbours"
  %3 = nn.reduce mean %0 {axes = array<i64: 0, 2>} : (tensor<2x3x4xf32>) -> tensor<1x3x1xf32>
  %4 = nn.quantize %3 : tensor<1x3x1xf32> -> tensor<1x3x1x!y>
  // CHECK: nn.binary add {{.*}}nn.float_because = "one operand is neither quantised to 8 or 16 bits nor a constant of one value"
  %5 = nn.binary add %0, %c : (tensor<2x3x4xf32>, tensor<4xf32>) -> tensor<2x3x4xf32>
  %6 = nn.quantize %5 : tensor<2x3x4xf32> -> tensor<2x3x4x!y>
  // CHECK: nn.softmax log_softmax {{.*}}nn.float_because = "log_softmax has no integer form"
  %7 = nn.softmax log_softmax %0 {axis = 1 : i64} : (tensor<2x3x4xf32>) -> tensor<2x3x4xf32>
  %8 = nn.quantize %7 : tensor<2x3x4xf32> -> tensor<2x3x4x!y>
  return %2, %4, %6, %8 : tensor<2x3x4x!y>, tensor<1x3x1x!y>, tensor<2x3x4x!y>, tensor<2x3x4x!y>
}
