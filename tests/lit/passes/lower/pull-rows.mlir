// RUN: burin-opt --lower-to-plan="schedule=auto push-rows=true pull-rows=true" --assign-offsets --split-input-file %s | FileCheck %s

// Both ends are rings; the rows of the result go to the caller one by one, whichever way they were made.
func.func @pulled(%x: tensor<1x8x4x1xf32> {nn.name = "x"}) -> (tensor<1x1x16x8xf32> {nn.name = "y"}) {
  %w = nn.constant dense<0.25> : tensor<4x3x3x1xf32> : tensor<4x3x3x1xf32>
  %a = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x8x4x1xf32>, tensor<4x3x3x1xf32>) -> tensor<1x8x4x4xf32>
  %b = nn.reshape %a : tensor<1x8x4x4xf32> -> tensor<1x8x4x2x2x1xf32>
  %c = nn.transpose %b {perm = array<i64: 0, 5, 1, 3, 2, 4>} : (tensor<1x8x4x2x2x1xf32>) -> tensor<1x1x8x2x4x2xf32>
  %d = nn.reshape %c : tensor<1x1x8x2x4x2xf32> -> tensor<1x1x16x8xf32>
  return %d : tensor<1x1x16x8xf32>
}

// CHECK: plan.program @pulled
// CHECK: %[[MADE:.*]] = plan.buffer "transpose_2" {{.*}}ring = 2 : i64, row_bytes = 32 : i64
// CHECK: %[[ROWS:.*]] = plan.buffer "pulled" tensor<1x16x8xf32> {align = 4 : i64, bytes = 512 : i64, live = array<i64: {{[0-9]+, [0-9]+}}>, pulled}
// CHECK: plan.output "y" {{.*}} in %[[ROWS]]
// CHECK: plan.layer "stream_0" "stream"
// CHECK: plan.layer "transpose_2" {{.*}}rows_made = 2 : i64, turns = 8
// CHECK: plan.layer "pull_3" "pull"(%[[MADE]] {{.*}} -> %[[ROWS]] {{.*}}row_reads = [#plan.rows<stride = 1, first = 0, span = 1>], turns = 16
// CHECK: plan.call "brn_copy"(%[[MADE]], %[[ROWS]]) loops [16] {{.*}}turned
