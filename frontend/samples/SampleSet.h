// Sets of samples, for calibration, accuracy and verification: read one at a time, as the model takes them.
#pragma once

#include "frontend/samples/SampleOptions.h"
#include "frontend/tensors/HostTensor.h"
#include "ir/diagnostics/Diagnostics.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace burin {

/// A dim of a model's input that the samples decide.
inline constexpr int64_t anySize = -1;

/// What one input of a model takes.
struct SampleInput {
  std::string name{};
  DType dtype = DType::Float32;
  std::optional<std::vector<int64_t>> shape{}; ///< dims may be `anySize`; nothing: any rank
};

/// The tensors of one call of the model.
struct Sample {
  std::vector<HostTensor> inputs;  ///< in the model's order, of its types and shapes, named as its inputs
  std::vector<HostTensor> outputs; ///< expected ones, in the model's order, as the data have them; empty if they don't
  std::optional<int64_t> label;    ///< the right class, from 0
};

/// Samples in a fixed order, each read from its file when it is asked for.
class SampleSet {
public:
  virtual ~SampleSet();

  /// Finds out what `options.data` holds, and checks what can be checked without reading all of it:
  ///  - `.npy`: samples along the first axis, or one sample, if its shape is that of the input. One input only;
  ///  - `.npz`: arrays named as the inputs, or `x`, or a single one; `y` or `labels` are labels;
  ///  - a folder of `.npy` (named as inputs: together one `.npz`; else one sample, or several, each) or of `.npz`;
  ///  - a folder with `input_0.pb` …, `output_0.pb` …: one sample, taken as it is; or of such folders;
  ///  - a folder of images (.png .jpg .jpeg .bmp .pgm .ppm .pnm), or of folders of them, which are the classes;
  ///  - a folder of recordings (.wav), likewise.
  /// Files and folders are in natural order ("9" before "10"). With `options.count` = N < n, sample k is number
  /// ⌊k · n / N⌋ of the n there are.
  ///
  /// Shapes of arrays need not be the input's: axes of size 1 may be missing or too many, channels may be last where
  /// the input has them first or the other way round (a remark says so; `options.layout` decides where both fit), a
  /// flat vector is row-major. Values are prepared as `Preparation` says, and then become the input's element type.
  ///
  /// Null, with a diagnostic: BRN1001 … BRN1017 (a file can't be read), BRN1018 (nothing there), BRN1802 (shapes or
  /// counts don't fit), BRN1512 (a bad flag), BRN1808 (labels don't fit).
  static std::unique_ptr<SampleSet> open(const SampleOptions &options, const std::vector<SampleInput> &inputs,
                                         DiagnosticSink &sink);

  /// How many there are; never 0.
  virtual size_t size() const = 0;

  /// Sample `index` < `size()`. Nothing, with a diagnostic, if its file is damaged or its shape or values don't fit.
  /// May be called by several threads at once, each with a sink of its own.
  virtual std::optional<Sample> sample(size_t index, DiagnosticSink &sink) const = 0;

  /// The inputs with the shapes of the first sample.
  virtual const std::vector<SampleInput> &inputs() const = 0;

  /// Whether every sample has a label; that of sample `index`, if they do; and the names of the classes, where folders
  /// are classes.
  virtual bool hasLabels() const = 0;
  virtual int64_t label(size_t index) const = 0;
  virtual const std::vector<std::string> &classes() const = 0;

  /// Where sample `index` comes from, for messages: "cat/7.png", "x.npy[12]".
  virtual std::string origin(size_t index) const = 0;
};

} // namespace burin
