// Files that the tests of samples share.
#pragma once

#include "tests/frontend/tensors/Support.h"

#include <bit>
#include <string>
#include <string_view>

namespace burin {

/// A file of MediaFiles.inc.
std::string_view mediaFile(std::string_view name);

/// The low `bytes` bytes of `value`, little-endian.
inline std::string littleEndian(uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i)
    text += static_cast<char>(value >> (8 * i));
  return text;
}

/// A RIFF WAVE file with `data`.
inline std::string wavFile(int tag, int channels, int rate, int bits, const std::string &data) {
  const int frame = channels * bits / 8;
  const std::string format =
      littleEndian(static_cast<uint64_t>(tag), 2) + littleEndian(static_cast<uint64_t>(channels), 2) +
      littleEndian(static_cast<uint64_t>(rate), 4) + littleEndian(static_cast<uint64_t>(rate * frame), 4) +
      littleEndian(static_cast<uint64_t>(frame), 2) + littleEndian(static_cast<uint64_t>(bits), 2);
  const std::string body = "WAVEfmt " + littleEndian(16, 4) + format + "data" + littleEndian(data.size(), 4) + data;
  return "RIFF" + littleEndian(body.size(), 4) + body;
}

/// 16-bit samples.
inline std::string pcm16(const std::vector<int> &values) {
  std::string data;
  for (int value : values)
    data += littleEndian(static_cast<uint64_t>(value), 2);
  return data;
}

/// A .npy file of version 1 with these bytes.
inline std::string npyFile(const std::string &descr, const std::string &shape, const std::string &data,
                           bool isFortranOrder = false) {
  const std::string header = "{'descr': '" + descr + "', 'fortran_order': " + (isFortranOrder ? "True" : "False") +
                             ", 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\x01\x00", 8) + littleEndian(header.size(), 2) + header + data;
}

/// The bytes of numbers.
template <typename T> std::string bytesOf(const std::vector<T> &values) {
  return {reinterpret_cast<const char *>(values.data()), values.size() * sizeof(T)};
}

} // namespace burin
