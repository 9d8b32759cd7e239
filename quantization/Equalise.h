// Ranges of channels made equal across layers, without changing what a net computes. Plain algorithms.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace burin::quantization {

/// Values of a tensor by one of its axes: [outer][channels][inner]. Output channels of OIHW weights have outer = 1,
/// their input channels outer = O and inner = kh * kw, a bias outer = inner = 1.
struct ChannelView {
  std::span<float> values;
  int64_t outer, channels, inner;
};

/// max |value| of each channel.
std::vector<float> channelRanges(const ChannelView &view);

/// Multiplies each channel by its factor.
void scaleChannels(const ChannelView &view, std::span<const float> factors);

/// Two layers with a positively homogeneous function between them, f(s x) = s f(x) for s > 0: identity, ReLU, PReLU,
/// LeakyReLU, and pools, reshapes that keep channels; ReLU6 only if it never reaches 6, before and after. Nothing else
/// reads what is between. The tensors are changed in place.
struct Edge {
  ChannelView producer; ///< output channels of the first layer's weights
  ChannelView bias;     ///< of the first layer; no values if it has none
  ChannelView consumer; ///< input channels of the second layer's weights
};

/// Factors s_i, 1 where a range is 0: scaling the producer's channel by s_i and the consumer's by 1 / s_i gives both
/// the range sqrt(producer_i * consumer_i) (M. Nagel et al., "Data-Free Quantization", ICCV 2019). With the ranges of
/// activations for the producer's, channels of the tensor between are equalised against the weights instead.
std::vector<float> equalisingFactors(std::span<const float> producer, std::span<const float> consumer);

/// Equalises all edges, one after the other and again, until nothing changes by more than 1/1000 or `maxRounds` is
/// reached. A depthwise layer in the middle of a chain is the consumer of one edge and the producer of the next, with
/// views of the same values. Returns for each edge the product of its factors.
std::vector<std::vector<float>> equalise(std::span<const Edge> edges, int maxRounds = 50);

} // namespace burin::quantization
