// Products by a constant matrix that is dequantised block by block.
#ifndef BURIN_PASSES_QUANTIZE_BLOCKWEIGHTS_H
#define BURIN_PASSES_QUANTIZE_BLOCKWEIGHTS_H

#include "ir/nn/ops/Matmul.h"

namespace burin::nn {

/// matmul(a, dynamic_dequantize(w, scale, zero)) = matmul_nbits(a, packed w, scale, zero), for constants in blocks
/// along the inner dimension whose packed weights fill whole bytes; bias and clamp follow as operators of their own.
/// Replaces `matmul` and returns true, or leaves it.
bool keepBlockWeights(MatmulOp matmul);

} // namespace burin::nn

#endif
