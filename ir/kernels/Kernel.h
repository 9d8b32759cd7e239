// The registry of C kernels: what can be called by name, with which arguments, and the C text that defines it.
//
// runtime-min/tools/embed.py fills it from runtime-min/kernels/ at build time. All data is constant and lives as long
// as the program.
#ifndef BURIN_IR_KERNELS_KERNEL_H
#define BURIN_IR_KERNELS_KERNEL_H

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace burin::kernels {

/// What an argument is; it follows from the parameter's C type (docs/architecture.md, "Kernels").
enum class ParamKind {
  Pointer, ///< `const T *` or `T *`: a place in a buffer
  Rows,    ///< `const T *const *`: a window of pointers to rows, NULL for a row outside the image
  Int,     ///< an integer
  Float,   ///< `float` or `double`
};

struct Param {
  std::string_view type; ///< as written in C: "const float *", "uint32_t"
  std::string_view name;
  ParamKind kind;
  std::string_view elem; ///< what a Pointer or the pointers of Rows point to: "float", "int8_t"; otherwise empty
  bool isConst;          ///< whether the pointee is const; false for Int and Float
};

/// One argument; which member counts is the parameter's kind (p: Pointer, Rows).
union Arg {
  const void *p;
  int64_t i;
  double f;
};

/// A piece of C text that the generated library quotes: a kernel, or what kernels share.
struct Fragment {
  std::string_view path;                      ///< "conv/conv_row_f32.h"
  std::string_view text;                      ///< docstring and code, without include guard and #include lines
  std::span<const std::string_view> includes; ///< paths of the fragments it uses directly
  bool usesMath;                              ///< needs <math.h>
  bool usesString;                            ///< needs <string.h>
  std::string_view intrinsics;                ///< the compiler's header that it needs, "arm_acle.h", or empty
};

struct Kernel {
  std::string_view name;     ///< "brn_conv_row_f32"
  std::string_view family;   ///< folder in runtime-min/kernels/: "conv", "elementwise/unary"
  std::string_view fragment; ///< path of the fragment that defines it
  std::span<const Param> params;
  void (*invoke)(const Arg *args); ///< calls it; `args` has one element per parameter
};

/// The kernel of that name, or nullptr.
const Kernel *findKernel(std::string_view name);

/// Every kernel, by name.
std::span<const Kernel> allKernels();

/// The fragment of that path, or nullptr.
const Fragment *findFragment(std::string_view path);

/// Every fragment, by path.
std::span<const Fragment *const> allFragments();

/// The fragments that define these kernels and all that they use, each once and after what it uses. Functions that the
/// vocabulary `isa` has are its own, the rest those of plain C. The order depends only on the set of names. Names must
/// be of kernels.
std::vector<const Fragment *> fragmentsFor(std::vector<std::string_view> kernelNames, std::string_view isa = "c99");

} // namespace burin::kernels

#endif
