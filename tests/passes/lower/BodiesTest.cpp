// nn.loop and nn.if as plans: the planned arena, poisoned after every layer of every turn, gives what loops by hand
// give.
#include "ir/nn/Nn.h"
#include "ir/plan/Execute.h"
#include "passes/Passes.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

#include <catch2/catch.hpp>
#include <cstring>

namespace {
using namespace burin;
using Floats = std::vector<float>;

/// x scanned backwards, every state stacked as a column; a branch by the turn; states that change places.
constexpr const char *scan = R"(
func.func @main(%s: tensor<2xf32>, %x: tensor<2x4xf32>, %w: tensor<2xf32>) -> (tensor<2xf32>, tensor<2xf32>, tensor<2x4xf32>) {
  %two = nn.constant dense<2> : tensor<i64> : tensor<i64>
  %r:3 = nn.loop (%s, %w : tensor<2xf32>, tensor<2xf32>) over (%x : tensor<2x4xf32>)
      with (%w, %two : tensor<2xf32>, tensor<i64>) attributes {trips = 4 : i64, scan_axes = array<i64: 1>,
      scan_reversed = array<i1: true>, out_axes = array<i64: 1>, out_reversed = array<i1: false>}
      -> tensor<2xf32>, tensor<2xf32>, tensor<2x4xf32> {
  ^bb0(%i: tensor<i64>, %a: tensor<2xf32>, %b: tensor<2xf32>, %xt: tensor<2xf32>, %k: tensor<2xf32>, %half: tensor<i64>):
    %early = nn.compare less %i, %half : (tensor<i64>, tensor<i64>) -> tensor<i1>
    %0 = nn.if %early (%a, %k) : (tensor<i1>, tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32> then {
    ^bb0(%p: tensor<2xf32>, %q: tensor<2xf32>):
      %t = nn.binary mul %p, %q : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
      nn.yield %t : tensor<2xf32>
    } else {
    ^bb0(%p: tensor<2xf32>, %q: tensor<2xf32>):
      nn.yield %p : tensor<2xf32>
    }
    %1 = nn.binary add %0, %xt : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    nn.yield %b, %1, %1 : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>
  }
  return %r#0, %r#1, %r#2 : tensor<2xf32>, tensor<2xf32>, tensor<2x4xf32>
})";

/// Doubles until the first element is large, 8 times at most.
constexpr const char *conditional = R"(
func.func @main(%x: tensor<2xf32>, %w: tensor<1xf32>) -> tensor<2xf32> {
  %go = nn.constant dense<true> : tensor<i1> : tensor<i1>
  %r:2 = nn.loop (%go, %x : tensor<i1>, tensor<2xf32>) over () with (%w : tensor<1xf32>)
      attributes {trips = 8 : i64, conditional, scan_axes = array<i64>, scan_reversed = array<i1>, out_axes = array<i64>, out_reversed = array<i1>}
      -> tensor<i1>, tensor<2xf32> {
  ^bb0(%i: tensor<i64>, %c: tensor<i1>, %a: tensor<2xf32>, %limit: tensor<1xf32>):
    %0 = nn.binary add %a, %a : (tensor<2xf32>, tensor<2xf32>) -> tensor<2xf32>
    %1 = nn.slice %0 {starts = array<i64: 0>, steps = array<i64: 1>, sizes = array<i64: 1>} : (tensor<2xf32>) -> tensor<1xf32>
    %2 = nn.compare less %1, %limit : (tensor<1xf32>, tensor<1xf32>) -> tensor<1xi1>
    %3 = nn.reshape %2 : tensor<1xi1> -> tensor<i1>
    nn.yield %3, %0 : tensor<i1>, tensor<2xf32>
  }
  return %r#1 : tensor<2xf32>
})";

struct Lowered {
  mlir::MLIRContext context;
  std::string messages;
  mlir::ScopedDiagnosticHandler handler{&context, [this](mlir::Diagnostic &d) {
                                          messages += d.str() + "\n";
                                          return mlir::success();
                                        }};
  mlir::OwningOpRef<mlir::ModuleOp> module;

  explicit Lowered(const char *text) {
    context.loadDialect<nn::NnDialect, plan::PlanDialect, mlir::func::FuncDialect, mlir::quant::QuantDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    INFO(messages);
    REQUIRE(module);
    REQUIRE(run(createLowerToPlan()));
  }
  bool run(std::unique_ptr<mlir::Pass> pass) {
    mlir::PassManager manager(&context);
    manager.addPass(std::move(pass));
    return mlir::succeeded(manager.run(*module));
  }
  plan::ProgramOp program() { return *module->getOps<plan::ProgramOp>().begin(); }

  std::vector<Floats> execute(const std::vector<Floats> &inputs) {
    INFO(messages);
    REQUIRE(run(createAssignOffsets()));
    std::vector<llvm::ArrayRef<char>> storage;
    for (const Floats &in : inputs)
      storage.emplace_back(reinterpret_cast<const char *>(in.data()), in.size() * sizeof(float));
    std::vector<std::vector<char>> outputs;
    REQUIRE(mlir::succeeded(plan::executeProgram(program(), storage, outputs, /*poison=*/true)));
    std::vector<Floats> results;
    for (const std::vector<char> &bytes : outputs) {
      results.emplace_back(bytes.size() / sizeof(float));
      std::memcpy(results.back().data(), bytes.data(), bytes.size());
    }
    return results;
  }
};

} // namespace

TEST_CASE("a loop that scans, branches, swaps and stacks", "[bodies]") {
  const Floats s{1, -2}, x{1, 2, 3, 4, 5, 6, 7, 8}, w{3, 0.5f};
  Floats a = s, b = w, stack(8);
  for (size_t turn = 0; turn < 4; ++turn) {
    Floats next(2);
    for (size_t i = 0; i < 2; ++i)
      stack[i * 4 + turn] = next[i] = (turn < 2 ? a[i] * w[i] : a[i]) + x[i * 4 + 3 - turn];
    a = b;
    b = next;
  }
  CHECK(Lowered(scan).execute({s, x, w}) == std::vector<Floats>{a, b, stack});
}

TEST_CASE("a loop that the data end", "[bodies]") {
  CHECK(Lowered(conditional).execute({{1, 3}, {5}}) == std::vector<Floats>{{8, 24}});
  CHECK(Lowered(conditional).execute({{1, 3}, {0}}) == std::vector<Floats>{{2, 6}});
  CHECK(Lowered(conditional).execute({{0, 1}, {1}}) == std::vector<Floats>{{0, 256}});
}

TEST_CASE("a buffer that the next turn needs may not die in this one", "[bodies]") {
  Lowered lowered(scan);
  for (auto buffer : lowered.program().getBody().getOps<plan::BufferOp>())
    if (buffer.getName() == "input_1") // x: as if it died once the first slice is taken
      buffer.setLive({-1, buffer.getLive()[1] - 3});
  CHECK_FALSE(lowered.run(createAssignOffsets()));
  CHECK(lowered.messages.find("BRN1701") != std::string::npos);
}
