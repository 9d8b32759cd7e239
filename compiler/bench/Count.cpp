#include "compiler/bench/Count.h"

#include "frontend/tensors/Files.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"

#include <set>

namespace burin {
namespace fs = std::filesystem;

namespace {

constexpr const char *plugin = "count.so", *functionsFile = "functions.txt", *countsFile = "counts.txt";

/// build/lib/burin-count.so beside build/bin/burin, or in the same folder as the program.
fs::path findPlugin() {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error).parent_path();
  for (const fs::path &path : {self.parent_path() / "lib" / "burin-count.so", self / "burin-count.so"})
    if (fs::exists(path, error))
      return path;
  return {};
}

/// The functions of the library that call layers, all loops and streams among them.
std::set<std::string> callersOfLayers(const codegen::Library &library) {
  const std::string &name = library.info.name;
  std::set<std::string> names;
  for (const char *what : {"run", "begin_rows", "push_row", "next_row", "take_row", "do", "do_turn"})
    names.insert(name + "_" + what);
  const std::function<void(const std::vector<codegen::Layer> &)> add = [&](const std::vector<codegen::Layer> &layers) {
    for (const codegen::Layer &layer : layers) {
      if (!layer.inner.empty())
        names.insert(name + "_" + layer.name);
      add(layer.inner);
    }
  };
  add(library.layers);
  return names;
}

std::string hex(uint64_t value) { return "0x" + llvm::utohexstr(value, /*LowerCase=*/true); }

} // namespace

void InstructionCounter::classify(const ElfFile &program, const ElfFile &driver) {
  const std::set<std::string> callers = callersOfLayers(*library);
  std::set<std::string> drivers;
  for (const ElfFunction &f : driver.functions)
    drivers.insert(f.name);
  const std::vector<const codegen::Layer *> layers = codegen::workingLayers(library->layers);
  for (const ElfFunction &f : program.functions) {
    Function &known = functions.emplace_back();
    known.name = f.name;
    const auto layer =
        llvm::find_if(layers, [&](const codegen::Layer *l) { return f.name == library->info.name + "_" + l->name; });
    if (layer != layers.end())
      known.layer = layer - layers.begin();
    known.isDriver = drivers.count(f.name) > 0;
    known.kind = known.layer ? Layer : known.isDriver || callers.count(f.name) ? Caller : Plain;
  }
  for (const codegen::Layer *layer : layers)
    if (!program.find(library->info.name + "_" + layer->name))
      inlined.push_back(layer->name);
}

std::optional<InstructionCounter> InstructionCounter::prepare(const codegen::Library &library,
                                                              const std::string &source, const TemporaryFolder &folder,
                                                              DiagnosticSink &sink) {
  const fs::path path = findPlugin();
  if (path.empty()) {
    sink.handle({.code = "BRN1809",
                 .message = "there is no burin-count.so, the plug-in by which QEMU counts instructions",
                 .fix = "keep it, from build/lib, beside the program or in ../lib; or measure on target c99"});
    return std::nullopt;
  }
  const std::optional<ElfFile> program = ElfFile::read(folder.path() / "program"),
                               driver = ElfFile::read(folder.path() / (source + ".o"));
  InstructionCounter counter(library, folder);
  const ElfFunction *markers[3] = {};
  static constexpr const char *names[3] = {"bench_reset", "bench_begin", "bench_end"};
  for (size_t i = 0; program && i < 3; ++i)
    markers[i] = program->find(names[i]);
  if (!driver || !markers[0] || !markers[1] || !markers[2]) {
    sink.handle({.code = "BRN1809",
                 .message = "the program that the compiler made has no symbols to count by",
                 .fix = "leave out flags that remove symbols or make other files than ELF"});
    return std::nullopt;
  }
  counter.reset = markers[0]->address;
  counter.begin = markers[1]->address;
  counter.end = markers[2]->address;
  counter.classify(*program, *driver);
  std::string lines;
  for (auto [f, known] : llvm::zip(program->functions, counter.functions))
    lines += llvm::utohexstr(f.address) + " " + llvm::utohexstr(f.bytes) + " " + std::to_string(known.kind) + "\n";
  std::error_code error;
  // A link, since the path may have characters that separate words of an emulator's option.
  fs::create_symlink(path, folder.path() / plugin, error);
  if (!writeFileBytes(folder.path() / functionsFile, lines, sink))
    return std::nullopt;
  return counter;
}

std::vector<std::string> InstructionCounter::emulatorFlags() const {
  return {"-plugin", "./" + std::string(plugin) + ",functions=" + functionsFile + ",out=" + countsFile +
                         ",reset=" + hex(reset) + ",begin=" + hex(begin) + ",end=" + hex(end)};
}

std::optional<InstructionCounts> InstructionCounter::counts(DiagnosticSink &sink) const {
  InstructionCounts out;
  out.layers.resize(codegen::workingLayers(library->layers).size());
  out.inlined = inlined;
  auto buffer = llvm::MemoryBuffer::getFile((folder->path() / countsFile).string());
  llvm::StringRef rest = buffer ? (*buffer)->getBuffer() : "";
  size_t lines = 0;
  for (; !rest.empty() && lines <= functions.size(); ++lines) {
    const auto [line, behind] = rest.split('\n');
    rest = behind;
    llvm::SmallVector<llvm::StringRef, 3> words;
    line.split(words, ' ');
    int64_t own = 0, owned = 0, entered = 0;
    if (words.size() != 3 || words[0].getAsInteger(10, own) || words[1].getAsInteger(10, owned) ||
        words[2].getAsInteger(10, entered))
      break;
    const Function code = lines < functions.size() ? functions[lines] : Function();
    if (code.isDriver)
      continue;
    out.total += owned;
    if (own > 0)
      out.functions.push_back({code.name, own});
    if (code.layer)
      out.layers[*code.layer] = {owned, entered};
    else
      out.between += owned;
  }
  if (lines != functions.size() + 1 || out.total == 0) {
    sink.handle({.code = "BRN1809",
                 .message = "QEMU has not counted: it may have been built without plug-ins, or have others than "
                            "version 1 of their interface",
                 .fix = "use QEMU 6 to 8, as Debian has it, or measure on target c99"});
    return std::nullopt;
  }
  llvm::stable_sort(out.functions,
                    [](const FunctionCount &a, const FunctionCount &b) { return a.instructions > b.instructions; });
  return out;
}

} // namespace burin
