// What a node can become on integers.
#ifndef BURIN_COMPILER_QUANTIZE_ROLES_H
#define BURIN_COMPILER_QUANTIZE_ROLES_H

#include "compiler/quantize/Graph.h"

namespace burin::quantize {

enum class Role {
  Float,   ///< no integer form
  Layer,   ///< convolution or product with constant weights
  Product, ///< product of two activations
  Bias,    ///< constant added by channel to a MatMul, of which it becomes a part
  Clamp,   ///< Relu, Clip: also part of the operator before it
  Move,    ///< only moves or picks elements: input and output share their parameters
  Compute  ///< anything else that has an integer form
};

struct NodeRole {
  Role role = Role::Float;
  std::vector<int> data; ///< inputs that hold real numbers to be quantised; constants may be among them
};

/// The role of node `i`, judged by its operator, its constants and types. Whether the kernels really have the integer
/// operator is asked of the compiler later.
NodeRole roleOf(const onnx::GraphProto &graph, int i, const GraphIndex &index, const TensorTypes &types);

} // namespace burin::quantize

#endif
