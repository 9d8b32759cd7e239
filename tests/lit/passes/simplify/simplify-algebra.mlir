// RUN: burin-opt --simplify-algebra --split-input-file %s | FileCheck %s
// RUN: burin-opt --simplify-algebra --split-input-file --equal-within=1e-6 --no-output %s

// CHECK-LABEL: @clamps
func.func @clamps(%x: tensor<4xf32>) -> tensor<4xf32> {
  // CHECK-NEXT: %[[Y:.*]] = nn.clamp %arg0 {hi = 3.000000e+00 : f64, lo = 1.000000e+00 : f64, nn.origin = #nn.origin<"min">}
  // CHECK-NEXT: return %[[Y]]
  %one = nn.constant dense<1.0> : tensor<f32> : tensor<f32>
  %three = nn.constant dense<3.0> : tensor<1xf32> : tensor<1xf32>
  %0 = nn.clamp %x {lo = -2.0 : f64, hi = 0x7FF0000000000000 : f64} : (tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.binary max %one, %0 : (tensor<f32>, tensor<4xf32>) -> tensor<4xf32>
  %2 = nn.binary min %1, %three {nn.origin = #nn.origin<"min">} : (tensor<4xf32>, tensor<1xf32>) -> tensor<4xf32>
  return %2 : tensor<4xf32>
}

// -----

!q = !quant.uniform<u8:f32, 0.1>
!r = !quant.uniform<u8:f32, 0.2>
// Bounds that storage keeps anyway go; a requantisation doesn't.
// CHECK-LABEL: @unbound
func.func @unbound(%x: tensor<4x!q>) -> (tensor<4x!q>, tensor<4x!r>) {
  // CHECK-NEXT: %[[Y:.*]] = nn.clamp
  // CHECK-NEXT: return %arg0, %[[Y]]
  %0 = nn.clamp %x {lo = 0.0 : f64, hi = 25.5 : f64} : (tensor<4x!q>) -> tensor<4x!q>
  %1 = nn.clamp %x {lo = 0.0 : f64, hi = 25.5 : f64} : (tensor<4x!q>) -> tensor<4x!r>
  return %0, %1 : tensor<4x!q>, tensor<4x!r>
}

// -----

// CHECK-LABEL: @identities
func.func @identities(%x: tensor<2x2xf32>) -> (tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x2xf32>) {
  // CHECK: %[[SQUARE:.*]] = nn.binary mul %arg0, %arg0
  // CHECK-NEXT: %[[ROOT:.*]] = nn.unary sqrt %[[SQUARE]]
  // CHECK-NEXT: %[[WIDER:.*]] = nn.binary mul %arg0
  // CHECK-NEXT: return %arg0, %[[ROOT]], %[[WIDER]]
  %one = nn.constant dense<1.0> : tensor<2x2xf32> : tensor<2x2xf32>
  %zero = nn.constant dense<0.0> : tensor<f32> : tensor<f32>
  %half = nn.constant dense<0.5> : tensor<f32> : tensor<f32>
  %two = nn.constant dense<2.0> : tensor<f32> : tensor<f32>
  %wide = nn.constant dense<1.0> : tensor<1x1x1xf32> : tensor<1x1x1xf32>
  %0 = nn.binary mul %one, %x : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = nn.binary sub %0, %zero : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  %2 = nn.binary div %1, %one : (tensor<2x2xf32>, tensor<2x2xf32>) -> tensor<2x2xf32>
  %3 = nn.binary pow %2, %two : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  %4 = nn.binary pow %3, %half : (tensor<2x2xf32>, tensor<f32>) -> tensor<2x2xf32>
  %5 = nn.binary mul %x, %wide : (tensor<2x2xf32>, tensor<1x1x1xf32>) -> tensor<1x2x2xf32>
  return %2, %4, %5 : tensor<2x2xf32>, tensor<2x2xf32>, tensor<1x2x2xf32>
}

// -----

// Nor are these identities: 0 - x, 1 / x, x ** 3.
// CHECK-LABEL: @no_identities
func.func @no_identities(%x: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>) {
  // CHECK: nn.binary sub
  // CHECK: nn.binary div
  // CHECK: nn.binary pow
  %one = nn.constant dense<1.0> : tensor<f32> : tensor<f32>
  %zero = nn.constant dense<0.0> : tensor<f32> : tensor<f32>
  %three = nn.constant dense<3.0> : tensor<f32> : tensor<f32>
  %0 = nn.binary sub %zero, %x : (tensor<f32>, tensor<2xf32>) -> tensor<2xf32>
  %1 = nn.binary div %one, %x : (tensor<f32>, tensor<2xf32>) -> tensor<2xf32>
  %2 = nn.binary pow %x, %three : (tensor<2xf32>, tensor<f32>) -> tensor<2xf32>
  return %0, %1, %2 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
}

// -----

// A broadcast in front of an operator that broadcasts goes, unless the result gets its shape from it.
// CHECK-LABEL: @expand
func.func @expand(%x: tensor<1x3xf32>, %y: tensor<2x3xf32>) -> (tensor<2x3xf32>, tensor<2x3xf32>) {
  // CHECK: nn.binary add %arg0, %arg1
  // CHECK: %[[E:.*]] = nn.expand %arg0
  // CHECK: nn.binary mul %arg0, %[[E]]
  %0 = nn.expand %x : tensor<1x3xf32> -> tensor<2x3xf32>
  %1 = nn.binary add %0, %y : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = nn.expand %x : tensor<1x3xf32> -> tensor<2x3xf32>
  %3 = nn.binary mul %2, %2 : (tensor<2x3xf32>, tensor<2x3xf32>) -> tensor<2x3xf32>
  return %1, %3 : tensor<2x3xf32>, tensor<2x3xf32>
}

// -----

// CHECK-LABEL: @transposed_product
func.func @transposed_product(%a: tensor<2x3x4xf32>, %b: tensor<2x5x4xf32>, %c: tensor<5x2x4xf32>) -> (tensor<2x3x5xf32>, tensor<2x3x5xf32>) {
  // CHECK-NEXT: nn.matmul %arg0, %arg1 {transpose_b}
  // CHECK-NEXT: nn.transpose
  // CHECK-NEXT: nn.matmul
  %0 = nn.transpose %b {perm = array<i64: 0, 2, 1>} : (tensor<2x5x4xf32>) -> tensor<2x4x5xf32>
  %1 = nn.matmul %a, %0 : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  %2 = nn.transpose %c {perm = array<i64: 1, 2, 0>} : (tensor<5x2x4xf32>) -> tensor<2x4x5xf32>
  %3 = nn.matmul %a, %2 : (tensor<2x3x4xf32>, tensor<2x4x5xf32>) -> tensor<2x3x5xf32>
  return %1, %3 : tensor<2x3x5xf32>, tensor<2x3x5xf32>
}

// -----

// A line behind a clamped product moves in front of the clamp, whose bounds follow it; a negative factor would turn them round.
// CHECK-LABEL: @line_behind_clamp
func.func @line_behind_clamp(%x: tensor<2x3xf32>, %w: tensor<3x4xf32>) -> (tensor<2x4xf32>, tensor<2x4xf32>) {
  // CHECK: %[[P:.*]] = nn.matmul
  // CHECK-NEXT: %[[S:.*]] = nn.binary sub %[[P]]
  // CHECK-NEXT: %[[M:.*]] = nn.binary mul %[[S]]
  // CHECK-NEXT: nn.clamp %[[M]] {hi = 1.000000e+00 : f64, lo = -2.500000e-01 : f64, nn.origin = #nn.origin<"m">}
  // CHECK: %[[Q:.*]] = nn.matmul
  // CHECK-NEXT: %[[C:.*]] = nn.clamp %[[Q]]
  // CHECK-NEXT: nn.binary mul %[[C]]
  %half = nn.constant dense<0.5> : tensor<f32> : tensor<f32>
  %minus = nn.constant dense<-0.5> : tensor<f32> : tensor<f32>
  %0 = nn.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %1 = nn.clamp %0 {lo = 0.0 : f64, hi = 2.5 : f64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %2 = nn.binary sub %1, %half : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  %3 = nn.binary mul %half, %2 {nn.origin = #nn.origin<"m">} : (tensor<f32>, tensor<2x4xf32>) -> tensor<2x4xf32>
  %4 = nn.matmul %x, %w : (tensor<2x3xf32>, tensor<3x4xf32>) -> tensor<2x4xf32>
  %5 = nn.clamp %4 {lo = 0.0 : f64, hi = 2.5 : f64} : (tensor<2x4xf32>) -> tensor<2x4xf32>
  %6 = nn.binary mul %5, %minus : (tensor<2x4xf32>, tensor<f32>) -> tensor<2x4xf32>
  return %3, %6 : tensor<2x4xf32>, tensor<2x4xf32>
}
