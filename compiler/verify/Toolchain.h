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

class TargetProgram {
public:
  /// Compiles and links `sources`, which are among `files`. `compiler`: instead of the target's own. BRN1801 (no
  /// compiler), BRN1803 (it fails, with its words).
  static bool build(const Target &target, const std::string &compiler, const std::vector<codegen::File> &files,
                    const std::vector<std::string> &sources, const TemporaryFolder &folder, DiagnosticSink &sink);

  /// Runs the program: it reads `verify.in`, which holds `in`, and writes `verify.out`. BRN1806 (it crashes or the
  /// emulator is missing).
  static std::optional<std::vector<char>> run(const Target &target, const TemporaryFolder &folder,
                                              const std::vector<char> &in, DiagnosticSink &sink);

  /// The same for each of `ins`, all at once in processes of their own, however long they take.
  static std::optional<std::vector<std::vector<char>>> runAll(const Target &target, const TemporaryFolder &folder,
                                                              const std::vector<std::vector<char>> &ins,
                                                              DiagnosticSink &sink);
};

} // namespace burin

#endif
