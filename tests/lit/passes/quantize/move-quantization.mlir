// RUN: burin-opt --quantize-to-integer --split-input-file --print-locations %s | FileCheck %s
// RUN: burin-opt --quantize-to-integer --split-input-file --equal-within=1e-6 --no-output %s

!q = !quant.uniform<i8:f32, 0.1:3>
// Equal parameters on both sides: the movement moves bytes, and Q's origin and nodes stay.
// CHECK-LABEL: @same_parameters
func.func @same_parameters(%x: tensor<2x3x!q>) -> tensor<3x2x!q> {
  // CHECK-NEXT: %[[Y:.*]] = nn.transpose %arg0
  // CHECK-SAME: nn.origin = #nn.origin<"q">
  // CHECK-SAME: loc(fused["t", "q"])
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dequantize %x {nn.origin = #nn.origin<"dq">} : tensor<2x3x!q> -> tensor<2x3xf32> loc("dq")
  %1 = nn.transpose %0 {perm = array<i64: 1, 0>, nn.origin = #nn.origin<"t">} : (tensor<2x3xf32>) -> tensor<3x2xf32> loc("t")
  %2 = nn.quantize %1 {nn.origin = #nn.origin<"q">} : tensor<3x2xf32> -> tensor<3x2x!q> loc("q")
  return %2 : tensor<3x2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1:3>
!r = !quant.uniform<u8:f32, 0.07:100>
// Different parameters: a clamp without bounds requantises.
// CHECK-LABEL: @other_parameters
func.func @other_parameters(%x: tensor<2x3x!q>) -> tensor<6x!r> {
  // CHECK-NEXT: %[[R:.*]] = nn.reshape %arg0
  // CHECK-NEXT: %[[Y:.*]] = nn.clamp %[[R]] {hi = 0x7FF0000000000000 : f64, lo = 0xFFF0000000000000 : f64, nn.origin = #nn.origin<"q">}
  // CHECK-SAME: loc(fused["q", "r"])
  // CHECK-NEXT: return %[[Y]]
  %0 = nn.dequantize %x : tensor<2x3x!q> -> tensor<2x3xf32> loc("dq")
  %1 = nn.reshape %0 : tensor<2x3xf32> -> tensor<6xf32> loc("r")
  %2 = nn.quantize %1 {nn.origin = #nn.origin<"q">} : tensor<6xf32> -> tensor<6x!r> loc("q")
  return %2 : tensor<6x!r>
}

// -----

!a = !quant.uniform<i8:f32, 0.1:3>
!b = !quant.uniform<i8:f32, 0.2:-5>
// Operands of a concatenation are requantised one by one, if they must be.
// CHECK-LABEL: @concat
func.func @concat(%x: tensor<2x!a>, %y: tensor<3x!b>) -> tensor<5x!b> {
  // CHECK-NEXT: %[[X:.*]] = nn.clamp %arg0
  // CHECK-NEXT: nn.concat %[[X]], %arg1
  // CHECK-NEXT: return
  %0 = nn.dequantize %x : tensor<2x!a> -> tensor<2xf32>
  %1 = nn.dequantize %y : tensor<3x!b> -> tensor<3xf32>
  %2 = nn.concat %0, %1 {axis = 0 : i64} : (tensor<2xf32>, tensor<3xf32>) -> tensor<5xf32>
  %3 = nn.quantize %2 : tensor<5xf32> -> tensor<5x!b>
  return %3 : tensor<5x!b>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>
// Padding: absent zero is the zero point; -1.5 is exactly 0; 0.3 is no step, so the float pad stays and says so.
// CHECK-LABEL: @pad
func.func @pad(%x: tensor<2x!q>) -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>) {
  // CHECK-DAG: %[[V:.*]] = nn.constant dense<0> : tensor<i8> : tensor<!quant.uniform
  // CHECK-DAG: %[[A:.*]] = nn.pad constant %arg0 {
  // CHECK-DAG: %[[B:.*]] = nn.pad constant %arg0, %[[V]]
  // CHECK-DAG: nn.dequantize %[[A]]
  // CHECK-DAG: nn.dequantize %[[B]]
  // CHECK: nn.pad constant {{.*}}nn.float_because = "its result isn't quantised"{{.*}} -> tensor<3xf32>
  %v = nn.constant dense<-1.5> : tensor<f32> : tensor<f32>
  %w = nn.constant dense<0.3> : tensor<f32> : tensor<f32>
  %0 = nn.dequantize %x : tensor<2x!q> -> tensor<2xf32>
  %1 = nn.pad constant %0 {lo = array<i64: 1>, hi = array<i64: 0>} : (tensor<2xf32>) -> tensor<3xf32>
  %2 = nn.pad constant %0, %v {lo = array<i64: 1>, hi = array<i64: 0>} : (tensor<2xf32>, tensor<f32>) -> tensor<3xf32>
  %3 = nn.pad constant %0, %w {lo = array<i64: 1>, hi = array<i64: 0>} : (tensor<2xf32>, tensor<f32>) -> tensor<3xf32>
  return %1, %2, %3 : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:3>
// Maxima pick: of windows, along axes, of two tensors.
// CHECK-LABEL: @maxima
func.func @maxima(%x: tensor<1x4x4x2x!q>) -> tensor<1x1x1x2x!q> {
  // CHECK-NEXT: %[[A:.*]] = nn.pool2d max_pool %arg0 {{.*}} -> tensor<1x1x1x2x!quant
  // CHECK-NEXT: %[[B:.*]] = nn.binary max %[[A]], %arg0
  // CHECK-NEXT: nn.reduce max %[[B]]
  // CHECK-NEXT: return
  %0 = nn.dequantize %x : tensor<1x4x4x2x!q> -> tensor<1x4x4x2xf32>
  %1 = nn.pool2d max_pool %0 {kernel = array<i64: 4, 4>, strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 1, 1>} : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  %2 = nn.binary max %1, %0 : (tensor<1x1x1x2xf32>, tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %3 = nn.reduce max %2 {axes = array<i64: 1, 2>} : (tensor<1x4x4x2xf32>) -> tensor<1x1x1x2xf32>
  %4 = nn.quantize %3 : tensor<1x1x1x2xf32> -> tensor<1x1x1x2x!q>
  return %4 : tensor<1x1x1x2x!q>
}

// -----

!q = !quant.uniform<i8:f32, 0.1>
// A float input is quantised before it is moved, but not before most of it is cut away.
// CHECK-LABEL: @float_input
func.func @float_input(%x: tensor<8xf32>) -> (tensor<2x4x!q>, tensor<1x!q>) {
  // CHECK: %[[Q:.*]] = nn.quantize %arg0
  // CHECK: nn.reshape %[[Q]]
  // CHECK: %[[S:.*]] = nn.slice %arg0
  // CHECK: nn.quantize %[[S]]
  %0 = nn.reshape %x : tensor<8xf32> -> tensor<2x4xf32>
  %1 = nn.quantize %0 : tensor<2x4xf32> -> tensor<2x4x!q>
  %2 = nn.slice %x {starts = array<i64: 3>, steps = array<i64: 1>, sizes = array<i64: 1>} : (tensor<8xf32>) -> tensor<1xf32>
  %3 = nn.quantize %2 : tensor<1xf32> -> tensor<1x!q>
  return %1, %3 : tensor<2x4x!q>, tensor<1x!q>
}

// -----

!q = !quant.uniform<i8:f32:0, {0.1, 0.2}>
// Weights with a scale per output: the axis moves along; a reshape that splits it keeps the float.
// CHECK-LABEL: @per_axis
func.func @per_axis(%x: tensor<2x6x!q>) -> (tensor<6x2xf32>, tensor<2x2x3xf32>, tensor<12xf32>) {
  // CHECK-DAG: nn.transpose %arg0 {{.*}} -> tensor<6x2x!quant.uniform<i8:f32:1,
  // CHECK-DAG: nn.reshape %arg0 : {{.*}} -> tensor<2x2x3x!quant.uniform<i8:f32:0,
  // CHECK-DAG: nn.reshape {{.*}} -> tensor<12xf32>
  %0 = nn.dequantize %x : tensor<2x6x!q> -> tensor<2x6xf32>
  %1 = nn.transpose %0 {perm = array<i64: 1, 0>} : (tensor<2x6xf32>) -> tensor<6x2xf32>
  %2 = nn.reshape %0 : tensor<2x6xf32> -> tensor<2x2x3xf32>
  %3 = nn.reshape %0 : tensor<2x6xf32> -> tensor<12xf32>
  return %1, %2, %3 : tensor<6x2xf32>, tensor<2x2x3xf32>, tensor<12xf32>
}
