// Builds a C program for a target and runs it here, natively or in the target's emulator.
#ifndef BURIN_COMPILER_VERIFY_TOOLCHAIN_H
#define BURIN_COMPILER_VERIFY_TOOLCHAIN_H

#include "codegen/Library.h"
#include "ir/diagnostics/Diagnostics.h"
#include "ir/targets/Targets.h"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace burin {

/// A folder that is removed with its contents.
class TemporaryFolder {
public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder &) = delete;
  TemporaryFolder &operator=(const TemporaryFolder &) = delete;
  const std::filesystem::path &path() const { return folder; }

private:
  std::filesystem::path folder;
};

/// Whether `name`, a path or a name to look for, is a program that can be run.
bool hasProgram(const std::string &name);

/// Runs `words` in `folder`. Returns the exit code, or nothing if the program can't be started; `output` receives what
/// it printed on both streams. `doing` is what a terminal shows if it takes long.
std::optional<int> runProgram(const std::vector<std::string> &words, const std::filesystem::path &folder,
                              const std::string &doing, std::string &output, unsigned timeoutSeconds = 600);

/// How C is compiled for a target here, and linked.
class Toolchain {
public:
  /// `compiler`: instead of the target's own; a clang then compiles for the target with the headers of the target's own
  /// compiler, which links, or of the target's linker. BRN1801 (no compiler).
  static std::optional<Toolchain> find(const Target &target, const std::string &compiler, DiagnosticSink &sink);

  /// Compiles `sources`, files of `folder`, each to the object `SOURCE.o` beside it. `flags` take the place of the
  /// target's optimisation flags. BRN1803 (the compiler fails, with its words).
  bool compile(const std::vector<std::string> &sources, const std::optional<std::string> &flags,
               const TemporaryFolder &folder, DiagnosticSink &sink) const;

  /// Links the objects of `sources`, and what the target's board needs, to `program`. BRN1803.
  bool link(const std::vector<std::string> &sources, const std::optional<std::string> &flags,
            const TemporaryFolder &folder, DiagnosticSink &sink) const;

  /// What the compiler says it is: the first line of `--version`.
  std::string version(const TemporaryFolder &folder) const;

  /// The words that compile, but for the files.
  const std::vector<std::string> &command() const { return compiling; }
  /// The target's flags, with `flags` in the place of its optimisation flags.
  std::vector<std::string> flagsWith(const std::optional<std::string> &flags) const;

private:
  explicit Toolchain(const Target &target) : target(&target) {}
  bool isForeign() const { return compiling.front() != linking.front(); }
  bool run(std::vector<std::string> words, const TemporaryFolder &folder, DiagnosticSink &sink) const;
  bool compileWith(std::vector<std::string> words, const std::string &source, const TemporaryFolder &folder,
                   DiagnosticSink &sink) const;

  const Target *target;
  std::vector<std::string> compiling; ///< the compiler, and what it needs to compile for the target at all
  std::vector<std::string> linking;   ///< the compiler that links and, if it isn't the same, its flags
};

class TargetProgram {
public:
  /// Compiles and links `sources`, which are among `files`. `compiler`: instead of the target's own. BRN1801 (no
  /// compiler), BRN1803 (it fails, with its words).
  static bool build(const Target &target, const std::string &compiler, const std::vector<codegen::File> &files,
                    const std::vector<std::string> &sources, const TemporaryFolder &folder, DiagnosticSink &sink);

  /// Runs the program: it reads `verify.in`, which holds `in`, and writes `verify.out`. `emulatorFlags`: further ones.
  /// BRN1806 (it crashes or the emulator is missing).
  static std::optional<std::vector<char>> run(const Target &target, const TemporaryFolder &folder,
                                              const std::vector<char> &in, DiagnosticSink &sink,
                                              const std::vector<std::string> &emulatorFlags = {});

  /// The same for each of `ins`, all at once in processes of their own, however long they take.
  static std::optional<std::vector<std::vector<char>>> runAll(const Target &target, const TemporaryFolder &folder,
                                                              const std::vector<std::vector<char>> &ins,
                                                              DiagnosticSink &sink);
};

} // namespace burin

#endif
