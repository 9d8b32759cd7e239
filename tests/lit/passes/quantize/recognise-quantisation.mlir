// RUN: burin-opt --recognise-quantisation --split-input-file %s | FileCheck %s
// RUN: burin-opt --recognise-quantisation --split-input-file --equal-within=0 --no-output %s

// (clamp(round(x / s) + z) - z) * s, the bounds those of the stored integers.
// CHECK-LABEL: @grid
func.func @grid(%x: tensor<2x3xf32>) -> tensor<2x3xf32> {
  // CHECK: %[[Q:.*]] = nn.quantize %arg0 : tensor<2x3xf32> -> tensor<2x3x!quant.uniform<i8<-11:4>:f32, 2.500000e-01>>
  // CHECK-NEXT: %[[Y:.*]] = nn.dequantize %[[Q]]
  // CHECK-NEXT: return %[[Y]]
  %s = nn.constant dense<0.25> : tensor<f32> : tensor<f32>
  %z = nn.constant dense<3.0> : tensor<f32> : tensor<f32>
  %0 = nn.binary div %x, %s : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %1 = nn.unary round %0 : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %2 = nn.binary add %1, %z : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %3 = nn.clamp %2 {lo = -8.0 : f64, hi = 7.0 : f64} : (tensor<2x3xf32>) -> tensor<2x3xf32>
  %4 = nn.binary sub %3, %z : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  %5 = nn.binary mul %4, %s : (tensor<2x3xf32>, tensor<f32>) -> tensor<2x3xf32>
  return %5 : tensor<2x3xf32>
}

// -----

// A clamp of x itself, in units of the grid: steps of 1/16 from 0 to 1.
// CHECK-LABEL: @interval
func.func @interval(%x: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: nn.clamp
  // CHECK-NEXT: nn.quantize %{{.*}} -> tensor<8x!quant.uniform<i8<0:16>:f32, 6.250000e-02>>
  // CHECK-NEXT: nn.dequantize
  %n = nn.constant dense<16.0> : tensor<f32> : tensor<f32>
  %0 = nn.clamp %x {lo = 0.0 : f64, hi = 1.0 : f64} : (tensor<8xf32>) -> tensor<8xf32>
  %1 = nn.binary mul %0, %n : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %2 = nn.unary round %1 : (tensor<8xf32>) -> tensor<8xf32>
  %3 = nn.binary div %2, %n : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  return %3 : tensor<8xf32>
}

// -----

// Through plain integers: a cast there, a cast back.
// CHECK-LABEL: @casts
func.func @casts(%x: tensor<8xf32>) -> tensor<8xf32> {
  // CHECK: %[[Q:.*]] = nn.quantize %arg0 : tensor<8xf32> -> tensor<8x!quant.uniform<u8:f32, 5.000000e-01:128>>
  // CHECK: nn.dequantize
  // CHECK-NEXT: return
  %s = nn.constant dense<0.5> : tensor<f32> : tensor<f32>
  %z = nn.constant dense<128.0> : tensor<f32> : tensor<f32>
  %0 = nn.binary div %x, %s : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %1 = nn.unary round %0 : (tensor<8xf32>) -> tensor<8xf32>
  %2 = nn.binary add %1, %z : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %3 = nn.clamp %2 {lo = 0.0 : f64, hi = 255.0 : f64} : (tensor<8xf32>) -> tensor<8xf32>
  %4 = nn.cast %3 : tensor<8xf32> -> tensor<8xui8>
  %5 = nn.cast %4 : tensor<8xui8> -> tensor<8xf32>
  %6 = nn.binary sub %5, %z : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %7 = nn.binary mul %6, %s : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  return %7 : tensor<8xf32>
}

// -----

!q = !quant.uniform<i8:f32, 0.5:-3>
// Integers clipped between quantisers: a clamp of the reals that they mean, (5 + 3) * 0.5.
// CHECK-LABEL: @clip
func.func @clip(%q: tensor<8x!q>) -> tensor<8x!q> {
  // CHECK: nn.clamp %arg0 {hi = 4.000000e+00 : f64, lo = 0xFFF0000000000000 : f64}
  // CHECK-NOT: nn.binary
  %c = nn.constant dense<5> : tensor<i8> : tensor<i8>
  %0 = nn.storage_cast %q : tensor<8x!q> -> tensor<8xi8>
  %1 = nn.binary min %0, %c : (tensor<8xi8>, tensor<i8>) -> tensor<8xi8>
  %2 = nn.storage_cast %1 : tensor<8xi8> -> tensor<8x!q>
  return %2 : tensor<8x!q>
}

// -----

// Not a grid: another factor behind the rounding, no bounds, or a shift that isn't taken back.
// CHECK-LABEL: @others
func.func @others(%x: tensor<8xf32>) -> (tensor<8xf32>, tensor<8xf32>, tensor<8xf32>) {
  // CHECK-NOT: nn.quantize
  %s = nn.constant dense<0.25> : tensor<f32> : tensor<f32>
  %t = nn.constant dense<0.3> : tensor<f32> : tensor<f32>
  %z = nn.constant dense<3.0> : tensor<f32> : tensor<f32>
  %0 = nn.binary div %x, %s : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %1 = nn.unary round %0 : (tensor<8xf32>) -> tensor<8xf32>
  %2 = nn.clamp %1 {lo = -8.0 : f64, hi = 7.0 : f64} : (tensor<8xf32>) -> tensor<8xf32>
  %3 = nn.binary mul %2, %t : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %4 = nn.binary mul %1, %s : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %5 = nn.binary add %2, %z : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  %6 = nn.binary mul %5, %s : (tensor<8xf32>, tensor<f32>) -> tensor<8xf32>
  return %3, %4, %6 : tensor<8xf32>, tensor<8xf32>, tensor<8xf32>
}
