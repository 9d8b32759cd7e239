// The commands for several models in one arena.
#ifndef BURIN_COMPILER_SHARE_SHARE_H
#define BURIN_COMPILER_SHARE_SHARE_H

#include "compiler/Options.h"

namespace burin {

/// `burin compile --share-arena`.
int compileShared(const CompileOptions &options, DiagnosticSink &sink);

/// `burin verify --share-arena`: one library, whose models run one after the other in one arena; those behind a trunk
/// in both orders. Each is compared with the reference.
int verifyShared(const VerifyOptions &options, DiagnosticSink &sink);

} // namespace burin

#endif
