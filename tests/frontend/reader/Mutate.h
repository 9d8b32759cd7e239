// Random damage to models, reproducible from a seed.
#pragma once

#include <onnx/onnx_pb.h>
#include <random>
#include <string>

namespace burin {

/// The same numbers everywhere: std::mt19937_64 is fixed by the standard, its distributions aren't.
class Random {
public:
  explicit Random(uint64_t seed) : engine(seed) {}
  uint64_t bits() { return engine(); }
  /// 0 … count − 1.
  size_t below(size_t count) { return static_cast<size_t>(engine() % count); }
  bool oneIn(size_t count) { return below(count) == 0; }

private:
  std::mt19937_64 engine;
};

/// Flips bits, cuts, inserts, and copies pieces to other places.
void mutateBytes(std::string &bytes, Random &random);

/// Changes one to four fields somewhere in `model`, through protobuf's reflection: numbers, names, and the presence,
/// number and order of messages.
void mutateModel(onnx::ModelProto &model, Random &random);

} // namespace burin
