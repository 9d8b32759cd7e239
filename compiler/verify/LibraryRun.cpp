#include "compiler/verify/LibraryRun.h"

#include "compiler/Boundary.h"
#include "compiler/TimeStream.h"
#include "compiler/verify/Driver.h"

#include <cstring>
#include <numeric>

namespace burin {

namespace {

void append(std::vector<char> &out, const void *p, size_t n) {
  const auto *c = static_cast<const char *>(p);
  out.insert(out.end(), c, c + n);
}

void append(std::vector<char> &out, const std::vector<char> &bytes) { append(out, bytes.data(), bytes.size()); }

} // namespace

std::optional<std::vector<char>> driverInput(Compilation &c, const codegen::Library &library,
                                             const std::vector<HostTensor> &inputs, const std::vector<int64_t> &sizes,
                                             DiagnosticSink &sink) {
  std::vector<char> body;
  for (int64_t size : sizes) {
    const auto value = static_cast<uint32_t>(size);
    append(body, &value, sizeof value);
  }
  const std::vector<codegen::Tensor> takes = c.hasSizes() ? programInputs(c.program(), sizes) : library.inputs;
  std::vector<size_t> order(inputs.size());
  std::iota(order.begin(), order.end(), 0);
  // An input that comes row by row is read when the others are there.
  llvm::stable_sort(order,
                    [&](size_t a, size_t b) { return !library.inputs[a].isPushed && library.inputs[b].isPushed; });
  for (size_t i : order) {
    const codegen::Tensor as = c.stream ? windowOf(*c.stream, takes[i]) : takes[i];
    std::optional<std::vector<char>> bytes = toLibrary(inputs[i], as, sink);
    if (!bytes)
      return std::nullopt;
    if (c.stream) {
      append(body, stepsOf(*c.stream, as, *bytes));
      continue;
    }
    bytes->resize(static_cast<size_t>(nn::byteSize(library.inputs[i].type)), static_cast<char>(0xA5));
    for (int64_t time = library.inputs[i].isPushed ? library.pushed->times : 1; time > 0; --time)
      append(body, *bytes);
  }
  return body;
}

LibraryRun driverOutput(Compilation &c, const codegen::Library &library, const std::vector<char> &out, size_t &at) {
  LibraryRun run;
  run.tensors = library.outputs;
  if (c.hasSizes()) {
    for (size_t i = 0; i < library.sizes->symbols().size(); ++i) {
      uint32_t value = 0;
      std::memcpy(&value, out.data() + at, sizeof value);
      const int64_t most = library.sizes->table().quantities[i].max;
      run.sizes.push_back(std::min<int64_t>(value, most));
      at += sizeof value;
    }
    run.tensors = programOutputs(c.program(), run.sizes);
  }
  for (size_t i = 0; i < run.tensors.size(); ++i) {
    const auto bytes = static_cast<size_t>(nn::byteSize(run.tensors[i].type));
    run.outputs.emplace_back(out.begin() + static_cast<ptrdiff_t>(at),
                             out.begin() + static_cast<ptrdiff_t>(at + bytes));
    at += static_cast<size_t>(nn::byteSize(library.outputs[i].type));
  }
  return run;
}

uint32_t callsOfSample(const Compilation &c) { return static_cast<uint32_t>(c.stream ? c.stream->steps() : 1); }

std::vector<codegen::File> librarySources(const codegen::Library &library) {
  const std::string &name = library.info.name;
  std::vector<codegen::File> files = {{name + ".h", codegen::printHeader(library)},
                                      {name + ".c", codegen::printSource(library)}};
  llvm::append_range(files, codegen::printWeights(library));
  return files;
}

bool buildDriven(const Target &target, const std::string &compiler, const codegen::Library &library,
                 const TemporaryFolder &folder, DiagnosticSink &sink) {
  const std::string &name = library.info.name;
  std::vector<codegen::File> files = librarySources(library);
  files.push_back(printDriver(library));
  std::vector<std::string> sources = codegen::weightSources(library);
  sources.push_back(name + "_driver.c");
  return TargetProgram::build(target, compiler, files, sources, folder, sink);
}

std::optional<LibraryRun> runLibrary(Compilation &c, const codegen::Library &library, const TemporaryFolder &folder,
                                     const std::vector<HostTensor> &inputs, const std::vector<int64_t> &sizes,
                                     DiagnosticSink &sink) {
  std::optional<std::vector<char>> body = driverInput(c, library, inputs, sizes, sink);
  if (!body)
    return std::nullopt;
  const uint32_t calls = callsOfSample(c);
  LibraryRun runs[2];
  for (DriverMode mode : {DriverMode::Run, DriverMode::Poison}) {
    const uint32_t head[2] = {static_cast<uint32_t>(mode), calls};
    std::vector<char> in;
    append(in, head, sizeof head);
    append(in, *body);
    std::optional<std::vector<char>> out = TargetProgram::run(*c.target, folder, in, sink);
    if (!out)
      return std::nullopt;
    for (size_t at = 0, call = 0; call < calls; ++call) // what the last one gave is kept
      runs[static_cast<uint32_t>(mode)] = driverOutput(c, library, *out, at);
  }
  if (runs[0].outputs != runs[1].outputs) {
    sink.handle({.code = "BRN1807",
                 .model = c.model.name,
                 .message = "the poison build gives other outputs: the memory plan reuses bytes that are still needed",
                 .fix = "this is a defect of burin: please report the model"});
    return std::nullopt;
  }
  return std::move(runs[0]);
}

std::optional<std::vector<LibraryRun>> runSamples(Compilation &c, const codegen::Library &library,
                                                  const TemporaryFolder &folder,
                                                  const std::vector<std::vector<HostTensor>> &samples,
                                                  unsigned processes, DiagnosticSink &sink) {
  const size_t parts = std::min<size_t>(std::max(processes, 1u), samples.size());
  std::vector<std::vector<char>> ins;
  std::vector<size_t> firsts;
  for (size_t part = 0; part <= parts; ++part)
    firsts.push_back(samples.size() * part / parts);
  for (size_t part = 0; part < parts; ++part) {
    const uint32_t head[2] = {static_cast<uint32_t>(DriverMode::Run),
                              static_cast<uint32_t>(firsts[part + 1] - firsts[part])};
    std::vector<char> &in = ins.emplace_back();
    append(in, head, sizeof head);
    for (size_t i = firsts[part]; i < firsts[part + 1]; ++i) {
      std::optional<std::vector<char>> body = driverInput(c, library, samples[i], {}, sink);
      if (!body)
        return std::nullopt;
      append(in, *body);
    }
  }
  std::optional<std::vector<std::vector<char>>> outs = TargetProgram::runAll(*c.target, folder, ins, sink);
  if (!outs)
    return std::nullopt;
  std::vector<LibraryRun> runs;
  for (size_t part = 0; part < parts; ++part)
    for (size_t i = firsts[part], at = 0; i < firsts[part + 1]; ++i)
      runs.push_back(driverOutput(c, library, (*outs)[part], at));
  return runs;
}

} // namespace burin
