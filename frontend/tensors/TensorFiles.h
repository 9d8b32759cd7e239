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

/// Writes version 1, as numpy does. BRN1010 for types that numpy doesn't have (bfloat16, float8, and those under 8
/// bits); BRN1601 if the file can't be written.
bool writeNpy(const std::filesystem::path &path, const HostTensor &tensor, DiagnosticSink &sink);

} // namespace burin
