// RUN: burin-opt --pass-pipeline='builtin.module(func.func(remove-channels),canonicalize)' --split-input-file %s | FileCheck %s
// RUN: burin-opt --pass-pipeline='builtin.module(func.func(remove-channels))' --split-input-file --equal-within=0 --no-output %s

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.25>
!r = !quant.uniform<i8:f32, 0.5:-128>
// Channel 0 is 10 * 0.125 = 1.25 whatever x is: 2.5 steps of 0.5, half to even: 2 above the zero point. It adds
// 3 * 2 = 6 to the first sum of its reader, -2 to the second. Channel 2 is clamped to its zero point by its bias.
// CHECK-LABEL: @constant
func.func @constant(%x: tensor<1x1x1x2x!x>) -> tensor<1x1x1x2x!x> {
  // CHECK: nn.conv2d {{.*}}nn.removed = array<i64: 2, 3>{{.*}} -> tensor<1x1x1x1x!quant
  // CHECK: nn.constant dense<[106, 98]> : tensor<2xi32>
  // CHECK: nn.constant dense<{{.*}}5{{.*}}7{{.*}}> : tensor<2x1x1x1xi8>
  %w0 = nn.constant dense<[[[[0, 0]]], [[[4, -4]]], [[[1, 1]]]]> : tensor<3x1x1x2xi8> : tensor<3x1x1x2x!w>
  %b0 = nn.constant dense<[10, 0, -300]> : tensor<3xi32> : tensor<3xi32>
  %0 = nn.conv2d %x, %w0, %b0 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x1x1x2x!x>, tensor<3x1x1x2x!w>, tensor<3xi32>) -> tensor<1x1x1x3x!r>
  %w1 = nn.constant dense<[[[[3, 5, 6]]], [[[-1, 7, 8]]]]> : tensor<2x1x1x3xi8> : tensor<2x1x1x3x!w>
  %b1 = nn.constant dense<100> : tensor<2xi32> : tensor<2xi32>
  %1 = nn.conv2d %0, %w1, %b1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x1x1x3x!r>, tensor<2x1x1x3x!w>, tensor<2xi32>) -> tensor<1x1x1x2x!x>
  return %1 : tensor<1x1x1x2x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.25>
!r = !quant.uniform<i8:f32, 0.5:-128>
// Behind padding a constant other than the zero point differs at the border: channel 0 (2 above it) stays, channel 1 goes.
// CHECK-LABEL: @padded
func.func @padded(%x: tensor<1x3x3x2x!x>) -> tensor<1x3x3x1x!x> {
  // CHECK: nn.conv2d {{.*}}nn.removed = array<i64: 1, 3>{{.*}} -> tensor<1x3x3x2x!quant
  %w0 = nn.constant dense<[[[[0, 0]]], [[[0, 0]]], [[[1, 1]]]]> : tensor<3x1x1x2xi8> : tensor<3x1x1x2x!w>
  %b0 = nn.constant dense<[10, -10, 0]> : tensor<3xi32> : tensor<3xi32>
  %0 = nn.conv2d %x, %w0, %b0 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x3x3x2x!x>, tensor<3x1x1x2x!w>, tensor<3xi32>) -> tensor<1x3x3x3x!r>
  %w1 = nn.constant dense<[[[[3, 5, 6], [1, 2, 3], [4, 5, 6]], [[1, 1, 1], [-1, -1, -1], [2, 2, 2]], [[3, 5, 6], [1, 2, 3], [4, 5, 6]]]]> : tensor<1x3x3x3xi8> : tensor<1x3x3x3x!w>
  %1 = nn.conv2d %0, %w1 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x3x3x3x!r>, tensor<1x3x3x3x!w>) -> tensor<1x3x3x1x!x>
  return %1 : tensor<1x3x3x1x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.25>
