// What a layer's kernels cost, and what others would: for the report and for comments.
#ifndef BURIN_CODEGEN_KERNELCOSTS_H
#define BURIN_CODEGEN_KERNELCOSTS_H

#include "ir/plan/Plan.h"

#include <string>
#include <vector>

namespace burin::codegen {

struct KernelCost {
  std::string kernel; ///< "brn_conv_wide_pairs4_s8_s8"
  int64_t instructions = 0, bytes = 0;
};

/// What was weighed for a layer.
struct KernelChoice {
  KernelCost chosen;            ///< instructions of a run, about; bytes of its constants
  std::vector<KernelCost> over; ///< by how much the whole library's would differ with these, code included
};

/// Nothing for layers that have no other kernels.
KernelChoice kernelChoice(plan::LayerOp layer);

/// "over conv_pairs4: 16 384 instructions fewer for 2 304 B more", for the other that is smallest, and for the one that
/// is fastest if it is faster; a line each.
std::vector<std::string> choiceLines(const KernelChoice &choice);

} // namespace burin::codegen

#endif
