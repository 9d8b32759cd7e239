// The layers of a plan.stream as its order sees them.
#ifndef BURIN_IR_PLAN_STREAMTURNS_H
#define BURIN_IR_PLAN_STREAMTURNS_H

#include "ir/plan/Plan.h"
#include "ir/plan/StreamOrder.h"

namespace burin::plan {

/// One per layer of the stream, in the order of the text.
std::vector<StreamLayer> streamLayers(StreamOp stream);

/// How the bytes of a buffer are kept; a constant is whole.
Ring ringOf(mlir::Value buffer);

/// Rows of a buffer's tensor.
int64_t rowsOfBuffer(mlir::Value buffer);

} // namespace burin::plan

#endif
