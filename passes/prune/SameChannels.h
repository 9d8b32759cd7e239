// Channels of a group that hold the same values for every input, since they are computed alike.
#ifndef BURIN_PASSES_PRUNE_SAMECHANNELS_H
#define BURIN_PASSES_PRUNE_SAMECHANNELS_H

#include "passes/prune/ChannelGroups.h"

#include <string>
#include <vector>

namespace burin::nn {

/// Per channel of `group` all that its values depend on besides what all channels read: its weights, their scales and
/// zero points, its biases and other constants, of every operator that makes the values. Channels with equal keys are
/// equal.
std::vector<std::string> channelKeys(const ChannelGroup &group);

} // namespace burin::nn

#endif
