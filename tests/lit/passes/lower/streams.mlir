// RUN: burin-opt --lower-to-plan=schedule=streams --assign-offsets %s | FileCheck %s

// A residual block as one stream: 3 rows of the first convolution, also for the sum, which takes its rows as they fall due;
// the sum is written over the row of the second convolution.
func.func @block(%x: tensor<1x8x4x2xf32>) -> tensor<1x8x4x2xf32> {
  %w = nn.constant dense<0.25> : tensor<2x3x3x2xf32> : tensor<2x3x3x2xf32>
  %a = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x8x4x2xf32>, tensor<2x3x3x2xf32>) -> tensor<1x8x4x2xf32>
  %b = nn.conv2d %a, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x8x4x2xf32>, tensor<2x3x3x2xf32>) -> tensor<1x8x4x2xf32>
  %y = nn.binary add %b, %a : (tensor<1x8x4x2xf32>, tensor<1x8x4x2xf32>) -> tensor<1x8x4x2xf32>
  return %y : tensor<1x8x4x2xf32>
}

// CHECK: plan.program @block attributes {{{.*}}rowwise}
// CHECK: plan.buffer "conv2d_0" {{.*}}bytes = 96 : i64{{.*}}ring = 3 : i64, row_bytes = 32 : i64
// CHECK: plan.buffer "conv2d_1" {{.*}}bytes = 32 : i64{{.*}}ring = 1 : i64, row_bytes = 32 : i64
// CHECK: plan.layer "stream_0" "stream"
// CHECK: plan.stream {
// CHECK: plan.layer "conv2d_0" {{.*}}row_reads = [#plan.rows<stride = 1, first = -1, span = 3>], turns = 8
// CHECK: plan.call "brn_conv_row_f32"{{.*}} loops [8] {{.*}}turned
// CHECK: plan.layer "conv2d_1"
// CHECK: plan.layer "add_2" {{.*}}overwrites = array<i64: 0, 1>{{.*}}row_reads = [#plan.rows<stride = 1, first = 0, span = 1>, #plan.rows<stride = 1, first = 0, span = 1>]
