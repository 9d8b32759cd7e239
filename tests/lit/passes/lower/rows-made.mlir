// RUN: burin-opt --lower-to-plan=schedule=streams --assign-offsets --split-input-file %s | FileCheck %s

// A sub-pixel shuffle takes a row of blocks a turn and makes the two rows that the next layer sees: its ring has two pairs of
// them, of which a window of three rows never needs more.
func.func @shuffle(%x: tensor<1x8x4x8xf32>) -> tensor<1x16x8x2xf32> {
  %w = nn.constant dense<0.25> : tensor<2x3x3x2xf32> : tensor<2x3x3x2xf32>
  %s = nn.unary tanh %x : (tensor<1x8x4x8xf32>) -> tensor<1x8x4x8xf32>
  %a = nn.reshape %s : tensor<1x8x4x8xf32> -> tensor<1x8x4x2x2x2xf32>
  %b = nn.transpose %a {perm = array<i64: 0, 1, 3, 2, 4, 5>} : (tensor<1x8x4x2x2x2xf32>) -> tensor<1x8x2x4x2x2xf32>
  %c = nn.reshape %b : tensor<1x8x2x4x2x2xf32> -> tensor<1x16x8x2xf32>
  %y = nn.conv2d %c, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x16x8x2xf32>, tensor<2x3x3x2xf32>) -> tensor<1x16x8x2xf32>
  return %y : tensor<1x16x8x2xf32>
}

// CHECK: plan.program @shuffle
// CHECK: plan.buffer "tanh_0" {{.*}}ring = 1 : i64, row_bytes = 128 : i64
// CHECK: plan.buffer "transpose_1" tensor<1x16x8x2xf32> {{.*}}ring = 4 : i64, row_bytes = 64 : i64
// CHECK: plan.stream {
// CHECK: plan.layer "transpose_1" {{.*}}row_reads = [#plan.rows<stride = 1, first = 0, span = 1>], rows_made = 2 : i64, turns = 8
// CHECK: plan.layer "conv2d_2" {{.*}}row_reads = [#plan.rows<stride = 1, first = -1, span = 3>], turns = 16

// -----

// The other way, two rows are read as one.
func.func @fold(%x: tensor<1x8x4x2xf32>) -> tensor<1x4x2x8xf32> {
  %s = nn.unary tanh %x : (tensor<1x8x4x2xf32>) -> tensor<1x8x4x2xf32>
  %a = nn.reshape %s : tensor<1x8x4x2xf32> -> tensor<1x4x2x2x2x2xf32>
  %b = nn.transpose %a {perm = array<i64: 0, 1, 3, 2, 4, 5>} : (tensor<1x4x2x2x2x2xf32>) -> tensor<1x4x2x2x2x2xf32>
  %y = nn.reshape %b : tensor<1x4x2x2x2x2xf32> -> tensor<1x4x2x8xf32>
  return %y : tensor<1x4x2x8xf32>
}

// CHECK: plan.program @fold
// CHECK: plan.buffer "tanh_0" {{.*}}ring = 2 : i64, row_bytes = 32 : i64
// CHECK: plan.layer "transpose_1" {{.*}}row_reads = [#plan.rows<stride = 2, first = 0, span = 2>], turns = 4

// -----

// Stride 2 and kernel 4: row 2t of the result is made of rows t - 1 and t, row 2t + 1 of rows t and t + 1. The last turn
// makes one row.
func.func @transposed(%x: tensor<1x8x4x2xf32>) -> tensor<1x15x4x3xf32> {
  %w = nn.constant dense<0.25> : tensor<3x4x1x2xf32> : tensor<3x4x1x2xf32>
  %s = nn.unary tanh %x : (tensor<1x8x4x2xf32>) -> tensor<1x8x4x2xf32>
  %y = nn.conv_transpose2d %s, %w {strides = array<i64: 2, 1>, pads = array<i64: 1, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1 : i64, out_size = array<i64: 15, 4>} : (tensor<1x8x4x2xf32>, tensor<3x4x1x2xf32>) -> tensor<1x15x4x3xf32>
  return %y : tensor<1x15x4x3xf32>
}

// CHECK: plan.program @transposed
// CHECK: plan.buffer "tanh_0" {{.*}}ring = 3 : i64
// CHECK: plan.layer "conv_transpose2d_1" {{.*}}row_reads = [#plan.rows<stride = 1, first = -1, span = 3>], rows_made = 2 : i64, turns = 8
// CHECK: plan.call "brn_conv_transpose_taps_f32"{{.*}} loops [8, 1] {{.*}}turned
// CHECK: plan.call "brn_conv_transpose_taps_f32"{{.*}} loops [7, 1] {{.*}}turned

// -----

// Three rows of two: weights and places are a table, the window is the rows that a turn's entries name.
func.func @resampled(%x: tensor<1x4x4x2xf32>) -> tensor<1x6x4x2xf32> {
  %i = nn.constant dense<[[0, 0], [0, 1], [1, 2], [2, 2], [2, 3], [3, 3]]> : tensor<6x2xi32> : tensor<6x2xi32>
  %w = nn.constant dense<0.5> : tensor<6x2xf32> : tensor<6x2xf32>
  %s = nn.unary tanh %x : (tensor<1x4x4x2xf32>) -> tensor<1x4x4x2xf32>
  %y = nn.interpolate %s, %i, %w {axis = 1 : i64} : (tensor<1x4x4x2xf32>, tensor<6x2xi32>, tensor<6x2xf32>) -> tensor<1x6x4x2xf32>
  return %y : tensor<1x6x4x2xf32>
}

// CHECK: plan.program @resampled
// CHECK: plan.constant "interpolate_1_index" {{.*}}dense<{{\[\[}}0, 0], [0, 1], [1, 2], [0, 0], [0, 1], [1, 1]]>
// CHECK: plan.layer "interpolate_1" {{.*}}row_reads = [#plan.rows<stride = 2, first = 0, span = 3>], rows_made = 3 : i64, turns = 2
// CHECK: plan.call "brn_interpolate_row_f32"{{.*}} loops [2, 3] {{.*}}turned
