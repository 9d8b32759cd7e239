// Arrays in `.npy` files and `.npz` archives, of which slices are read when they are needed.
#pragma once

#include "frontend/samples/Zip.h"
#include "frontend/tensors/TensorFiles.h"

#include <memory>

namespace burin::samples {

class ArrayFile {
public:
  /// Reads the header of a `.npy` file. Nothing, and BRN1001 or BRN1010.
  static std::optional<ArrayFile> open(const std::filesystem::path &path, DiagnosticSink &sink);

  /// The same for an entry of an archive; a deflated one is unpacked and stays in memory. BRN1014 as well.
  static std::optional<ArrayFile> open(const std::filesystem::path &archive, const ZipEntry &entry,
                                       DiagnosticSink &sink);

  DType dtype() const { return header.dtype; }
  const std::vector<int64_t> &shape() const { return header.shape; }

  /// "x.npy", or "set.npz:x".
  const std::string &name() const { return label; }

  /// All elements; by several threads at once, if wanted. BRN1001.
  std::optional<HostTensor> whole(DiagnosticSink &sink) const;

  /// Those of `index` along the first axis, without that axis. `index` < shape()[0].
  std::optional<HostTensor> slice(size_t index, DiagnosticSink &sink) const;

private:
  std::optional<HostTensor> read(uint64_t firstByte, std::vector<int64_t> shape, DiagnosticSink &sink) const;

  std::filesystem::path path;
  std::string label;
  NpyHeader header; ///< in row-major order
  uint64_t start = 0;
  std::shared_ptr<const std::vector<std::byte>> memory; ///< the elements, if they aren't read from the file
};

} // namespace burin::samples
