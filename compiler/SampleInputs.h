// What a model takes, for those who read samples.
#ifndef BURIN_COMPILER_SAMPLEINPUTS_H
#define BURIN_COMPILER_SAMPLEINPUTS_H

#include "compiler/sizes/SizeFlags.h"
#include "frontend/samples/SampleSet.h"

namespace burin {

/// The model's run-time inputs with their shapes, as far as it and the flags say; and, for integers that all who read
/// them dequantise by one constant scale, that scale. `sizes`: dims known at run time only.
std::vector<SampleInput> sampleInputs(const Model &model, const ImportOptions &options,
                                      const std::vector<InputSize> &sizes);

} // namespace burin

#endif
