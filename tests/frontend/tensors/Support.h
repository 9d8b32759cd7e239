// What the tests of tensors share.
#pragma once

#include "frontend/tensors/HostTensor.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace burin {

/// Expects exactly one error, and returns its code.
inline std::string onlyCode(const CollectingSink &sink) {
  REQUIRE(sink.diagnostics.size() == 1);
  CHECK(sink.diagnostics[0].severity == Severity::Error);
  return sink.diagnostics[0].code;
}

template <typename T> std::vector<T> valuesOf(const HostTensor &tensor) {
  REQUIRE(tensor.data.size() % sizeof(T) == 0);
  std::vector<T> values(tensor.data.size() / sizeof(T));
  std::copy(tensor.data.begin(), tensor.data.end(), reinterpret_cast<std::byte *>(values.data()));
  return values;
}

template <typename T> HostTensor tensorOf(DType dtype, std::vector<T> values) {
  const auto *begin = reinterpret_cast<const std::byte *>(values.data());
  return {dtype, {static_cast<int64_t>(values.size())}, {begin, begin + values.size() * sizeof(T)}, "t"};
}

/// A folder that goes away with this object.
struct TemporaryFolder {
  std::filesystem::path path;

  TemporaryFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "burin-test-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()));
    path = name;
  }
  ~TemporaryFolder() { std::filesystem::remove_all(path); }

  std::filesystem::path write(const std::string &name, std::string_view bytes) const {
    std::ofstream(path / name, std::ios::binary) << bytes;
    return path / name;
  }
};

} // namespace burin
