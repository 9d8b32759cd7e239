// Exact numbers of executed instructions, by our plug-in of QEMU (count_plugin.c).
#ifndef BURIN_COMPILER_BENCH_COUNT_H
#define BURIN_COMPILER_BENCH_COUNT_H

#include "codegen/Library.h"
#include "compiler/bench/ElfFile.h"
#include "compiler/verify/Toolchain.h"

namespace burin {

struct LayerCount {
  int64_t instructions = 0, calls = 0;
};

struct FunctionCount {
  std::string name; ///< empty: code that is no function by its symbols
  int64_t instructions = 0;
};

struct InstructionCounts {
  int64_t total = 0;                    ///< of one inference: the library, and what it calls of the C library
  std::vector<LayerCount> layers;       ///< of the library's working layers, with the kernels that they call
  int64_t between = 0;                  ///< of `total`: what calls the layers
  std::vector<FunctionCount> functions; ///< each by itself, the longest first; their sum is `total`
  std::vector<std::string> inlined;     ///< layers that the compiler made no function of: a part of `between`
};

/// Counts one inference of a library in a program that was built with a driver of `burin bench`.
class InstructionCounter {
public:
  /// `source`: of the driver. BRN1809 (the plug-in isn't there).
  static std::optional<InstructionCounter> prepare(const codegen::Library &library, const std::string &source,
                                                   const TemporaryFolder &folder, DiagnosticSink &sink);

  /// What the emulator is to be given in front of its own flags.
  std::vector<std::string> emulatorFlags() const;

  /// Reads what the plug-in has written. BRN1809 (nothing).
  std::optional<InstructionCounts> counts(DiagnosticSink &sink) const;

private:
  /// What the plug-in knows a function as; the numbers are those of count_plugin.c.
  enum Kind { Plain, Caller, Layer };
  struct Function {
    std::string name;
    Kind kind = Plain;
    bool isDriver = false;
    std::optional<size_t> layer;
  };

  InstructionCounter(const codegen::Library &library, const TemporaryFolder &folder)
      : library(&library), folder(&folder) {}
  void classify(const ElfFile &program, const ElfFile &driver);

  const codegen::Library *library;
  const TemporaryFolder *folder;
  std::vector<Function> functions; ///< of the program, in the order of their addresses
  std::vector<std::string> inlined;
  uint64_t reset = 0, begin = 0, end = 0; ///< addresses
};

} // namespace burin

#endif
