// The tables that runtime-min/tools/embed.py generates; Registry.cpp makes one registry of them. The list is explicit
// because linkers drop static constructors of archives.
#ifndef BURIN_IR_KERNELS_FAMILY_H
#define BURIN_IR_KERNELS_FAMILY_H

#include "ir/kernels/Kernel.h"

namespace burin::kernels {

struct Family {
  std::span<const Kernel> kernels;
  std::span<const Fragment> fragments;
};

std::span<const Family *const> families(); // generated

} // namespace burin::kernels

#endif
