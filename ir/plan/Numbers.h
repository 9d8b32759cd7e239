// Every number of a plan operator's attributes, by a path: what may depend on sizes known only at run time.
#ifndef BURIN_IR_PLAN_NUMBERS_H
#define BURIN_IR_PLAN_NUMBERS_H

#include "ir/plan/Plan.h"

namespace burin::plan {

/// Given a number's path and value, its new value. Paths join attribute names, indices and members by dots: "bytes",
/// "loops.0", "args.2.offset", "args.1.image.strides.0", "type.1" (a dim of a tensor type), "read_types.0.2".
using NumberMap = llvm::function_ref<int64_t(llvm::StringRef path, int64_t value)>;

/// `attribute`, at `path`, with its numbers mapped. What only names or counts something (buffer and loop numbers,
/// lengths of lists) is no number, nor are lifetimes and alignments.
mlir::Attribute mapNumbers(mlir::Attribute attribute, llvm::StringRef path, NumberMap map);

/// Maps the numbers of all attributes of `op`, in the order of the attributes' names.
void mapNumbers(mlir::Operation *op, NumberMap map);

/// The same without changing them.
void forEachNumber(mlir::Operation *op, llvm::function_ref<void(llvm::StringRef path, int64_t value)> visit);

/// Everything of `op` but its numbers, the bytes of constants, and its regions: its name, its operands by `numberOf`,
/// its other attributes. Operators of two programs do the same, up to numbers, if their texts are equal.
std::string structureOf(mlir::Operation *op, const llvm::DenseMap<mlir::Value, unsigned> &numberOf);

} // namespace burin::plan

#endif
