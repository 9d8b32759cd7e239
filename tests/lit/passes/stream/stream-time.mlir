// RUN: burin-opt %s --split-input-file --pass-pipeline='builtin.module(func.func(stream-time{axis=1}))' | FileCheck %s

// Strides make a step of two rows; what is left over at the window's end delays the convolution by a row.
// CHECK-LABEL: func.func @main
// CHECK-SAME: %[[X:.*]]: tensor<1x2x1x3xf32>
// CHECK-SAME: %[[PAST:.*]]: tensor<1x4x1x3xf32> {nn.hidden, nn.name = "window_0", nn.state = 1 : i64}
// CHECK-SAME: %[[Y_PAST:.*]]: tensor<1x4x1x5xf32> {nn.hidden, nn.name = "window_1", nn.state = 2 : i64}
// CHECK-SAME: nn.stream = array<i64: 1, 2, 10>
// CHECK: %[[WINDOW:.*]] = nn.shift %[[PAST]], %[[X]] {axis = 1 : i64}
// CHECK: %[[ROWS:.*]] = nn.slice %[[WINDOW]] {sizes = array<i64: 1, 3, 1, 3>, starts = array<i64: 0, 0, 0, 0>
// CHECK: %[[Y:.*]] = nn.conv2d %[[ROWS]]{{.*}} -> tensor<1x1x1x5xf32>
// CHECK: %[[Y_WINDOW:.*]] = nn.shift %[[Y_PAST]], %[[Y]] {axis = 1 : i64}
// CHECK: %[[FLAT:.*]] = nn.reshape %[[Y_WINDOW]] : tensor<1x4x1x5xf32> -> tensor<1x20xf32>
// CHECK: return %[[FLAT]], %[[WINDOW]], %[[Y_WINDOW]]
func.func @main(%x: tensor<1x10x1x3xf32>) -> tensor<1x20xf32> {
  %w = nn.constant dense<1.0> : tensor<5x3x1x3xf32> : tensor<5x3x1x3xf32>
  %y = nn.conv2d %x, %w {dilations = array<i64: 1, 1>, groups = 1 : i64, pads = array<i64: 0, 0, 0, 0>, strides = array<i64: 2, 1>} : (tensor<1x10x1x3xf32>, tensor<5x3x1x3xf32>) -> tensor<1x4x1x5xf32>
  %f = nn.reshape %y : tensor<1x4x1x5xf32> -> tensor<1x20xf32>
  return %f : tensor<1x20xf32>
}

// -----

// Row by row: nothing is kept.
// CHECK-LABEL: func.func @main
// CHECK-SAME: (%{{.*}}: tensor<1x1x3xf32>) -> (tensor<1x1x3xf32> {nn.stream = array<i64: 1, 6, 1>})
// CHECK-NOT: nn.shift
func.func @main(%x: tensor<1x7x3xf32>) -> tensor<1x7x3xf32> {
  %y = nn.unary tanh %x : (tensor<1x7x3xf32>) -> tensor<1x7x3xf32>
  return %y : tensor<1x7x3xf32>
}
