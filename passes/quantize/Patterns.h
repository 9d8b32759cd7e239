// The pattern sets of the quantisation phase.
#ifndef BURIN_PASSES_QUANTIZE_PATTERNS_H
#define BURIN_PASSES_QUANTIZE_PATTERNS_H

#include "mlir/IR/PatternMatch.h"

namespace burin::nn {

/// Dequantisations sink and quantisations rise through data movement and clamps.
void populateMoveQuantizationPatterns(mlir::RewritePatternSet &patterns);

/// Several operators between a dequantised byte and its next quantisation become a table.
void populateTableOfChainPatterns(mlir::RewritePatternSet &patterns);

/// Constant factors per output channel move into the scales of quantised weights.
void populateScaleWeightsPatterns(mlir::RewritePatternSet &patterns);

} // namespace burin::nn

#endif
