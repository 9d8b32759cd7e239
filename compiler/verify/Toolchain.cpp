#include "compiler/verify/Toolchain.h"

#include "compiler/Progress.h"
#include "compiler/verify/Embedded.h"
#include "frontend/tensors/Files.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"

#include <cstdlib>
#include <unistd.h>

namespace burin {
namespace fs = std::filesystem;

TemporaryFolder::TemporaryFolder() {
  llvm::SmallString<128> path;
  if (!llvm::sys::fs::createUniqueDirectory("burin", path))
    folder = std::string(path);
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  if (!folder.empty())
    fs::remove_all(folder, ignored);
}

namespace {

std::vector<std::string> splitWords(std::string_view text) {
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(text.data(), text.size()).split(parts, ' ', -1, /*KeepEmpty=*/false);
  return {parts.begin(), parts.end()};
}

std::string slurp(const fs::path &path) {
  auto buffer = llvm::MemoryBuffer::getFile(path.string());
  return buffer ? (*buffer)->getBuffer().str() : "";
}

/// The first lines of a tool's output, as facts.
std::vector<std::string> firstLines(llvm::StringRef text, size_t most) {
  std::vector<std::string> out;
  while (!text.empty() && out.size() < most) {
    auto [line, rest] = text.split('\n');
    if (!line.trim().empty())
      out.push_back(line.str());
    text = rest;
  }
  return out;
}

} // namespace

bool hasProgram(const std::string &name) {
  auto program = llvm::sys::findProgramByName(name); // a path comes back as it is
  return program && llvm::sys::fs::can_execute(*program);
}

namespace {

/// A program that was started; what it prints goes to `log`.
struct StartedProgram {
  llvm::sys::ProcessInfo process;
  std::string log;
};

std::optional<StartedProgram> startProgram(const std::vector<std::string> &words, const fs::path &folder) {
  auto program = llvm::sys::findProgramByName(words[0]);
  auto shell = llvm::sys::findProgramByName("sh");
  if (!hasProgram(words[0]) || !shell)
    return std::nullopt;
  // LLVM can't set a working folder: a shell does, with the words passed as arguments, never as text to be parsed.
  std::vector<std::string> full = {"sh", "-c", "cd \"$1\" && shift && exec \"$@\"", "sh", folder.string(), *program};
  full.insert(full.end(), words.begin() + 1, words.end());
  std::vector<llvm::StringRef> args(full.begin(), full.end());
  StartedProgram started{.process = {}, .log = (folder / "tool.log").string()};
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef("/dev/null"), llvm::StringRef(started.log),
                                                llvm::StringRef(started.log)};
  started.process = llvm::sys::ExecuteNoWait(*shell, args, std::nullopt, redirects);
  return started;
}

/// Its exit code. `timeoutSeconds`: nothing: as long as it takes.
int waitFor(const StartedProgram &started, std::optional<unsigned> timeoutSeconds, std::string &output) {
  const int code = llvm::sys::Wait(started.process, timeoutSeconds).ReturnCode;
  output = slurp(started.log);
  return code;
}

} // namespace

std::optional<int> runProgram(const std::vector<std::string> &words, const fs::path &folder, const std::string &doing,
                              std::string &output, unsigned timeoutSeconds) {
  const Progress progress(doing);
  const std::optional<StartedProgram> started = startProgram(words, folder);
  return started ? std::optional(waitFor(*started, timeoutSeconds, output)) : std::nullopt;
}

namespace {

/// The folders of headers that `words`, a compiler and its flags, looks in, but for the compiler's own.
std::vector<std::string> headerFolders(std::vector<std::string> words, const fs::path &folder) {
  words.insert(words.end(), {"-E", "-v", "-xc", "/dev/null"});
  std::string output;
  runProgram(words, folder, "asking " + words[0] + " for its headers", output);
  std::vector<std::string> folders;
  bool listed = false;
  for (llvm::StringRef line : llvm::split(output, '\n')) {
    listed = (listed || line.starts_with("#include <")) && !line.starts_with("End of search");
    if (!listed || !line.trim().starts_with("/"))
      continue;
    const fs::path path = fs::path(line.trim().str()).lexically_normal();
    if (path.string().find("/lib/gcc/") == std::string::npos)
      folders.push_back(path.string());
  }
  return folders;
}

/// As CFLAGS in make: the last word on optimisation and sanitizers.
std::vector<std::string> environmentFlags() {
  const char *flags = std::getenv("BURIN_CFLAGS");
  return flags ? splitWords(flags) : std::vector<std::string>();
}

void append(std::vector<std::string> &words, const std::vector<std::string> &more) {
  words.insert(words.end(), more.begin(), more.end());
}

/// The first C compiler that there is here, for programs that run here.
std::string hostCompiler() {
  for (const char *candidate : {"cc", "gcc", "clang", "clang-22"})
    if (hasProgram(candidate))
      return candidate;
  return "cc";
}

} // namespace

