// Sizes that the library's caller gives at run time: from flags `--dim T=1..128` and `--shape x=1,1..128,40`.
#ifndef BURIN_COMPILER_SIZES_SIZEFLAGS_H
#define BURIN_COMPILER_SIZES_SIZEFLAGS_H

#include "frontend/onnx/Importer.h"
#include "frontend/onnx/reader/Model.h"
#include "frontend/tensors/HostTensor.h"
#include "ir/diagnostics/Diagnostics.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burin {

/// min <= size <= max, and a multiple of step.
struct SizeRange {
  int64_t min = 0, max = 0, step = 1;
  bool operator==(const SizeRange &) const = default;
  bool contains(int64_t size) const { return size >= min && size <= max && size % step == 0; }
};

/// "1..128", or "8..128:8" for multiples of 8; nullopt for anything else. The ends are brought to multiples of the
/// step.
std::optional<SizeRange> parseSizeRange(std::string_view text);

/// A range as flags state it: of the dim that has a name, or of one axis of an input.
struct SizeFlag {
  std::string dim;   ///< --dim; empty: --shape
  std::string input; ///< --shape
  size_t axis = 0;
  SizeRange range;
};

/// A size that the caller gives, and the dims of inputs that it is.
struct InputSize {
  std::string name; ///< as a C identifier
  std::string dim;  ///< its name in the model, or empty
  SizeRange range;
  std::vector<std::pair<std::string, size_t>> axes; ///< input, axis
};

/// One size for each dim that the flags give a range. BRN1304 (no such dim or input), BRN1303 (two ranges for one dim).
std::optional<std::vector<InputSize>> resolveSizes(const std::vector<SizeFlag> &flags, const Model &model,
                                                   DiagnosticSink &sink);

/// Binds the sizes' dims in `options` to `values`; shapes given there must have the inputs' rank.
void bindSizes(const std::vector<InputSize> &sizes, const std::vector<int64_t> &values, ImportOptions &options);

/// The sizes that the shapes of tensors, by their inputs' names, say. BRN1306 where one is out of its range or two
/// disagree.
std::optional<std::vector<int64_t>> sizesOf(const std::vector<InputSize> &sizes,
                                            const std::map<std::string, std::vector<int64_t>> &shapes,
                                            DiagnosticSink &sink);

} // namespace burin

#endif
