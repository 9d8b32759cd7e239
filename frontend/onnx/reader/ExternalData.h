// Weights that lie in files beside the model.
#pragma once

#include "ir/diagnostics/Diagnostics.h"

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <onnx/onnx_pb.h>

namespace burin {

/// Loads external tensors of one model. A model is not trusted: files outside its folder are out of reach, whether by
/// absolute paths, by "..", or by symbolic links.
class ExternalData {
public:
  ExternalData(std::filesystem::path folder, DiagnosticSink &sink) : folder(std::move(folder)), sink(sink) {}

  /// Moves the `bytes` bytes of `tensor` into its `raw_data`. False, and BRN1005 to BRN1008, if they can't be had.
  bool load(onnx::TensorProto &tensor, int64_t bytes);

private:
  struct Place;
  bool parse(const onnx::TensorProto &tensor, Place &place);
  bool resolve(const onnx::TensorProto &tensor, const std::string &location, std::filesystem::path &file);
  bool fits(const onnx::TensorProto &tensor, const Place &place, int64_t bytes);
  bool fail(const onnx::TensorProto &tensor, const char *code, std::string message, std::vector<std::string> facts = {},
            std::string fix = {});

  std::filesystem::path folder;
  DiagnosticSink &sink;
  int64_t totalBytes = 0;
  std::filesystem::path openPath; ///< of `stream`: usually all tensors lie in one file
  std::ifstream stream;
};

} // namespace burin
