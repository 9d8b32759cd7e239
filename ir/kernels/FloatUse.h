// Which kernels compute with floats.
#ifndef BURIN_IR_KERNELS_FLOATUSE_H
#define BURIN_IR_KERNELS_FLOATUSE_H

#include <string_view>

namespace burin::kernels {

/// Whether a kernel, or anything that it uses, names a floating-point type in its code. `name` must be one of a kernel.
bool usesFloat(std::string_view name);

} // namespace burin::kernels

#endif
