// The C program that runs a library of several models for `burin verify`.
#ifndef BURIN_COMPILER_SHARE_SHAREDDRIVER_H
#define BURIN_COMPILER_SHARE_SHAREDDRIVER_H

#include "codegen/Shared.h"

namespace burin {

/// NAME_driver.c. It reads `verify.in`: a mode (DriverMode::Run or Poison) and how many calls follow, then for each the
/// number of the run and its inputs; and writes each call's outputs to `verify.out`. All calls use one arena, which
/// with Poison is filled with garbage wherever nothing is alive: when a call begins all but what its trunk has left,
/// then behind each layer.
codegen::File printDriver(const codegen::SharedLibrary &library);

} // namespace burin

#endif
