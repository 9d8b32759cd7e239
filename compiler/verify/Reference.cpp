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

/// The job description that reference.py reads.
std::string describeJob(const fs::path &model, const std::vector<std::string> &names,
                        const std::vector<std::string> &tensors, const fs::path &folder) {
  llvm::json::Object inputs;
  for (size_t i = 0; i < names.size(); ++i)
    inputs[llvm::json::fixUTF8(names[i])] = (folder / ("input_" + std::to_string(i) + ".pb")).string();
  llvm::json::Array wanted;
  for (const std::string &t : tensors)
    wanted.push_back(llvm::json::fixUTF8(t));
  llvm::json::Object job{{"model", fs::absolute(model).string()},
                         {"inputs", std::move(inputs)},
                         {"tensors", std::move(wanted)},
                         {"out", folder.string()}};
  std::string text;
  llvm::raw_string_ostream(text) << llvm::json::Value(std::move(job));
  return text;
}

} // namespace

std::optional<ReferenceRun> runReference(const Model &model, const std::map<std::string, HostTensor> &inputs,
                                         const std::vector<std::string> &tensors, const std::string &python,
                                         DiagnosticSink &sink) {
  const std::string interpreter = findPython(python);
  if (interpreter.empty() || !hasProgram(interpreter))
    return fail(sink, model, "BRN1804",
                "there is no reference: " + (interpreter.empty() ? "no Python with onnxruntime is known"
                                                                 : quoteName(interpreter) + " isn't there"),
                "", "run scripts/setup, or name a Python that has onnx and onnxruntime with --python");
  TemporaryFolder folder;
  std::vector<std::string> names;
  for (const auto &[name, tensor] : inputs) {
    if (!writeTensorPb(folder.path() / ("input_" + std::to_string(names.size()) + ".pb"), tensor, sink))
      return std::nullopt;
    names.push_back(name);
  }
  if (!writeFileBytes(folder.path() / "job.json", describeJob(model.path, names, tensors, folder.path()), sink) ||
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
  ReferenceRun run;
  run.version = result->getString("version").value_or("ONNX Runtime").str();
  for (int64_t k = 0; k < result->getInteger("outputs").value_or(0); ++k) {
    auto tensor = readTensorPb(folder.path() / ("output_" + std::to_string(k) + ".pb"), sink);
    if (!tensor)
      return std::nullopt;
    run.outputs.push_back(std::move(*tensor));
  }
  int k = 0;
  for (const llvm::json::Value &name : *result->getArray("tensors"))
    if (auto tensor = readTensorPb(folder.path() / ("tensor_" + std::to_string(k++) + ".pb"), sink))
      run.tensors[name.getAsString().value_or("").str()] = std::move(*tensor);
  return run;
}

} // namespace burin
