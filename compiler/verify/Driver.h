// The C program that drives a library for verification: runs samples, poisons dead bytes, dumps and feeds layers.
#ifndef BURIN_COMPILER_VERIFY_DRIVER_H
#define BURIN_COMPILER_VERIFY_DRIVER_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

namespace burin {

/// What the driver does with the samples in `verify.in`. The file begins with this and the number of samples, both
/// uint32.
enum class DriverMode : uint32_t {
  Run = 0,    ///< NAME_run: in: the inputs of each sample; out: its outputs
  Poison = 1, ///< the same, layer by layer, dead bytes filled with garbage in between
  Trace = 2,  ///< one sample; out: the result of every layer
  Feed = 3,   ///< in: per layer a byte (1: run it) and then its operands; out: the results of the layers that ran
};

/// `NAME_driver.c`: includes NAME.c, so that it sees the layers.
codegen::File printDriver(const codegen::Library &library);

/// What a driver of library `name` begins with: the source and the C library.
void printDriverHead(const std::string &name, codegen::CWriter &w);

/// Bytes of a layer's operands (arena only) and of its result, as the driver reads and writes them.
std::vector<int64_t> readBytes(const codegen::Layer &layer);
int64_t resultBytes(const codegen::Layer &layer);

} // namespace burin

#endif
