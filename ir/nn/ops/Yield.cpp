#include "ir/nn/ops/Yield.h"

#define GET_OP_CLASSES
#include "ir/nn/ops/Yield.cpp.inc"
