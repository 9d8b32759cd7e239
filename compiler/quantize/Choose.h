// What is quantised: which nodes compute on integers, and which tensors share their parameters.
#ifndef BURIN_COMPILER_QUANTIZE_CHOOSE_H
#define BURIN_COMPILER_QUANTIZE_CHOOSE_H

#include "compiler/quantize/Graph.h"
#include "compiler/quantize/Spec.h"

namespace burin::quantize {

/// A convolution or product with constant weights that becomes one of integers.
struct WeightedLayer {
  int node = -1;       ///< number in the graph
  std::string name;    ///< of the node
  std::string input;   ///< activation
  std::string result;  ///< what quantising its result means: behind the bias and an activation that it takes in
  std::string weights; ///< initialiser: Conv [O][I/g][..], Gemm with transB [N][K], else [K][N]
  std::string bias;    ///< initialiser, or empty
  int biasNode = -1, biasInput = -1; ///< whose operand the bias is: its own, or of an Add behind a product
  bool isConv = false;
  bool isTransposed = false;                   ///< weights lie [K][N]
  int64_t channels = 0, depth = 0, groups = 1; ///< depth: taps of one channel
  Scheme scheme;
};

/// Tensors that share scale and zero point, since nodes only move elements from one to another.
struct TensorGroup {
  std::vector<std::string> members;
  std::vector<std::string> roots; ///< members whose values come from elsewhere: they decide the range
  int bits = 8;
  std::optional<quantization::Affine> fixed; ///< by what the roots are: a softmax has 1/256
};

struct Choice {
  std::vector<bool> isInteger;            ///< by node
  std::vector<std::vector<int>> data;     ///< by node: the inputs that hold real numbers to be quantised
  std::vector<WeightedLayer> layers;      ///< in graph order
  std::vector<WeightedLayer> blockLayers; ///< products of floats whose weights alone are integers, scaled by blocks
  std::vector<TensorGroup> groups;
  std::map<std::string, int> groupOf;   ///< tensor to group: these are quantised
  std::map<std::string, int> constants; ///< constant activations among them: float initialisers that become integers
  int boundaries = 0;                   ///< tensors that change between float and integers
};

/// Nodes that have to stay float, by name, with the reason.
using FloatNodes = std::map<std::string, std::string>;

/// Layers with weights become integers unless they are in `floats` or the spec says so; products whose weights have
/// scales by blocks keep float activations, since no sum of integers has one scale. Of the other nodes that can, as
/// many as make the fewest boundaries, and among equals most nodes.
Choice choose(const onnx::GraphProto &graph, const TensorTypes &types, const Spec &spec, const FloatNodes &floats);

} // namespace burin::quantize

#endif
