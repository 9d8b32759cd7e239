// RUN: burin-opt --transpose-weights --fold-constants --split-input-file %s | FileCheck %s
// RUN: burin-opt --transpose-weights --fold-constants --split-input-file --equal-within=1e-5 --no-output %s

// One row per output; the weights' scales per output move to the rows.
!w = !quant.uniform<i8:f32:1, {0.1, 0.2}>
!x = !quant.uniform<i8:f32, 0.5>
// CHECK-LABEL: @rows
func.func @rows(%a: tensor<1x3xf32>, %q: tensor<1x3x!x>) -> (tensor<1x2xf32>, tensor<1x2x!x>) {
  // CHECK-DAG: nn.constant dense<{{\[}}[1.000000e+00, 3.000000e+00, 5.000000e+00], [2.000000e+00, 4.000000e+00, 6.000000e+00]]>
  // CHECK-DAG: nn.constant dense<{{\[}}[1, 3, 5], [2, 4, 6]]> : tensor<2x3xi8> : tensor<2x3x!quant.uniform<i8:f32:0,
  // CHECK-DAG: nn.matmul %arg0, {{.*}}transpose_b
  // CHECK-DAG: nn.matmul %arg1, {{.*}}transpose_b
  %w = nn.constant dense<[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]> : tensor<3x2xf32> : tensor<3x2xf32>
  %v = nn.constant dense<[[1, 2], [3, 4], [5, 6]]> : tensor<3x2xi8> : tensor<3x2x!w>
  %0 = nn.matmul %a, %w : (tensor<1x3xf32>, tensor<3x2xf32>) -> tensor<1x2xf32>
  %1 = nn.matmul %q, %v : (tensor<1x3x!x>, tensor<3x2x!w>) -> tensor<1x2x!x>
  return %0, %1 : tensor<1x2xf32>, tensor<1x2x!x>
}

// -----

// A flattened image: the weights' columns take the order in which the image lies.
// CHECK-LABEL: @flattened
func.func @flattened(%x: tensor<2x2x1x3xf32>) -> tensor<2x2xf32> {
  // Column c*2+h of the model is column h*3+c of the image.
  // CHECK: nn.constant dense<{{\[}}[1.000000e+00, 3.000000e+00, 5.000000e+00, 2.000000e+00, 4.000000e+00, 6.000000e+00], [7.000000e+00, 9.000000e+00, 1.100000e+01, 8.000000e+00, 1.000000e+01, 1.200000e+01]]> : tensor<2x6xf32>
  // CHECK: %[[A:.*]] = nn.reshape %arg0 : tensor<2x2x1x3xf32> -> tensor<2x6xf32>
  // CHECK: nn.matmul %[[A]], {{.*}}transpose_b
  %w = nn.constant dense<[[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], [7.0, 8.0, 9.0, 10.0, 11.0, 12.0]]> : tensor<2x6xf32> : tensor<2x6xf32>
  %0 = nn.transpose %x {perm = array<i64: 0, 3, 1, 2>} : (tensor<2x2x1x3xf32>) -> tensor<2x3x2x1xf32>
  %1 = nn.reshape %0 : tensor<2x3x2x1xf32> -> tensor<2x6xf32>
  %2 = nn.matmul %1, %w {transpose_b} : (tensor<2x6xf32>, tensor<2x6xf32>) -> tensor<2x2xf32>
  return %2 : tensor<2x2xf32>
}

// -----

// Kept: the batch moves into what is flattened; the weights aren't constant. Unit axes move for nothing.
// CHECK-LABEL: @kept
func.func @kept(%x: tensor<2x3x2xf32>, %w: tensor<4x2xf32>, %y: tensor<1x4x1x2xf32>) -> (tensor<3x2xf32>, tensor<3x2xf32>, tensor<4x1x1x2xf32>) {
  // CHECK-DAG: %[[T:.*]] = nn.transpose %arg0
  // CHECK-DAG: %[[A:.*]] = nn.reshape %[[T]]
  // CHECK-DAG: nn.matmul %[[A]], {{.*}}transpose_b
  // CHECK-DAG: nn.matmul %[[A]], %arg1 :
  // CHECK-DAG: nn.reshape %arg2 : tensor<1x4x1x2xf32> -> tensor<4x1x1x2xf32>
  %c = nn.constant dense<[[1.0, 2.0, 3.0, 4.0], [5.0, 6.0, 7.0, 8.0]]> : tensor<2x4xf32> : tensor<2x4xf32>
  %0 = nn.transpose %x {perm = array<i64: 1, 0, 2>} : (tensor<2x3x2xf32>) -> tensor<3x2x2xf32>
  %1 = nn.reshape %0 : tensor<3x2x2xf32> -> tensor<3x4xf32>
  %2 = nn.matmul %1, %w : (tensor<3x4xf32>, tensor<4x2xf32>) -> tensor<3x2xf32>
  %3 = nn.transpose %y {perm = array<i64: 1, 0, 2, 3>} : (tensor<1x4x1x2xf32>) -> tensor<4x1x1x2xf32>
  %4 = nn.matmul %1, %c {transpose_b} : (tensor<3x4xf32>, tensor<2x4xf32>) -> tensor<3x2xf32>
  return %4, %2, %3 : tensor<3x2xf32>, tensor<3x2xf32>, tensor<4x1x1x2xf32>
}
