// What the C says of sizes known only at run time. Programs without them get no text from here.
#ifndef BURIN_CODEGEN_SIZES_H
#define BURIN_CODEGEN_SIZES_H

#include "codegen/CWriter.h"
#include "codegen/Library.h"

namespace burin::codegen {

/// "float32[1,t,40]": the type at attribute `path` of `op`.
std::string describe(const Library &library, mlir::Operation *op, llvm::StringRef path, mlir::Type tensorType);
std::string describe(const Library &library, const Tensor &tensor);
/// Whether the number at `path` of `op` depends on sizes.
bool hasVarying(const Library &library, mlir::Operation *op, llvm::StringRef path);

/// Declares, at the start of a function, the sizes that `used` depend on: read from the arena, to which `arena` points,
/// or derived.
void declareSizes(const Library &library, llvm::ArrayRef<sizes::Expr> used, llvm::StringRef arena, CWriter &w);

/// NAME_set_T and NAME_get_N, and the actual dims of tensors that have no fixed ones.
void printSizeAccess(const Library &library, CWriter &w);
/// The statement of NAME_run that refuses sizes out of bounds.
void printSizeCheck(const Library &library, CWriter &w);
/// "KWS_T": prefix of a size's macros.
std::string sizeMacro(const Library &library, plan::SizeOp size);
/// "size   t  1 to 128, set by the caller": lines of the header's banner.
std::string sizeBanner(const Library &library);

} // namespace burin::codegen

#endif
