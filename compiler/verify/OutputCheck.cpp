#include "compiler/verify/OutputCheck.h"

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"

#include <cmath>
#include <cstdio>

namespace burin {

std::optional<ToleranceFlag> ToleranceFlag::parse(const std::string &flag, DiagnosticSink &sink) {
  ToleranceFlag out;
  llvm::SmallVector<llvm::StringRef> parts;
  llvm::StringRef(flag).split(parts, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef part : parts) {
    auto [key, text] = part.split('=');
    double value = 0;
    const bool known = key == "rtol" || key == "atol" || key == "steps";
    if (!known || text.getAsDouble(value) || !(value >= 0) || std::isinf(value)) {
      sink.handle({.code = "BRN1506",
                   .message = "--tolerance " + quoteName(flag) + " isn't rtol=R,atol=A[,steps=N]",
                   .fix = "for example --tolerance rtol=1e-3,atol=1e-4"});
      return std::nullopt;
    }
    if (key == "rtol")
      out.rtol = value;
    else if (key == "atol")
      out.atol = value;
    else
      out.steps = static_cast<uint64_t>(value);
  }
  return out;
}

Tolerance ToleranceFlag::of(const HostTensor &expected, bool quantised) const {
  Tolerance tolerance;
  tolerance.rtol = rtol.value_or(1e-3);
  tolerance.atol = atol.value_or(quantised ? 0.02 : 1e-4);
  const int bits = info(expected.dtype).bits;
  tolerance.steps = steps.value_or(!quantised ? 0 : bits == 8 ? 2 : bits == 16 ? 32 : 0);
  return tolerance;
}

void OutputTotals::add(const HostTensor &got, const HostTensor &expected, const Tolerance &tolerance,
                       const std::string &what) {
  const Comparison r = compareTensors(got, expected, tolerance);
  if (!r.sameType || !r.sameShape) {
    std::printf("%s: is %s, expected %s\n", what.c_str(), typeText(got.dtype, got.shape).c_str(),
                typeText(expected.dtype, expected.shape).c_str());
    passed = false;
    return;
  }
  std::printf("%s: %s, %lld of %lld outside the tolerance, largest difference %.3g", what.c_str(),
              typeText(expected.dtype, expected.shape).c_str(), static_cast<long long>(r.mismatches),
              static_cast<long long>(r.elements), r.maxAbsDiff);
  if (r.mismatches > 0)
    std::printf("; first at element %lld: %.9g, expected %.9g", static_cast<long long>(r.firstMismatch),
                valueAt(got, r.firstMismatch), valueAt(expected, r.firstMismatch));
  std::printf("\n");
  passed &= r.passed();
  elements += r.elements;
  mismatches += r.mismatches;
  maxSteps = std::max(maxSteps, r.maxSteps);
  maxAbs = std::max(maxAbs, r.maxAbsDiff);
  sameTop &= r.gotTop == r.expectedTop;
}

std::string OutputTotals::summary(const std::string &by, size_t outputs) const {
  char text[320];
  std::snprintf(text, sizeof text, " %s_outputs=%zu elements=%lld mismatches=%lld max_abs=%.6g max_steps=%llu top1=%s",
                by.c_str(), outputs, static_cast<long long>(elements), static_cast<long long>(mismatches), maxAbs,
                static_cast<unsigned long long>(maxSteps), sameTop ? "same" : "differs");
  return text;
}

} // namespace burin
