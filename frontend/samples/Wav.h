// Recordings in RIFF WAVE files, as numbers.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string_view>
#include <vector>

namespace burin::samples {

/// Sound: −1 … 1 (floats in the file may exceed it), frame by frame, channels side by side.
struct Recording {
  int64_t rate = 0; ///< frames a second
  int64_t channels = 0;
  std::vector<float> values;
  int64_t frames() const { return channels > 0 ? static_cast<int64_t>(values.size()) / channels : 0; }
};

/// Reads PCM of 8, 16, 24 or 32 bits and floats of 32 or 64, up to 64 channels; of WAVE_FORMAT_EXTENSIBLE the same.
/// Integers are divided by 2^(bits−1), those of 8 bits after 128 is subtracted. A last frame that is cut off is left
/// out, as is what a header promises beyond the file's end. Nothing, and BRN1001 or BRN1016.
std::optional<Recording> readWav(const std::filesystem::path &path, DiagnosticSink &sink);

/// The same for bytes in memory, as if they were read from `path`.
std::optional<Recording> decodeWav(std::string_view bytes, const std::filesystem::path &path, DiagnosticSink &sink);

/// The recording with one channel, the mean of all; or, for two, with both: a single one is doubled. `channels` 1 or 2.
Recording withChannels(const Recording &recording, int64_t channels);

/// At another rate, from the same first instant on: y(k/to) = Σ x(n/from) · h(k/to − n/from), with the low pass
/// h = c · sinc(c · t) · cos²(π t c / 64) over |t| < 32 / c, c = min(1, to / from), t in frames of `from`. There are
/// ⌈frames · to / from⌉ frames; outside the recording x is 0.
Recording resample(const Recording &recording, int64_t rate);

} // namespace burin::samples
