#include "ir/plan/StreamOrder.h"

namespace burin::plan {
namespace {

class Stream {
public:
  explicit Stream(const std::vector<StreamLayer> &layers) : layers(layers), done(layers.size(), 0) {}

  bool ended() const {
    for (size_t i = 0; i < layers.size(); ++i)
      if (layers[i].complete && done[i] < layers[i].turns)
        return false;
    return true;
  }

  bool canTake(int layer) const {
    const StreamLayer &l = layers[layer];
    if (done[layer] == l.turns)
      return false;
    for (const StreamRead &read : l.reads)
      if (lacks(read, done[layer]))
        return false;
    return !l.lazy || isMissed(layer);
  }

  int64_t take(int layer) { return done[layer]++; }

private:
  bool lacks(const StreamRead &read, int64_t turn) const {
    const StreamLayer &producer = layers[read.producer];
    const bool allThere = done[read.producer] == producer.turns;
    const int64_t there = allThere ? read.rows : producer.accumulates ? 0 : done[read.producer] * producer.made;
    return there < read.needed(turn);
  }

  /// Whether the next turn of a reader of `layer` lacks a row of it.
  bool isMissed(int layer) const {
    for (size_t i = 0; i < layers.size(); ++i)
      for (const StreamRead &read : layers[i].reads)
        if (read.producer == layer && done[i] < layers[i].turns && lacks(read, done[i]))
          return true;
    return false;
  }

  const std::vector<StreamLayer> &layers;
  std::vector<int64_t> done; ///< turns taken
};

} // namespace

std::vector<StreamTurn> streamOrder(const std::vector<StreamLayer> &layers) {
  Stream stream(layers);
  std::vector<StreamTurn> order;
  while (!stream.ended()) {
    int layer = static_cast<int>(layers.size()) - 1;
    while (layer >= 0 && !stream.canTake(layer))
      --layer;
    if (layer < 0)
      break; // no such stream is made: what is lacking can always be computed
    order.push_back({layer, stream.take(layer)});
  }
  return order;
}

} // namespace burin::plan
