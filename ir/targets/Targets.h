// Targets are data: what a machine is called, how C is compiled for it and how a program for it runs here.
#ifndef BURIN_IR_TARGETS_TARGETS_H
#define BURIN_IR_TARGETS_TARGETS_H

#include <span>
#include <string_view>

namespace burin {

struct Target {
  std::string_view name;        ///< "cortex-m4"
  std::string_view description; ///< one line for `burin targets`
  std::string_view isa;         ///< vocabulary under runtime-min/isa/
  std::string_view kernels;     ///< family of kernels that it computes fastest with: "pairs", "lanes", "dots"; empty: plain C's
  int tilePixels = 4;           ///< of that family, at most: as many as registers hold the sums of
  bool winograd = false;        ///< the vocabulary makes that family's Winograd forms fast
  bool wideWeights = false;     ///< weights of 16 bits make the family's kernels faster
  bool joinedPixels = false;    ///< one multiplication for two pixels makes them faster
  bool skipZeros = false;       ///< so does testing whether an input of a single pixel is zero
  int pointerBytes;
  std::string_view compiler;      ///< C compiler; empty: the host's ($CC, cc, gcc, clang)
  std::string_view flags;         ///< code generation flags
  std::string_view linker = {};   ///< gcc, and its flags, that has the C library for `compiler`, a clang, and links;
                                  ///< empty: `compiler` does
  std::string_view emulator;      ///< program that runs its binaries here; empty: they run natively
  std::string_view emulatorFlags; ///< the program's file follows them
  std::string_view board; ///< start-up code and linker script: a folder of compiler/verify/boards/; empty: none needed
  std::string_view linkFlags;
  std::string_view packages; ///< Debian packages that bring compiler and emulator
};

/// All targets in the order they are listed.
std::span<const Target> allTargets();

/// Null if there is none of that name.
const Target *findTarget(std::string_view name);

} // namespace burin

#endif
