// What the command line says about samples: --data, --labels, and how they are prepared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>

namespace burin {

/// As given, not yet checked: `parsePreparation` and `SampleSet::open` do that. Empty: not given.
struct SampleOptions {
  std::filesystem::path data{};   ///< --data: a file or a folder; what it may hold is said at `SampleSet::open`
  std::filesystem::path labels{}; ///< --labels: .npy of integers, or text with one integer a line
  int64_t count = 0;              ///< --samples: this many of them, spread evenly; 0: all
  std::string layout{};           ///< --layout: of arrays, "nchw" or "nhwc"; empty: found out where it is unambiguous

  std::string resize{};   ///< --resize: "HxW", images only
  std::string crop{};     ///< --crop: "HxW" from the centre, images only
  std::string channels{}; ///< --channels: "rgb", "bgr" or "gray", images only
  std::string scale{};    ///< --scale: a number or a quotient, "1/255"
  std::string mean{};     ///< --mean: a number, or one per channel: "0.485,0.456,0.406"
  std::string std{};      ///< --std: likewise, not 0
  std::string rate{};     ///< --rate: in Hz, wav only
  std::string hop{};      ///< --hop: frames from one window of a recording to the next, wav only
};

} // namespace burin
