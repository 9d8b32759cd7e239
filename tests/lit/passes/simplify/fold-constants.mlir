// RUN: burin-opt --fold-constants --split-input-file %s | FileCheck %s
// RUN: burin-opt --fold-constants=dequantize=false --split-input-file %s | FileCheck %s --check-prefix=KEEP

// CHECK-LABEL: @arithmetic
func.func @arithmetic() -> tensor<2x2xf32> {
  // CHECK-NEXT: nn.constant {nn.origin = #nn.origin<"sum">} dense<{{\[}}[2.000000e+00, 4.000000e+00], [3.000000e+00, 5.000000e+00]]>
  // CHECK-NEXT: return
  %a = nn.constant dense<[[1.0, 2.0], [3.0, 4.0]]> : tensor<2x2xf32> : tensor<2x2xf32>
  %one = nn.constant dense<1.0> : tensor<1xf32> : tensor<1xf32>
  %0 = nn.transpose %a {perm = array<i64: 1, 0>} : (tensor<2x2xf32>) -> tensor<2x2xf32>
  %1 = nn.binary add %0, %one {nn.origin = #nn.origin<"sum">} : (tensor<2x2xf32>, tensor<1xf32>) -> tensor<2x2xf32>
  return %1 : tensor<2x2xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:1>
// CHECK-LABEL: @dequantised
// KEEP-LABEL: @dequantised
func.func @dequantised() -> tensor<3xf32> {
  // CHECK: nn.constant dense<[0.000000e+00, 5.000000e-01, -1.000000e+00]>
  // CHECK-NOT: nn.dequantize
  // KEEP: nn.constant dense<[1, 2, -1]> : tensor<3xi8> : tensor<3x!quant.uniform<i8:f32, 5.000000e-01:1>>
  // KEEP-NEXT: nn.dequantize
  %c = nn.constant dense<[1, 2, -1]> : tensor<3xi8> : tensor<3xi8>
  %0 = nn.storage_cast %c : tensor<3xi8> -> tensor<3x!q>
  %1 = nn.dequantize %0 : tensor<3x!q> -> tensor<3xf32>
  return %1 : tensor<3xf32>
}

// -----

// 4 bytes that would become 4 KiB.
// CHECK-LABEL: @too_large
func.func @too_large() -> tensor<1024xf32> {
  // CHECK: nn.expand
  %c = nn.constant dense<1.0> : tensor<1xf32> : tensor<1xf32>
  %0 = nn.expand %c : tensor<1xf32> -> tensor<1024xf32>
  return %0 : tensor<1024xf32>
}

// -----

// CHECK-LABEL: @not_constant
func.func @not_constant(%x: tensor<2xf32>) -> tensor<2xf32> {
  // CHECK: nn.binary mul
  %c = nn.constant dense<2.0> : tensor<2xf32> : tensor<2xf32>
  %0 = nn.binary mul %x, %c : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
  return %0 : tensor<2xf32>
}