!r = !quant.uniform<i8:f32, 0.5:-128>
// Through a depthwise convolution, a sum with a constant per channel, a pool, and a flattened image. Channel 1 is constant
// in front of the depthwise convolution and behind it; channel 2 is alive, but all weights that read it are 0.
// CHECK-LABEL: @through
func.func @through(%x: tensor<1x4x4x1x!x>) -> tensor<1x2x!x> {
  // CHECK: nn.conv2d {{.*}}groups = 1{{.*}}nn.removed = array<i64: 2, 3>{{.*}} -> tensor<1x4x4x1x!quant
  // CHECK: nn.conv2d {{.*}}groups = 1{{.*}} -> tensor<1x4x4x1x!quant
  // CHECK: nn.binary add {{.*}} -> tensor<1x4x4x1x!quant
  // CHECK: nn.pool2d avg_pool {{.*}} -> tensor<1x2x2x1x!quant
  // CHECK: nn.reshape {{.*}} -> tensor<1x4x!quant
  // CHECK: nn.matmul {{.*}}tensor<2x4x!quant{{.*}} -> tensor<1x2x!quant
  %w0 = nn.constant dense<[[[[7]]], [[[0]]], [[[5]]]]> : tensor<3x1x1x1xi8> : tensor<3x1x1x1x!w>
  %b0 = nn.constant dense<[1, -4, 9]> : tensor<3xi32> : tensor<3xi32>
  %0 = nn.conv2d %x, %w0, %b0 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x4x4x1x!x>, tensor<3x1x1x1x!w>, tensor<3xi32>) -> tensor<1x4x4x3x!r>
  %w1 = nn.constant dense<2> : tensor<3x3x3x1xi8> : tensor<3x3x3x1x!w>
  %b1 = nn.constant dense<[3, 40, 6]> : tensor<3xi32> : tensor<3xi32>
  %1 = nn.conv2d %0, %w1, %b1 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 3} : (tensor<1x4x4x3x!r>, tensor<3x3x3x1x!w>, tensor<3xi32>) -> tensor<1x4x4x3x!r>
  %c = nn.constant dense<[-120, -100, -110]> : tensor<3xi8> : tensor<3x!r>
  %2 = nn.binary add %1, %c : (tensor<1x4x4x3x!r>, tensor<3x!r>) -> tensor<1x4x4x3x!r>
  %3 = nn.pool2d avg_pool %2 {kernel = array<i64: 2, 2>, strides = array<i64: 2, 2>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, out_size = array<i64: 2, 2>} : (tensor<1x4x4x3x!r>) -> tensor<1x2x2x3x!r>
  %4 = nn.reshape %3 : tensor<1x2x2x3x!r> -> tensor<1x12x!r>
  %w2 = nn.constant dense<[[1, 2, 0, 3, 4, 0, 5, 6, 0, 7, 8, 0], [-1, 2, 0, -3, 4, 0, -5, 6, 0, -7, 8, 0]]> : tensor<2x12xi8> : tensor<2x12x!w>
  %5 = nn.matmul %4, %w2 {transpose_b} : (tensor<1x12x!r>, tensor<2x12x!w>) -> tensor<1x2x!x>
  return %5 : tensor<1x2x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.25>
// An output of the program keeps all its channels, and so do sums with it.
// CHECK-LABEL: @output
func.func @output(%x: tensor<1x1x1x1x!x>) -> (tensor<1x1x1x2x!x>, tensor<1x1x1x1x!x>) {
  // CHECK-NOT: nn.removed
  %w0 = nn.constant dense<[[[[0]]], [[[4]]]]> : tensor<2x1x1x1xi8> : tensor<2x1x1x1x!w>
  %0 = nn.conv2d %x, %w0 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x1x1x1x!x>, tensor<2x1x1x1x!w>) -> tensor<1x1x1x2x!x>
  %w1 = nn.constant dense<3> : tensor<1x1x1x2xi8> : tensor<1x1x1x2x!w>
  %1 = nn.conv2d %0, %w1 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x1x1x2x!x>, tensor<1x1x1x2x!w>) -> tensor<1x1x1x1x!x>
  return %0, %1 : tensor<1x1x1x2x!x>, tensor<1x1x1x1x!x>
}

// -----

!x = !quant.uniform<i8:f32, 0.5>
!w = !quant.uniform<i8:f32, 0.25>
!r = !quant.uniform<i8:f32, 0.5:-128>
// Channels 0, 2 and 3 are computed alike, also by the depthwise convolution: the reader's weights of 2 are added to those of
// 0, but 100 + 10 + 30 is too large for those of 3. Channel 1 has another bias.
// CHECK-LABEL: @equal
func.func @equal(%x: tensor<1x3x3x2x!x>) -> tensor<1x3x3x2x!x> {
  // CHECK: nn.conv2d {{.*}}nn.removed = array<i64: 1, 4>{{.*}} -> tensor<1x3x3x3x!quant
  // CHECK: nn.conv2d {{.*}}groups = 3{{.*}} -> tensor<1x3x3x3x!quant
  // CHECK: nn.constant dense<{{.*}}110{{.*}}5{{.*}}30{{.*}}-1{{.*}}7{{.*}}9{{.*}}> : tensor<2x1x1x3xi8>
  %w0 = nn.constant dense<[[[[3, -4]]], [[[3, -4]]], [[[3, -4]]], [[[3, -4]]]]> : tensor<4x1x1x2xi8> : tensor<4x1x1x2x!w>
  %b0 = nn.constant dense<[10, 11, 10, 10]> : tensor<4xi32> : tensor<4xi32>
  %0 = nn.conv2d %x, %w0, %b0 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x3x3x2x!x>, tensor<4x1x1x2x!w>, tensor<4xi32>) -> tensor<1x3x3x4x!r>
  %w1 = nn.constant dense<2> : tensor<4x3x3x1xi8> : tensor<4x3x3x1x!w>
  %1 = nn.conv2d %0, %w1 {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 4} : (tensor<1x3x3x4x!r>, tensor<4x3x3x1x!w>) -> tensor<1x3x3x4x!r>
  %w2 = nn.constant dense<[[[[100, 5, 10, 30]]], [[[-3, 7, 2, 9]]]]> : tensor<2x1x1x4xi8> : tensor<2x1x1x4x!w>
  %2 = nn.conv2d %1, %w2 {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (tensor<1x3x3x4x!r>, tensor<2x1x1x4x!w>) -> tensor<1x3x3x2x!x>
  return %2 : tensor<1x3x3x2x!x>
}
