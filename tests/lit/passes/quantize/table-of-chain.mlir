// RUN: burin-opt --quantize-to-integer --split-input-file %s | FileCheck %s
// RUN: burin-opt --quantize-to-integer --split-input-file --equal-within=0 --no-output %s

!x = !quant.uniform<i8:f32, 0.0625:-7>
!y = !quant.uniform<u8<0:200>:f32, 0.03:5>
// A function of one value, in whatever steps: hard swish, which reads it twice.
// CHECK-LABEL: @hard_swish
func.func @hard_swish(%x: tensor<4x64x!x>) -> tensor<4x64x!y> {
  // CHECK-NEXT: %[[Y:.*]] = nn.lookup %arg0
  // CHECK-NEXT: return %[[Y]]
  %three = nn.constant dense<3.0> : tensor<f32> : tensor<f32>
  %six = nn.constant dense<6.0> : tensor<1x1xf32> : tensor<1x1xf32>
  %0 = nn.dequantize %x : tensor<4x64x!x> -> tensor<4x64xf32>
  %1 = nn.binary add %0, %three : (tensor<4x64xf32>, tensor<f32>) -> tensor<4x64xf32>
  %2 = nn.clamp %1 {lo = 0.0 : f64, hi = 6.0 : f64} : (tensor<4x64xf32>) -> tensor<4x64xf32>
  %3 = nn.binary mul %0, %2 : (tensor<4x64xf32>, tensor<4x64xf32>) -> tensor<4x64xf32>
  %4 = nn.binary div %3, %six : (tensor<4x64xf32>, tensor<1x1xf32>) -> tensor<4x64xf32>
  %5 = nn.quantize %4 : tensor<4x64xf32> -> tensor<4x64x!y>
  return %5 : tensor<4x64x!y>
}

// -----

!x = !quant.uniform<i8:f32, 0.0625>
// Two inputs, or a value that is needed elsewhere: no table.
// CHECK-LABEL: @no_table
func.func @no_table(%a: tensor<4x!x>, %b: tensor<4x!x>) -> (tensor<4x!x>, tensor<4x!x>, tensor<4xf32>) {
  // CHECK-NOT: nn.lookup
  %0 = nn.dequantize %a : tensor<4x!x> -> tensor<4xf32>
  %1 = nn.dequantize %b : tensor<4x!x> -> tensor<4xf32>
  %2 = nn.binary div %0, %1 : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %3 = nn.unary tanh %2 : (tensor<4xf32>) -> tensor<4xf32>
  %4 = nn.quantize %3 : tensor<4xf32> -> tensor<4x!x>
  %5 = nn.unary abs %0 : (tensor<4xf32>) -> tensor<4xf32>
  %6 = nn.unary sqrt %5 : (tensor<4xf32>) -> tensor<4xf32>
  %7 = nn.quantize %6 : tensor<4xf32> -> tensor<4x!x>
  return %4, %7, %5 : tensor<4x!x>, tensor<4x!x>, tensor<4xf32>
}
