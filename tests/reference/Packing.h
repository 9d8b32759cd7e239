// Naive twin of the packing of weights: a list of the weights in their order, then bits put into elements.
#ifndef BURIN_TESTS_REFERENCE_PACKING_H
#define BURIN_TESTS_REFERENCE_PACKING_H

#include <cstdint>
#include <vector>

namespace burin::reference {

/// Weights [outputs][depth] in blocks of four outputs, each [depth][outputs of the block]; 4 weights an element of T,
/// from the lowest bits on, a weight w stored as w + 2^(bits - 1).
template <typename T>
std::vector<T> packed(const std::vector<int8_t> &weights, int64_t outputs, int64_t depth, int bits) {
  std::vector<int> order;
  for (int64_t block = 0; block < outputs; block += 4)
    for (int64_t d = 0; d < depth; ++d)
      for (int64_t o = block; o < block + 4 && o < outputs; ++o)
        order.push_back(weights.at(o * depth + d) + (1 << (bits - 1)));
  std::vector<T> elements;
  for (std::size_t i = 0; i < order.size(); i += 4) {
    unsigned element = 0;
    for (std::size_t j = 0; j < 4 && i + j < order.size(); ++j)
      element += static_cast<unsigned>(order[i + j]) << (bits * j);
    elements.push_back(static_cast<T>(element));
  }
  return elements;
}

} // namespace burin::reference

#endif
