// What `burin bench` has measured, and how it is shown.
#ifndef BURIN_COMPILER_BENCH_BENCHRESULT_H
#define BURIN_COMPILER_BENCH_BENCHRESULT_H

#include "compiler/bench/Count.h"

namespace burin {

/// The best of several repetitions, on this host.
struct Timing {
  double nanoseconds = 0;
  int64_t repetitions = 0;
};

struct LayerTiming {
  double nanoseconds = 0;
  int64_t calls = 0;
};

/// What comparing the outputs with one source of expected values found.
struct BenchCheck {
  std::string source; ///< "interpreter", "test_data_set_0"
  int64_t elements = 0, mismatches = 0;
  uint64_t maxSteps = 0; ///< integers
  double maxAbs = 0;
};

struct BenchResult {
  std::string compiler, flags;                   ///< what the compiler says it is; all flags that the library gets
  std::optional<InstructionCounts> instructions; ///< or else
  std::optional<Timing> time;
  std::vector<LayerTiming> layerTimes; ///< of a second build, with a clock between layers
  double betweenTime = 0;              ///< in that build, nanoseconds between the layers
  std::optional<int64_t> stackBytes;   ///< below the caller's frame; nothing: more than what was painted
  std::optional<SectionBytes> objects; ///< of the library's own; nothing: the compiler leaves code to the linker
  int64_t codeEstimate = 0;            ///< as report.json says
  int64_t macs = 0;                    ///< of this inference
  std::vector<int64_t> layerMacs;      ///< of the working layers
  std::vector<BenchCheck> checks;      ///< the interpreter's first
  bool passed() const {
    return llvm::all_of(checks, [](const BenchCheck &check) { return check.mismatches == 0; });
  }
};

/// Three digits, with an exponent where needed.
std::string shortNumber(double value);

/// Prints the result as text, a table of the layers behind it if they were measured and `layers` is set.
void printBench(const BenchResult &result, const codegen::Library &library, bool layers);

/// Prints one JSON object (docs/bench.md).
void printBenchJson(const BenchResult &result, const codegen::Library &library, bool layers);

} // namespace burin

#endif
