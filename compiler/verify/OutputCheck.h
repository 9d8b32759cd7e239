// How far a library's outputs may be from what was expected, and how far they are.
#ifndef BURIN_COMPILER_VERIFY_OUTPUTCHECK_H
#define BURIN_COMPILER_VERIFY_OUTPUTCHECK_H

#include "frontend/tensors/Compare.h"
#include "ir/diagnostics/Diagnostics.h"

#include <optional>
#include <string>

namespace burin {

/// --tolerance.
struct ToleranceFlag {
  std::optional<double> rtol, atol;
  std::optional<uint64_t> steps;

  /// "rtol=R,atol=A[,steps=N]". BRN1506.
  static std::optional<ToleranceFlag> parse(const std::string &text, DiagnosticSink &sink);

  /// For an output of this type, of a model that is `quantised` or isn't.
  Tolerance of(const HostTensor &expected, bool quantised) const;
};

/// What comparing several outputs found.
struct OutputTotals {
  bool passed = true, sameTop = true;
  int64_t elements = 0, mismatches = 0;
  uint64_t maxSteps = 0;
  double maxAbs = 0;

  /// Compares one, and prints a line that begins with `what`.
  void add(const HostTensor &got, const HostTensor &expected, const Tolerance &tolerance, const std::string &what);
  /// " library_outputs=1 elements=10 …" for outputs by "library"; `outputs`: of one call.
  std::string summary(const std::string &by, size_t outputs) const;
};

} // namespace burin

#endif
