#include "ir/diagnostics/MlirDiagnostics.h"

#include <catch2/catch.hpp>
#include <mlir/IR/Builders.h>
#include <mlir/IR/MLIRContext.h>

using namespace burin;

namespace {
struct Fixture {
  mlir::MLIRContext context;
  mlir::Builder builder{&context};
  CollectingSink sink;
  MlirDiagnostics handler{&context, sink, "kws.onnx"};

  mlir::Location named(const char *name) { return mlir::NameLoc::get(builder.getStringAttr(name)); }
};
} // namespace

TEST_CASE_METHOD(Fixture, "code, message, fix and facts come apart") {
  mlir::InFlightDiagnostic error = mlir::emitError(named("conv1"), "BRN1204: no kernel for bf16");
  error.attachNote() << "input  bf16[4]\nweights  bf16[4,4]\n";
  error.attachNote() << "fix: cast to float32";
  error.report();
  REQUIRE(sink.diagnostics.size() == 1);
  const Diagnostic &diagnostic = sink.diagnostics[0];
  CHECK(diagnostic.code == "BRN1204");
  CHECK(diagnostic.severity == Severity::Error);
  CHECK(diagnostic.model == "kws.onnx");
  CHECK(diagnostic.node == "conv1");
  CHECK(diagnostic.message == "no kernel for bf16");
  CHECK(diagnostic.facts == std::vector<std::string>{"input  bf16[4]", "weights  bf16[4,4]"});
  CHECK(diagnostic.fix == "cast to float32");
}

TEST_CASE_METHOD(Fixture, "errors without a code are ours") {
  mlir::emitError(named("conv1"), "'nn.conv' op operand #0 must be a tensor");
  mlir::emitRemark(named("conv1"), "slow path");
  mlir::emitWarning(mlir::UnknownLoc::get(&context), "BRN1204 is no prefix here");
  REQUIRE(sink.diagnostics.size() == 3);
  CHECK(sink.diagnostics[0].code == "BRN1901");
  CHECK(sink.diagnostics[0].message == "'nn.conv' op operand #0 must be a tensor");
  CHECK(sink.diagnostics[1].code.empty());
  CHECK(sink.diagnostics[1].severity == Severity::Remark);
  CHECK(sink.diagnostics[2].code.empty());
  CHECK(sink.diagnostics[2].severity == Severity::Warning);
  CHECK(sink.errorCount() == 1);
}

TEST_CASE_METHOD(Fixture, "MLIR's prefix before the code is dropped") {
  mlir::emitError(named("conv1"), "'nn.conv' op BRN1204: no kernel");
  REQUIRE(sink.diagnostics.size() == 1);
  CHECK(sink.diagnostics[0].code == "BRN1204");
  CHECK(sink.diagnostics[0].message == "no kernel");
}

TEST_CASE_METHOD(Fixture, "a fused operation names all its nodes once") {
  mlir::Location fused = mlir::FusedLoc::get(&context, {named("conv1"), named("relu1"), named("conv1")});
  CHECK(nodeName(fused) == "conv1 + relu1");
  CHECK(nodeName(mlir::CallSiteLoc::get(named("inner"), named("call"))) == "inner");
  CHECK(nodeName(mlir::UnknownLoc::get(&context)) == "");
}
