// The C program that `burin bench` measures a library in.
#ifndef BURIN_COMPILER_BENCH_BENCHDRIVER_H
#define BURIN_COMPILER_BENCH_BENCHDRIVER_H

#include "codegen/Library.h"

namespace burin {

/// How it measures.
struct BenchDriver {
  /// Whether it measures time, on this host; else a counting plug-in watches it, for which it calls bench_reset in
  /// front of each call of the library, bench_begin and bench_end around each entry point's.
  bool timed = false;
  /// Whether it measures single layers, of a library that is traced, whose source it includes.
  bool traced = false;

  static constexpr const char *results = "bench.txt"; ///< its figures, a line each: "name value"

  /// `NAME_driver.c`. It reads `verify.in` and writes the outputs to `verify.out`, as the drivers of `burin verify` do.
  codegen::File print(const codegen::Library &library) const;
};

} // namespace burin

#endif
