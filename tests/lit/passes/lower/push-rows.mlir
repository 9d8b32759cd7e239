// RUN: burin-opt --lower-to-plan="schedule=auto push-rows=true" --assign-offsets %s | FileCheck %s

// The caller's row is a ring of one row that lies nowhere; the input's own ring has the three rows of the first window.
func.func @pushed(%x: tensor<1x8x4x2xf32> {nn.name = "x"}) -> tensor<1x8x4x2xf32> {
  %w = nn.constant dense<0.25> : tensor<2x3x3x2xf32> : tensor<2x3x3x2xf32>
  %a = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x8x4x2xf32>, tensor<2x3x3x2xf32>) -> tensor<1x8x4x2xf32>
  return %a : tensor<1x8x4x2xf32>
}

// CHECK: plan.program @pushed
// CHECK: %[[INPUT:.*]] = plan.buffer "input_0" {{.*}}bytes = 96 : i64{{.*}}offset = {{[0-9]+}} : i64, ring = 3 : i64, row_bytes = 32 : i64
// CHECK: %[[ROW:.*]] = plan.buffer "pushed" {{.*}}bytes = 32 : i64, live = array<i64: -1, {{[0-9]+}}>, pushed, ring = 1 : i64, row_bytes = 32 : i64}
// CHECK: plan.input "x" {{.*}} in %[[ROW]]
// CHECK: plan.layer "stream_0" "stream"
// CHECK: plan.layer "push_0" "push"(%[[ROW]] {{.*}} -> %[[INPUT]] {{.*}}row_reads = [#plan.rows<stride = 1, first = 0, span = 1>], turns = 8
// CHECK: plan.call "brn_copy"(%[[ROW]], %[[INPUT]]) loops [8] {{.*}}turned
// CHECK: plan.layer "conv2d_1" {{.*}}(%[[INPUT]]