std::optional<Toolchain> Toolchain::find(const Target &target, const std::string &compiler, DiagnosticSink &sink) {
  Toolchain found(target);
  const std::string own = target.compiler.empty() ? hostCompiler() : std::string(target.compiler);
  const std::string chosen = compiler.empty() ? own : compiler;
  found.compiling = {chosen};
  found.linking = {chosen};
  // A clang compiles for every machine, but the C library and its linker script are known to a gcc of the target.
  if (!target.compiler.empty() && llvm::StringRef(fs::path(chosen).filename().string()).contains("clang")) {
    found.linking = splitWords(target.linker);
    if (target.linker.empty()) {
      found.linking = {own};
      append(found.linking, splitWords(target.flags));
    }
  }
  for (const std::string &needed : {chosen, found.linking.front()})
    if (!hasProgram(needed)) {
      sink.handle({.code = "BRN1801",
                   .message = "there is no C compiler " + quoteName(needed) + " for target " + std::string(target.name),
                   .fix = "install " + std::string(target.packages) + ", or name a compiler with --cc"});
      return std::nullopt;
    }
  if (!found.isForeign())
    return found;
  const TemporaryFolder folder;
  const llvm::StringRef gcc = found.linking.front();
  found.compiling.push_back("--target=" + gcc.substr(0, gcc.rfind('-')).str());
  for (const std::string &headers : headerFolders(found.linking, folder.path()))
    append(found.compiling, {"-isystem", headers});
  return found;
}

std::vector<std::string> Toolchain::flagsWith(const std::optional<std::string> &flags) const {
  std::vector<std::string> words = splitWords(target->flags);
  if (flags) {
    llvm::erase_if(words, [](const std::string &word) { return llvm::StringRef(word).starts_with("-O"); });
    append(words, splitWords(*flags));
  }
  return words;
}

bool Toolchain::run(std::vector<std::string> words, const TemporaryFolder &folder, DiagnosticSink &sink) const {
  std::string output;
  const std::optional<int> code = runProgram(words, folder.path(), "building the library with " + words[0], output);
  if (code == 0)
    return true;
  sink.handle({.code = "BRN1803",
               .message = words[0] + " could not build the library for target " + std::string(target->name),
               .facts = firstLines(output, 8),
               .fix = "if the library doesn't fit the emulated board, verify on target c99"});
  return false;
}

bool Toolchain::compileWith(std::vector<std::string> words, const std::string &source, const TemporaryFolder &folder,
                            DiagnosticSink &sink) const {
  append(words, environmentFlags());
  append(words, {"-std=c99", "-ffunction-sections", "-c", source, "-o", source + ".o"});
  return run(std::move(words), folder, sink);
}

bool Toolchain::compile(const std::vector<std::string> &sources, const std::optional<std::string> &flags,
                        const TemporaryFolder &folder, DiagnosticSink &sink) const {
  std::vector<std::string> words = compiling;
  for (std::string &flag : flagsWith(flags))
    if (!isForeign() || !llvm::StringRef(flag).starts_with("--specs=")) // gcc's alone
      words.push_back(std::move(flag));
  return llvm::all_of(sources, [&](const std::string &source) { return compileWith(words, source, folder, sink); });
}

bool Toolchain::link(const std::vector<std::string> &sources, const std::optional<std::string> &flags,
                     const TemporaryFolder &folder, DiagnosticSink &sink) const {
  std::vector<std::string> words = linking, objects;
  if (!isForeign())
    append(words, flagsWith(flags));
  for (const EmbeddedFile &board : boardFiles(target->board)) {
    const std::string name(board.name);
    if (!writeFileBytes(folder.path() / name, board.text, sink) ||
        (board.name.ends_with(".c") && !compileWith(words, name, folder, sink)))
      return false;
    if (board.name.ends_with(".c"))
      objects.push_back(name + ".o");
  }
  if (!isForeign())
    append(words, environmentFlags());
  append(words, {"-Wl,--gc-sections", "-o", "program"});
  for (const std::string &source : sources)
    words.push_back(source + ".o");
  append(words, objects);
  append(words, splitWords(target->linkFlags));
  return run(std::move(words), folder, sink);
}

