// What the operators with bodies (nn.if, nn.loop) share. Bodies are isolated: what they use from outside is an operand
// and a block argument, so that no rewrite looks or moves anything across their edge. Constants are inside, where they
// are used.
#ifndef BURIN_IR_NN_REGIONS_H
#define BURIN_IR_NN_REGIONS_H

#include "ir/nn/Nn.h"

namespace burin::nn {

/// The multiply-accumulates of all operators of a block.
int64_t macsOf(mlir::Block &block);

/// Whether `op` has bodies: its meaning is theirs, and it has no lowering of its own.
bool hasBodies(mlir::Operation *op);

/// Replaces captures of `op` that are constants by copies inside its bodies (the values are shared), and drops captures
/// that no body uses. Returns whether anything changed. Nothing for operators without bodies.
bool tidyCaptures(mlir::Operation *op);

} // namespace burin::nn

#endif
