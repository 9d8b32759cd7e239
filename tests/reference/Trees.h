// Naive twins of decision trees and of what surrounds models of machine learning.
#ifndef BURIN_TESTS_REFERENCE_TREES_H
#define BURIN_TESTS_REFERENCE_TREES_H

#include <cmath>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace burin::reference {

/// A decision tree as a tree: an inner node has two children, a leaf weights for targets.
struct Tree {
  uint32_t feature = 0;
  double threshold = 0;
  bool whenLess = false, whenEqual = false, whenGreater = false, whenNan = false; ///< outcomes that go to `yes`
  std::unique_ptr<Tree> yes, no;
  std::vector<std::pair<uint32_t, double>> weights;
};

/// The leaf that x reaches.
template <typename T> const Tree &leafOf(const Tree &tree, const T *x) {
  if (!tree.yes)
    return tree;
  const double v = static_cast<double>(x[tree.feature]);
  const bool yes = std::isnan(v)         ? tree.whenNan
                   : v < tree.threshold  ? tree.whenLess
                   : v == tree.threshold ? tree.whenEqual
                                         : tree.whenGreater;
  return leafOf(yes ? *tree.yes : *tree.no, x);
}

/// The place of `v` among `keys`, their number if it isn't one; NaN equals NaN.
template <typename T> int32_t placeOf(const std::vector<T> &keys, T v) {
  for (std::size_t i = 0; i < keys.size(); ++i)
    if (keys[i] == v || (v != v && keys[i] != keys[i]))
      return static_cast<int32_t>(i);
  return static_cast<int32_t>(keys.size());
}

} // namespace burin::reference

#endif