std::string Toolchain::version(const TemporaryFolder &folder) const {
  std::string output;
  runProgram({compiling.front(), "--version"}, folder.path(), "asking the compiler for its version", output);
  const std::vector<std::string> lines = firstLines(output, 1);
  return lines.empty() ? compiling.front() : lines.front();
}

bool TargetProgram::build(const Target &target, const std::string &compiler, const std::vector<codegen::File> &files,
                          const std::vector<std::string> &sources, const TemporaryFolder &folder,
                          DiagnosticSink &sink) {
  for (const codegen::File &file : files)
    if (!writeFileBytes(folder.path() / file.name, file.text, sink))
      return false;
  const std::optional<Toolchain> toolchain = Toolchain::find(target, compiler, sink);
  return toolchain && toolchain->compile(sources, std::nullopt, folder, sink) &&
         toolchain->link(sources, std::nullopt, folder, sink);
}

namespace {

/// The words that run `program`, natively or in the target's emulator.
std::vector<std::string> wordsToRun(const Target &target, const fs::path &program,
                                    const std::vector<std::string> &more = {}) {
  if (target.emulator.empty())
    return {program.string()};
  std::vector<std::string> words{std::string(target.emulator)};
  append(words, more);
  for (std::string &flag : splitWords(target.emulatorFlags))
    words.push_back(std::move(flag));
  words.push_back(program.filename().string());
  return words;
}

/// What a run left in its folder; BRN1806 if it failed. No code: it couldn't be started.
std::optional<std::vector<char>> resultOf(const Target &target, const fs::path &folder, std::optional<int> code,
                                          const std::string &output, DiagnosticSink &sink) {
  if (code != 0) {
    sink.handle({.code = "BRN1806",
                 .message = code ? "the library's test program ended with code " + std::to_string(*code)
                                 : "there is no emulator " + quoteName(std::string(target.emulator)),
                 .facts = firstLines(output, 8),
                 .fix = code ? "this is a defect of burin: please report the model"
                             : "install " + std::string(target.packages)});
    return std::nullopt;
  }
  const std::string bytes = slurp(folder / "verify.out");
  return std::vector<char>(bytes.begin(), bytes.end());
}

bool writeInput(const fs::path &folder, const std::vector<char> &in, DiagnosticSink &sink) {
  return writeFileBytes(folder / "verify.in", std::string_view(in.data(), in.size()), sink);
}

} // namespace

std::optional<std::vector<char>> TargetProgram::run(const Target &target, const TemporaryFolder &folder,
                                                    const std::vector<char> &in, DiagnosticSink &sink,
                                                    const std::vector<std::string> &emulatorFlags) {
  if (!writeInput(folder.path(), in, sink))
    return std::nullopt;
  std::string output;
  const std::optional<int> code = runProgram(wordsToRun(target, folder.path() / "program", emulatorFlags),
                                             folder.path(), "running the library", output);
  return resultOf(target, folder.path(), code, output, sink);
}

std::optional<std::vector<std::vector<char>>> TargetProgram::runAll(const Target &target, const TemporaryFolder &folder,
                                                                    const std::vector<std::vector<char>> &ins,
                                                                    DiagnosticSink &sink) {
  const Progress progress("running the library");
  std::vector<fs::path> folders;
  for (const std::vector<char> &in : ins) {
    const fs::path own = folder.path() / ("process_" + std::to_string(folders.size()));
    std::error_code error;
    fs::create_directory(own, error);
    if (!fs::exists(own / "program", error))
      fs::create_hard_link(folder.path() / "program", own / "program", error);
    if (!writeInput(own, in, sink))
      return std::nullopt;
    folders.push_back(own);
  }
  std::vector<std::optional<StartedProgram>> started;
  for (const fs::path &own : folders)
    started.push_back(startProgram(wordsToRun(target, own / "program"), own));
  std::vector<std::optional<std::vector<char>>> results; // of all, so that none is left running
  for (size_t i = 0; i < started.size(); ++i) {
    std::string output;
    const std::optional<int> code =
        started[i] ? std::optional(waitFor(*started[i], std::nullopt, output)) : std::nullopt;
    results.push_back(resultOf(target, folders[i], code, output, sink));
  }
  std::vector<std::vector<char>> outs;
  for (std::optional<std::vector<char>> &result : results) {
    if (!result)
      return std::nullopt;
    outs.push_back(std::move(*result));
  }
  return outs;
}

} // namespace burin
