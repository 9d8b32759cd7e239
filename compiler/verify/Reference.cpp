#include "compiler/verify/Reference.h"

#include "compiler/verify/Embedded.h"
#include "compiler/verify/Toolchain.h"
#include "frontend/tensors/Files.h"
#include "frontend/tensors/TensorFiles.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Program.h"

#include <cstdlib>

namespace burin {
namespace fs = std::filesystem;

std::string findPython(const std::string &requested) {
  if (!requested.empty())
    return requested;
  if (const char *fromEnvironment = std::getenv("BURIN_PYTHON"); fromEnvironment && *fromEnvironment)
    return fromEnvironment;
  std::error_code error;
  // build/bin/burin -> build/venv, which scripts/setup makes.
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  const fs::path beside = self.parent_path().parent_path() / "venv" / "bin" / "python";
  return !error && fs::exists(beside, error) ? beside.string() : "";
}

namespace {

std::nullopt_t fail(DiagnosticSink &sink, const Model &model, std::string code, std::string message, std::string fact,
                    std::string fix) {
  Diagnostic d{.code = std::move(code), .model = model.name, .message = std::move(message), .fix = std::move(fix)};
  if (!fact.empty())
    d.facts.push_back(std::move(fact));
  sink.handle(d);
  return std::nullopt;
}

/// Writes the samples' tensors and the job description that reference.py reads.
bool writeJob(const Model &model, const std::vector<ReferenceInputs> &samples, const std::vector<std::string> &tensors,
              const fs::path &folder, DiagnosticSink &sink) {
  llvm::json::Array described;
  for (size_t s = 0; s < samples.size(); ++s) {
    llvm::json::Object inputs;
    for (const auto &[name, tensor] : samples[s]) {
      const fs::path file = folder / ("input_" + std::to_string(s) + "_" + std::to_string(inputs.size()) + ".pb");
      if (!writeTensorPb(file, tensor, sink))
        return false;
      inputs[llvm::json::fixUTF8(name)] = file.string();
    }
    described.push_back(std::move(inputs));
  }
  llvm::json::Array wanted;
  for (const std::string &t : tensors)
    wanted.push_back(llvm::json::fixUTF8(t));
  llvm::json::Object job{{"model", (model.isDerived ? folder / "model.onnx" : fs::absolute(model.path)).string()},
                         {"samples", std::move(described)},
                         {"tensors", std::move(wanted)},
                         {"out", folder.string()}};
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(job));
  return writeFileBytes(folder / "job.json", text, sink);
}

/// What reference.py wrote. `result`: its reference.json.
std::optional<std::vector<ReferenceRun>> readRuns(const llvm::json::Object &result, size_t samples,
                                                  const fs::path &folder, DiagnosticSink &sink) {
  std::vector<ReferenceRun> runs(samples);
  for (size_t s = 0; s < samples; ++s) {
    runs[s].version = result.getString("version").value_or("ONNX Runtime").str();
    for (int64_t k = 0; k < result.getInteger("outputs").value_or(0); ++k) {
      auto tensor = readTensorPb(folder / ("output_" + std::to_string(s) + "_" + std::to_string(k) + ".pb"), sink);
      if (!tensor)
        return std::nullopt;
      runs[s].outputs.push_back(std::move(*tensor));
    }
  }
  int k = 0;
  for (const llvm::json::Value &name : *result.getArray("tensors"))
    if (auto tensor = readTensorPb(folder / ("tensor_" + std::to_string(k++) + ".pb"), sink))
      runs[0].tensors[name.getAsString().value_or("").str()] = std::move(*tensor);
  return runs;
}

} // namespace

std::optional<std::vector<ReferenceRun>> runReferenceOn(const Model &model, const std::vector<ReferenceInputs> &samples,
                                                        const std::vector<std::string> &tensors,
                                                        const std::string &python, DiagnosticSink &sink) {
  const std::string interpreter = findPython(python);
  if (interpreter.empty() || !hasProgram(interpreter))
    return fail(sink, model, "BRN1804",
                "there is no reference: " + (interpreter.empty() ? "no Python with onnxruntime is known"
                                                                 : quoteName(interpreter) + " isn't there"),
                "", "run scripts/setup, or name a Python that has onnx and onnxruntime with --python");
  TemporaryFolder folder;
  if (model.isDerived && !writeFileBytes(folder.path() / "model.onnx", model.proto.SerializeAsString(), sink))
    return std::nullopt;
  if (!writeJob(model, samples, tensors, folder.path(), sink) ||
      !writeFileBytes(folder.path() / "reference.py", referenceScript(), sink))
    return std::nullopt;
  std::string output;
  const std::optional<int> code =
      runProgram({interpreter, "reference.py", "job.json"}, folder.path(), "running the reference", output);
  if (code != 0)
    return fail(sink, model, "BRN1805", "the reference can't run this model", llvm::StringRef(output).trim().str(),
                "give expected outputs with --data DIR, or name another Python with --python");
  auto buffer = llvm::MemoryBuffer::getFile((folder.path() / "reference.json").string());
  auto parsed = buffer ? llvm::json::parse((*buffer)->getBuffer()) : llvm::json::Value(nullptr);
  const llvm::json::Object *result = parsed ? parsed->getAsObject() : nullptr;
  if (!result)
    return fail(sink, model, "BRN1805", "the reference gave no result", "", "run it again");
  return readRuns(*result, samples.size(), folder.path(), sink);
}

std::optional<ReferenceRun> runReference(const Model &model, const ReferenceInputs &inputs,
                                         const std::vector<std::string> &tensors, const std::string &python,
                                         DiagnosticSink &sink) {
  std::optional<std::vector<ReferenceRun>> runs = runReferenceOn(model, {inputs}, tensors, python, sink);
  return runs ? std::optional(std::move(runs->front())) : std::nullopt;
}

} // namespace burin
