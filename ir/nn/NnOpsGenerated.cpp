// The code that TableGen writes for the operators: compiled once, here.
#include "ir/nn/Lowering.h"
#include "ir/nn/Nn.h"

#define GET_OP_CLASSES
#include "ir/nn/NnOps.cpp.inc"
