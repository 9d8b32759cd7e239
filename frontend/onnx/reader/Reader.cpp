#include "frontend/onnx/reader/Reader.h"
#include "frontend/onnx/reader/Checks.h"
#include "frontend/onnx/reader/FileKind.h"
#include "frontend/onnx/reader/Wire.h"
#include "frontend/tensors/Files.h"

#include <fmt/format.h>
#include <google/protobuf/io/coded_stream.h>
#include <llvm/ADT/StringExtras.h>
#include <llvm/Support/SHA256.h>

using namespace burin;

namespace {
/// Names the model, and passes on the first errors only: a damaged file may have millions.
class ReaderSink : public DiagnosticSink {
public:
  ReaderSink(DiagnosticSink &next, std::string model) : next(next, std::move(model)) {}

  void handle(const Diagnostic &diagnostic) override {
    constexpr unsigned maxErrors = 10;
    DiagnosticSink::handle(diagnostic);
    if (errorCount() <= maxErrors)
      next.handle(diagnostic);
  }

private:
  ContextSink next;
};
} // namespace

static bool parse(std::string_view bytes, onnx::ModelProto &proto) {
  // Three levels of messages for each level of subgraphs; protobuf's default (100) would reject what BRN1109 explains.
  constexpr int maxRecursion = 6 * maxNesting;
  google::protobuf::io::CodedInputStream stream(reinterpret_cast<const uint8_t *>(bytes.data()),
                                                static_cast<int>(bytes.size()));
  stream.SetRecursionLimit(maxRecursion);
  return proto.ParseFromCodedStream(&stream) && stream.ConsumedEntireMessage();
}

static std::string sha256(std::string_view bytes) {
  llvm::SHA256 hash;
  hash.update(llvm::StringRef(bytes));
  return llvm::toHex(hash.final(), /*LowerCase=*/true);
}

/// Parses and hashes. After it the bytes are no longer needed.
static bool load(std::string_view bytes, Model &model, DiagnosticSink &sink) {
  if (bytes.size() > maxFileBytes) {
    sink.handle({.code = "BRN1005", .message = "the model has more bytes than protobuf allows"});
    return false;
  }
  // Smaller files can't do much harm, and reading them is to take milliseconds.
  constexpr uint64_t maxParsedBytes = uint64_t{1} << 33, harmlessBytes = uint64_t{1} << 24;
  if (bytes.size() > harmlessBytes &&
      parsedBytes(bytes, *onnx::ModelProto::descriptor(), maxParsedBytes) > maxParsedBytes) {
    sink.handle(
        {.code = "BRN1005",
         .message = "the model would need too much memory",
         .facts = {fmt::format("file   {} bytes", bytes.size()), fmt::format("limit  {} bytes", maxParsedBytes)}});
    return false;
  }
  bool isParsed = parse(bytes, model.proto);
  bool isModel = model.proto.has_ir_version() || model.proto.opset_import_size() > 0 || model.proto.has_graph();
  if (!isParsed || !isModel) {
    sink.handle(explainUnparsable(bytes));
    return false;
  }
  if (!model.proto.has_graph()) {
    sink.handle({.code = "BRN1004", .message = "the model has no graph"});
    return false;
  }
  model.sha256 = sha256(bytes);
  model.proto.clear_training_info();
  return true;
}

static bool check(Model &model, DiagnosticSink &sink) {
  ExternalData external(model.path.parent_path(), sink);
  return collectFunctions(model, external, sink) && checkContents(model, external, sink) && checkCalls(model, sink) &&
         checkNames(model, sink);
}

static Model modelAt(const std::filesystem::path &path) {
  Model model;
  model.path = path;
  model.name = path.filename().string();
  return model;
}

std::optional<Model> burin::readModelFromBytes(std::string_view bytes, const std::filesystem::path &path,
                                               DiagnosticSink &sink) {
  std::optional<Model> model = modelAt(path);
  ReaderSink here(sink, model->name);
  if (!load(bytes, *model, here) || !check(*model, here))
    return std::nullopt;
  return model;
}

std::optional<Model> burin::readModel(const std::filesystem::path &path, DiagnosticSink &sink) {
  std::optional<Model> model = modelAt(path);
  ReaderSink here(sink, model->name);
  std::unique_ptr<llvm::MemoryBuffer> buffer = readFileBytes(path, here);
  if (!buffer || !load(textOf(*buffer), *model, here))
    return std::nullopt;
  buffer.reset(); // the checks may load external data
  if (!check(*model, here))
    return std::nullopt;
  return model;
}
