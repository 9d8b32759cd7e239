// plan::executeProgram: small plans by hand, sound and unsound.
#include "ir/nn/Nn.h"
#include "ir/plan/Execute.h"

#include <catch2/catch.hpp>
#include <mlir/IR/BuiltinOps.h>
#include <mlir/Parser/Parser.h>

#include <cstring>

using namespace burin;

namespace {

/// y = -(x + c) over four floats: %in, then %sum, then %out; the offsets are given.
std::string plan(int in, int sum, int out, const std::string &liveSum = "0, 1", int arena = 48) {
  auto buffer = [](const std::string &name, const std::string &live, int offset) {
    return "%" + name + " = plan.buffer \"" + name +
           "\" tensor<4xf32> {bytes = 16 : i64, align = 4 : i64, live = array<i64: " + live + ">" +
           (offset >= 0 ? ", offset = " + std::to_string(offset) + " : i64" : "") + "}\n";
  };
  return "plan.program @p attributes {arena = " + std::to_string(arena) + " : i64} {\n" + buffer("in", "-1, 0", in) +
         buffer("sum", liveSum, sum) + buffer("out", "1, 2", out) +
         R"(%c = plan.constant "c" tensor<4xf32> dense<[10.0, 20.0, 30.0, 40.0]> : tensor<4xf32>
  plan.input "x" tensor<4xf32> in %in
  plan.output "y" tensor<4xf32> in %out
  plan.layer "add" "binary" (%in : [tensor<4xf32>]) -> %sum : tensor<4xf32> attributes {macs = 0 : i64} {
    plan.call "brn_add_f32"(%in, %c, %sum) loops [] args [#plan.ptr<0 + 0>, 1, #plan.ptr<1 + 0>, 1, #plan.ptr<2 + 0>, 4]
  }
  plan.layer "neg" "unary" (%sum : [tensor<4xf32>]) -> %out : tensor<4xf32> attributes {macs = 0 : i64} {
    plan.call "brn_neg_f32"(%sum, %out) loops [4] args [#plan.ptr<0 + 0, [1]>, #plan.ptr<1 + 0, [1]>, 1]
  }
})";
}

struct Execute {
  mlir::MLIRContext context;
  std::string messages;
  mlir::ScopedDiagnosticHandler handler{&context, [this](mlir::Diagnostic &d) {
                                          messages += d.str() + "\n";
                                          return mlir::success();
                                        }};
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<std::vector<char>> outputs;

  bool run(const std::string &text, bool poison, std::vector<float> input = {1, 2, 3, 4}) {
    context.loadDialect<plan::PlanDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    INFO(messages);
    REQUIRE(module);
    auto program = *module->getOps<plan::ProgramOp>().begin();
    const char *p = reinterpret_cast<const char *>(input.data());
    return succeeded(
        plan::executeProgram(program, llvm::ArrayRef<char>(p, input.size() * sizeof(float)), outputs, poison));
  }
  std::vector<float> output() const {
    std::vector<float> values(outputs.at(0).size() / sizeof(float));
    std::memcpy(values.data(), outputs[0].data(), outputs[0].size());
    return values;
  }
};

const std::vector<float> expected = {-11, -22, -33, -44};

} // namespace

TEST_CASE_METHOD(Execute, "a plan runs in its arena, poisoned or not") {
  for (const bool poison : {false, true}) {
    REQUIRE(run(plan(0, 16, 32), poison));
    CHECK(output() == expected);
    REQUIRE(run(plan(0, 16, 0), poison)); // the output takes the input's place
    CHECK(output() == expected);
    REQUIRE(run(plan(0, 0, 16), poison)); // the sum is computed in place
    CHECK(output() == expected);
  }
}

TEST_CASE_METHOD(Execute, "poison shows a buffer that dies too early") {
  REQUIRE(run(plan(0, 16, 32, "0, 0"), false));
  CHECK(output() == expected);
  REQUIRE(run(plan(0, 16, 32, "0, 0"), true));
  CHECK(output() != expected);
}

TEST_CASE_METHOD(Execute, "poison spares what a living buffer shares with a dead one") {
  REQUIRE(run(plan(0, 8, 32, "0, 1"), true)); // wrong placement, but right lifetimes: x[2..3] are overwritten by sums
  CHECK(output()[0] == -11);
  CHECK(output()[1] == -22);
}

TEST_CASE_METHOD(Execute, "plans that can't run are refused") {
  CHECK_FALSE(run(plan(0, -1, 32), false));
  CHECK(messages.find("has no offset") != std::string::npos);
  messages.clear();
  CHECK_FALSE(run(plan(0, 16, 33), false));
  CHECK(messages.find("outside the arena") != std::string::npos);
  messages.clear();
  CHECK_FALSE(run(plan(0, 16, 32), false, {1, 2, 3}));
  CHECK(messages.find("takes 16 bytes") != std::string::npos);
}
