// RUN: burin-opt --lower-to-plan --assign-offsets --split-input-file %s | FileCheck %s

// The new state lies where the old one was: the addition reads the old value where it writes the new one.
// CHECK-LABEL: plan.program @in_place
// CHECK-SAME: state = 16
// CHECK: %[[S:.*]] = plan.buffer "state_1" tensor<4xf32> {{.*}}live = array<i64: -1, 2>, offset = 0 : i64, state
// CHECK: plan.input "h0" tensor<4xf32> in %[[S]]
// CHECK: plan.reset %[[S]] to
// CHECK: plan.output "hn" tensor<4xf32> in %[[S]]
// CHECK: plan.layer "add_0" "add"({{.*}}) -> %[[S]]
// CHECK: plan.layer "relu_1" "relu"(%[[S]]
// CHECK-NOT: plan.layer
func.func @in_place(%x: tensor<4xf32> {nn.name = "x"}, %h: tensor<4xf32> {nn.name = "h0", nn.state = 1 : i64, nn.reset = dense<[1.0, 2.0, 3.0, 4.0]> : tensor<4xf32>}) -> (tensor<4xf32> {nn.name = "y"}, tensor<4xf32> {nn.name = "hn"}) {
  %0 = nn.binary add %x, %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.unary relu %0 : (tensor<4xf32>) -> tensor<4xf32>
  return %1, %0 : tensor<4xf32>, tensor<4xf32>
}

// -----

// A later layer still reads the old state: the new one is copied at the end.
// CHECK-LABEL: plan.program @read_later
// CHECK: %[[S:.*]] = plan.buffer "state_1" {{.*}}state
// CHECK-NOT: plan.reset
// CHECK: plan.layer "add_0" "add"({{.*}}) -> %[[A:[a-z_0-9]+]] :
// CHECK: plan.layer "mul_1" "mul"(
// CHECK: plan.layer "copy_2" "copy"(%[[A]] : {{.*}}) -> %[[S]]
func.func @read_later(%x: tensor<4xf32> {nn.name = "x"}, %h: tensor<4xf32> {nn.name = "h0", nn.state = 1 : i64}) -> (tensor<4xf32> {nn.name = "y"}, tensor<4xf32> {nn.name = "hn"}) {
  %0 = nn.binary add %x, %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  %1 = nn.binary mul %0, %h : (tensor<4xf32>, tensor<4xf32>) -> tensor<4xf32>
  return %1, %0 : tensor<4xf32>, tensor<4xf32>
}

// -----

// Two states change places: both old values are saved before one is overwritten.
// CHECK-LABEL: plan.program @exchange
// CHECK: %[[A:.*]] = plan.buffer "state_0" {{.*}}offset = 0 : i64, state
// CHECK: %[[B:.*]] = plan.buffer "state_1" {{.*}}offset = 16 : i64, state
// CHECK: plan.layer "copy_0" "copy"(%[[B]] : {{.*}}) -> %[[SAVED_B:[a-z_0-9]*]]
// CHECK: plan.layer "copy_1" "copy"(%[[A]] : {{.*}}) -> %[[SAVED_A:[a-z_0-9]*]]
// CHECK: plan.layer "copy_2" "copy"(%[[SAVED_B]] : {{.*}}) -> %[[A]]
// CHECK: plan.layer "copy_3" "copy"(%[[SAVED_A]] : {{.*}}) -> %[[B]]
func.func @exchange(%a: tensor<4xf32> {nn.name = "a", nn.state = 0 : i64}, %b: tensor<4xf32> {nn.name = "b", nn.state = 1 : i64}) -> (tensor<4xf32> {nn.name = "a2"}, tensor<4xf32> {nn.name = "b2"}) {
  return %b, %a : tensor<4xf32>, tensor<4xf32>
}
