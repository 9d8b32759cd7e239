// RUN: burin-opt --quantize-to-integer --split-input-file --print-locations %s | FileCheck %s
// RUN: burin-opt --quantize-to-integer --split-input-file --equal-within=1e-6 --steps=1 --no-output %s

!x = !quant.uniform<i8:f32, 0.5:3>
!w = !quant.uniform<i8:f32:0, {0.25, 0.5}>
!b = !quant.uniform<i32:f32:0, {0.125, 0.25}>
!y = !quant.uniform<i8:f32, 2.0:-10>
// A bias quantised with exactly sx * sw[o] is taken as it is; bounds stay real numbers; Q's origin, all nodes.
// CHECK-LABEL: @conv
func.func @conv(%x: tensor<1x3x3x2x!x>) -> tensor<1x3x3x2x!y> {
  // CHECK: %[[B:.*]] = nn.constant dense<[100, -200]> : tensor<2xi32> : tensor<2xi32>
  // CHECK: %[[Y:.*]] = nn.conv2d %arg0, %{{.*}}, %[[B]]
  // CHECK-SAME: act_hi = 6.000000e+00 : f64, act_lo = 0.000000e+00
  // CHECK-SAME: nn.origin = #nn.origin<"q">
  // CHECK-SAME: tensor<1x3x3x2x!quant.uniform<i8:f32, 2.000000e+00:-10>>
  // CHECK-SAME: loc(fused["conv", "q", "dq"])
  // CHECK-NEXT: return %[[Y]]
  %w = nn.constant dense<[[[[1, -2]]], [[[3, 40]]]]> : tensor<2x1x1x2xi8> : tensor<2x1x1x2x!w>
  %b = nn.constant dense<[100, -200]> : tensor<2xi32> : tensor<2x!b>
  %0 = nn.dequantize %x : tensor<1x3x3x2x!x> -> tensor<1x3x3x2xf32> loc("dq")
  %1 = nn.dequantize %w : tensor<2x1x1x2x!w> -> tensor<2x1x1x2xf32>
  %2 = nn.dequantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = nn.conv2d %0, %1, %2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, act_lo = 0.0 : f64, act_hi = 6.0 : f64, nn.origin = #nn.origin<"conv">} : (tensor<1x3x3x2xf32>, tensor<2x1x1x2xf32>, tensor<2xf32>) -> tensor<1x3x3x2xf32> loc("conv")
  %4 = nn.quantize %3 {nn.origin = #nn.origin<"q">} : tensor<1x3x3x2xf32> -> tensor<1x3x3x2x!y> loc("q")
  return %4 : tensor<1x3x3x2x!y>
}

// -----

!x = !quant.uniform<u8:f32, 0.5:128>
!w = !quant.uniform<i8:f32, 0.25>
!b = !quant.uniform<i32:f32, 0.1:7>
!y = !quant.uniform<u8:f32, 2.0:10>
// Biases of other scales and of floats, in steps of 0.125: (10 - 7) * 0.1 = 2.4 steps, (17 - 7) * 0.1 = 8 steps, 0.1875 =
// 1.5 steps, -0.3125 = -2.5 steps. What integers leave out is said, for the last rounding.
// CHECK-LABEL: @bias
func.func @bias(%a: tensor<1x2x!x>) -> (tensor<1x2x!y>, tensor<1x2x!y>) {
  // CHECK: %[[A:.*]] = nn.constant dense<[2, 8]> : tensor<2xi32> : tensor<2xi32>
  // CHECK: nn.matmul %arg0, %{{.*}}, %[[A]] {nn.bias_rest = array<f64: 0.400000{{.*}}, 0.000000e+00>} {{.*}}-> tensor<1x2x!quant.uniform<u8
  // CHECK: %[[B:.*]] = nn.constant dense<[2, -2]> : tensor<2xi32> : tensor<2xi32>
  // CHECK: nn.matmul %arg0, %{{.*}}, %[[B]] {nn.bias_rest = array<f64: -5.000000e-01, -5.000000e-01>} {{.*}}-> tensor<1x2x!quant.uniform<u8
  %w = nn.constant dense<[[1, -2], [3, 40]]> : tensor<2x2xi8> : tensor<2x2x!w>
  %b = nn.constant dense<[10, 17]> : tensor<2xi32> : tensor<2x!b>
  %f = nn.constant dense<[0.1875, -0.3125]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.dequantize %a : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nn.dequantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %2 = nn.dequantize %b : tensor<2x!b> -> tensor<2xf32>
  %3 = nn.matmul %0, %1, %2 : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %4 = nn.quantize %3 : tensor<1x2xf32> -> tensor<1x2x!y>
  %5 = nn.matmul %0, %1, %f : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %6 = nn.quantize %5 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %4, %6 : tensor<1x2x!y>, tensor<1x2x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!y = !quant.uniform<i8:f32, 2.0>
!z = !quant.uniform<i8:f32, 3.0>
// A product of two activations; its result quantised in two ways is computed in two ways.
// CHECK-LABEL: @activations
func.func @activations(%a: tensor<2x3x!x>, %b: tensor<3x2x!x>) -> (tensor<2x2x!y>, tensor<2x2x!z>) {
  // CHECK-NEXT: nn.matmul %arg0, %arg1 {{.*}} -> tensor<2x2x!quant.uniform<i8:f32, 2.0
  // CHECK-NEXT: nn.matmul %arg0, %arg1 {{.*}} -> tensor<2x2x!quant.uniform<i8:f32, 3.0
  // CHECK-NEXT: return
  %0 = nn.dequantize %a : tensor<2x3x!x> -> tensor<2x3xf32>
  %1 = nn.dequantize %b : tensor<3x2x!x> -> tensor<3x2xf32>
  %2 = nn.matmul %0, %1 : (tensor<2x3xf32>, tensor<3x2xf32>) -> tensor<2x2xf32>
  %3 = nn.quantize %2 : tensor<2x2xf32> -> tensor<2x2x!y>
  %4 = nn.quantize %2 : tensor<2x2xf32> -> tensor<2x2x!z>
  return %3, %4 : tensor<2x2x!y>, tensor<2x2x!z>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!h = !quant.uniform<i32:f32, 0.001>
!y = !quant.uniform<i8:f32, 2.0>
!k = !quant.uniform<i8:f32:0, {0.25, 0.5}>
// What stays float, and why.
// CHECK-LABEL: @floats
func.func @floats(%a: tensor<1x2x!x>, %h: tensor<1x2x!h>, %f: tensor<2xf32>) -> (tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2x!y>) {
  %w = nn.constant dense<[[1, -2], [3, 40]]> : tensor<2x2xi8> : tensor<2x2x!x>
  %k = nn.constant dense<[[1, -2], [3, 40]]> : tensor<2x2xi8> : tensor<2x2x!k>
  %huge = nn.constant dense<[1.0e30, 0.0]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.dequantize %a : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nn.dequantize %w : tensor<2x2x!x> -> tensor<2x2xf32>
  %2 = nn.dequantize %k : tensor<2x2x!k> -> tensor<2x2xf32>
  %3 = nn.dequantize %h : tensor<1x2x!h> -> tensor<1x2xf32>
  // CHECK: nn.matmul {{.*}}nn.float_because = "its input isn't quantised to 8 or 16 bits with one scale"
  %4 = nn.matmul %3, %1 : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %5 = nn.quantize %4 : tensor<1x2xf32> -> tensor<1x2x!y>
  // CHECK: nn.matmul {{.*}}nn.float_because = "its weights have a scale per input, not per output"
  %6 = nn.matmul %0, %2 : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %7 = nn.quantize %6 : tensor<1x2xf32> -> tensor<1x2x!y>
  // CHECK: nn.matmul {{.*}}nn.float_because = "its bias isn't constant"
  %8 = nn.matmul %0, %1, %f : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %9 = nn.quantize %8 : tensor<1x2xf32> -> tensor<1x2x!y>
  // CHECK: nn.matmul {{.*}}nn.float_because = "its bias {{.*}} of output 0 is beyond 2^31 steps of the accumulator"
  %10 = nn.matmul %0, %1, %huge : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %11 = nn.quantize %10 : tensor<1x2xf32> -> tensor<1x2x!y>
  // Sums of integers all the same, and real results.
  // CHECK: nn.matmul %arg0, {{.*}} -> tensor<1x2xi32>
  // CHECK: nn.dequantize {{.*}}nn.float_because = "the product's result isn't quantised to 8 bits"{{.*}}i32:f32, 2.500000e-01
  %12 = nn.matmul %0, %1 : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  // CHECK: nn.matmul %arg0, {{.*}} -> tensor<1x2xi32>
  // CHECK: nn.dequantize
  // CHECK: nn.clamp {{.*}}nn.float_because = "its input isn't quantised to 8 or 16 bits with one scale"
  %13 = nn.matmul %0, %1 {act_lo = 0.0 : f64, act_hi = 9.0 : f64} : (tensor<1x2xf32>, tensor<2x2xf32>) -> tensor<1x2xf32>
  %14 = nn.quantize %13 : tensor<1x2xf32> -> tensor<1x2x!y>
  return %5, %7, %9, %11, %12, %13, %14 : tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2x!y>, tensor<1x2xf32>, tensor<1x2xf32>, tensor<1x2x!y>
}

// -----

!x = !quant.uniform<i16:f32, 0.5:3>
!w = !quant.uniform<i8:f32, 0.25>
!y = !quant.uniform<u8:f32, 2.0:10>
!z = !quant.uniform<u16:f32, 0.001:40000>
// 16-bit operands and results, whatever the other ones have; a float bias beyond 32 bits of steps of 0.125.
// CHECK-LABEL: @words
func.func @words(%a: tensor<1x2x!x>) -> (tensor<1x2x!y>, tensor<1x2x!z>) {
  // CHECK: %[[B:.*]] = nn.constant dense<[8000000000, -2]> : tensor<2xi64> : tensor<2xi64>
  // CHECK: nn.matmul %arg0, %{{.*}}, %[[B]] {{.*}}-> tensor<1x2x!quant.uniform<u8
  // CHECK: nn.unary tanh %arg0 {{.*}}-> tensor<1x2x!quant.uniform<u16
  %w = nn.constant dense<[[1, -2], [3, 40]]> : tensor<2x2xi8> : tensor<2x2x!w>
  %f = nn.constant dense<[1.0e9, -0.3125]> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.dequantize %a : tensor<1x2x!x> -> tensor<1x2xf32>
  %1 = nn.dequantize %w : tensor<2x2x!w> -> tensor<2x2xf32>
  %2 = nn.matmul %0, %1, %f : (tensor<1x2xf32>, tensor<2x2xf32>, tensor<2xf32>) -> tensor<1x2xf32>
  %3 = nn.quantize %2 : tensor<1x2xf32> -> tensor<1x2x!y>
  %4 = nn.unary tanh %0 : (tensor<1x2xf32>) -> tensor<1x2xf32>
  %5 = nn.quantize %4 : tensor<1x2xf32> -> tensor<1x2x!z>
  return %3, %5 : tensor<1x2x!y>, tensor<1x2x!z>
}
