// ONNX's tensor files. (`.npy` is in Npy.cpp.)
#include "frontend/tensors/TensorFiles.h"
#include "frontend/tensors/Files.h"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <onnx/onnx-data_pb.h>

using namespace burin;

/// Whether `bytes` are a SequenceProto or an OptionalProto. Their fields 1 to 3 have other types in TensorProto, but
/// protobuf may parse them as one all the same; so this is asked when no tensor was found.
static bool isSequenceOrOptional(const char *bytes, int size) {
  onnx::SequenceProto sequence;
  if (sequence.ParseFromArray(bytes, size) && sequence.has_elem_type() &&
      (sequence.has_name() || sequence.tensor_values_size() > 0))
    return true;
  onnx::OptionalProto optional;
  return optional.ParseFromArray(bytes, size) && optional.has_elem_type() &&
         (optional.has_name() || optional.has_tensor_value());
}

std::optional<HostTensor> burin::readTensorPb(const std::filesystem::path &path, DiagnosticSink &sink) {
  std::unique_ptr<llvm::MemoryBuffer> buffer = readFileBytes(path, sink);
  if (!buffer)
    return std::nullopt;
  const char *bytes = buffer->getBufferStart();
  int size = static_cast<int>(buffer->getBufferSize());
  ContextSink here(sink, path.filename().string());
  onnx::TensorProto proto;
  CollectingSink problems;
  bool isParsed = proto.ParseFromArray(bytes, size);
  if (isParsed && size > 0)
    if (std::optional<HostTensor> tensor = fromTensorProto(proto, problems))
      return tensor;

  bool hasData = proto.has_raw_data() || proto.string_data_size() > 0;
  if (!hasData && isSequenceOrOptional(bytes, size))
    here.handle({.code = "BRN1011", .message = "the file holds a sequence or an optional, not a tensor"});
  else if (problems.diagnostics.empty() || proto.data_type() == 0)
    here.handle({.code = "BRN1009",
                 .message = "the file is not a tensor in ONNX's protobuf format",
                 .facts = {fmt::format("size  {} bytes", size)}});
  else
    here.handle(problems.diagnostics.front());
  return std::nullopt;
}

bool burin::writeTensorPb(const std::filesystem::path &path, const HostTensor &tensor, DiagnosticSink &sink) {
  return writeFileBytes(path, toTensorProto(tensor).SerializeAsString(), sink);
}

/// k of "input_k.pb".
static std::optional<int> numberIn(std::string_view fileName, std::string_view prefix) {
  constexpr std::string_view suffix = ".pb";
  if (!fileName.starts_with(prefix) || !fileName.ends_with(suffix) || fileName.size() <= prefix.size() + suffix.size())
    return std::nullopt;
  fileName.remove_prefix(prefix.size());
  fileName.remove_suffix(suffix.size());
  int number;
  auto [end, failure] = std::from_chars(fileName.begin(), fileName.end(), number);
  if (failure != std::errc() || end != fileName.end() || number < 0)
    return std::nullopt;
  return number;
}

static bool readNumbered(const std::filesystem::path &folder, std::vector<int> numbers, std::string_view prefix,
                         std::vector<HostTensor> &tensors, DiagnosticSink &sink) {
  std::sort(numbers.begin(), numbers.end());
  for (int i = 0; i < static_cast<int>(numbers.size()); ++i) {
    if (numbers[static_cast<size_t>(i)] != i) {
      sink.handle({.code = "BRN1012",
                   .message = fmt::format("{} has no {}{}.pb, but one with a higher number", quoteName(folder.string()),
                                          prefix, i)});
      return false;
    }
    std::optional<HostTensor> tensor = readTensorPb(folder / fmt::format("{}{}.pb", prefix, i), sink);
    if (!tensor)
      return false;
    tensors.push_back(std::move(*tensor));
  }
  return true;
}

std::optional<TestDataSet> burin::readTestDataSet(const std::filesystem::path &folder, DiagnosticSink &sink) {
  std::error_code failure;
  std::vector<int> inputs, outputs;
  for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    std::string fileName = entry->path().filename().string();
    if (auto number = numberIn(fileName, "input_"))
      inputs.push_back(*number);
    else if (auto number = numberIn(fileName, "output_"))
      outputs.push_back(*number);
  }
  if (failure) {
    sink.handle({.code = "BRN1012",
                 .message = fmt::format("cannot list {}: {}", quoteName(folder.string()), failure.message())});
    return std::nullopt;
  }
  TestDataSet set;
  if (!readNumbered(folder, std::move(inputs), "input_", set.inputs, sink) ||
      !readNumbered(folder, std::move(outputs), "output_", set.outputs, sink))
    return std::nullopt;
  return set;
}
