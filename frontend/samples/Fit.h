// How an array becomes the input of a model: which of its axes are which.
#pragma once

#include "frontend/samples/Preparation.h"
#include "frontend/samples/SampleSet.h"

#include <optional>
#include <span>
#include <vector>

namespace burin::samples {

/// The array is seen as `view` (the same elements, row-major); axis i of what results is axis `perm[i]` of it, or, if
/// `perm` is empty, i itself. That has the elements of `shape`, row-major.
struct Fit {
  enum class Kind {
    Same,      ///< but for axes of size 1
    Ambiguous, ///< the same; but channels could be at the other end as well
    Turned,    ///< channels moved to the other end
    Flat       ///< read as a row-major sequence
  };
  Kind kind = Kind::Same;
  std::vector<int64_t> view, perm, shape;
};

/// An array of shape `data` as an input of shape `wanted`, whose dims may be `anySize`; nothing if it can't be one.
/// Tried in this order: the same axes, where those of size 1 may be missing or too many (`anySize` counts as 1 where
/// the array has no axis for it); channels last where the input has them first, or the other way round; a flat array,
/// or a flat input. `layout` ChannelsLast tries the second before the first; ChannelsFirst doesn't move a last axis.
std::optional<Fit> fitShape(std::span<const int64_t> data, const std::optional<std::vector<int64_t>> &wanted,
                            std::optional<ArrayLayout> layout);

/// Which samples an array holds.
struct ArrayFit {
  bool isOneSample = false; ///< the whole array; otherwise samples lie along its first axis
  Fit fit;                  ///< of one sample
};

/// The whole array, if it has exactly the input's shape; else its slices along the first axis; else the whole as
/// `fitShape` can have it. A first dim that is `anySize` counts as a batch: it doesn't match a whole array.
std::optional<ArrayFit> fitArray(std::span<const int64_t> data, const std::optional<std::vector<int64_t>> &wanted,
                                 std::optional<ArrayLayout> layout);

/// The elements of `tensor`, which has `fit.view`'s number of them, moved to where `fit` has them.
HostTensor arrange(HostTensor tensor, const Fit &fit);

} // namespace burin::samples
