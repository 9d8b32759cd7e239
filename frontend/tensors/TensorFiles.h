// Tensors in files: ONNX's `input_0.pb`, folders of them, and numpy's `.npy`.
#pragma once

#include "frontend/tensors/HostTensor.h"

#include <filesystem>

namespace burin {

/// Reads a serialised TensorProto. BRN1001 (unreadable), BRN1009 (no TensorProto), BRN1011 (a sequence or an optional),
/// and what `fromTensorProto` reports.
std::optional<HostTensor> readTensorPb(const std::filesystem::path &path, DiagnosticSink &sink);

/// False, and BRN1601, if the file can't be written.
bool writeTensorPb(const std::filesystem::path &path, const HostTensor &tensor, DiagnosticSink &sink);

/// The tensors of one call of a model, in the order of the graph's inputs and outputs.
struct TestDataSet {
  std::vector<HostTensor> inputs, outputs;
};

/// Reads `input_0.pb`, `input_1.pb` … and `output_0.pb` … of a `test_data_set_<i>` folder of the ONNX model zoo. Other
/// files are ignored. BRN1012 if the folder can't be listed or a number is missing.
std::optional<TestDataSet> readTestDataSet(const std::filesystem::path &folder, DiagnosticSink &sink);

/// Reads a `.npy` file of version 1, 2 or 3 with a bool, integer, float or complex type of either byte order; Fortran
/// order becomes row-major. BRN1001 (unreadable), BRN1010 (bad header, other type, wrong length). The name is the
/// file's stem. Format: numpy.lib.format.
std::optional<HostTensor> readNpy(const std::filesystem::path &path, DiagnosticSink &sink);

/// The same for bytes in memory, as if they were read from `path`.
std::optional<HostTensor> readNpyBytes(std::string_view bytes, const std::filesystem::path &path, DiagnosticSink &sink);

/// What the beginning of a `.npy` file says.
struct NpyHeader {
  DType dtype = DType::Float32;
  bool isBigEndian = false, isFortranOrder = false;
  std::vector<int64_t> shape;
  uint64_t dataStart = 0; ///< bytes before the first element
};

/// As many bytes as the header of a file that numpy wrote may have.
inline constexpr size_t mostNpyHeaderBytes = size_t{1} << 16;

/// Reads the header from the first bytes (`mostNpyHeaderBytes`, or all) of a file of `fileBytes` bytes, which is as
/// long as the header says. Nothing, and BRN1010, otherwise.
std::optional<NpyHeader> readNpyHeader(std::string_view beginning, uint64_t fileBytes,
                                       const std::filesystem::path &path, DiagnosticSink &sink);

/// Elements as a HostTensor holds them: `data` as they are in the file of `header`, but for their order.
void normaliseNpy(const NpyHeader &header, std::vector<std::byte> &data);

/// Writes version 1, as numpy does. BRN1010 for types that numpy doesn't have (bfloat16, float8, and those under 8
/// bits); BRN1601 if the file can't be written.
bool writeNpy(const std::filesystem::path &path, const HostTensor &tensor, DiagnosticSink &sink);

} // namespace burin
