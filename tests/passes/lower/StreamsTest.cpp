// Schedules: whatever the layers' order and the arena's layout, the bytes that come out are those of layer by layer, on
// an arena poisoned row by row.
#include "ir/nn/Nn.h"
#include "ir/plan/Execute.h"
#include "passes/Passes.h"
#include "tests/passes/lower/RandomNet.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"

#include <catch2/catch.hpp>
#include <cstdlib>
#include <cstring>

namespace {
using namespace burin;
using Bytes = std::vector<std::vector<char>>;

struct Scheduled {
  mlir::MLIRContext context;
  std::string messages;
  mlir::ScopedDiagnosticHandler handler{&context, [this](mlir::Diagnostic &d) {
                                          messages += d.str() + "\n";
                                          return mlir::success();
                                        }};
  mlir::OwningOpRef<mlir::ModuleOp> module;

  bool isLowered = false;

  explicit Scheduled(const std::string &text) {
    context.loadDialect<nn::NnDialect, plan::PlanDialect, mlir::func::FuncDialect, mlir::quant::QuantDialect>();
    module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
    INFO(messages);
    REQUIRE(module);
  }
  Scheduled(const std::string &text, const std::string &schedule) : Scheduled(text, LowerToPlanOptions{schedule}) {
    INFO(messages);
    REQUIRE(isLowered);
  }
  Scheduled(const std::string &text, const LowerToPlanOptions &options) : Scheduled(text) {
    isLowered = run(createLowerToPlan(options));
  }
  /// With a target's family of kernels.
  Scheduled(const std::string &text, const std::string &schedule, const std::string &kernels) : Scheduled(text) {
    isLowered = run(createChooseKernels({.kernels = kernels})) && run(createLowerToPlan({.schedule = schedule}));
    REQUIRE(isLowered);
  }
  /// In strips of columns, and the image pushed.
  Scheduled(const std::string &text, const SplitColumnsOptions &strips) : Scheduled(text) {
    mlir::PassManager manager(&context);
    manager.addPass(mlir::createCSEPass()); // what is computed for nothing would end a region
    manager.addNestedPass<mlir::func::FuncOp>(createSplitColumns(strips));
    isLowered = mlir::succeeded(manager.run(*module));
    isLowered = isLowered && run(createLowerToPlan({.schedule = "auto", .pushRows = true}));
  }
  bool run(std::unique_ptr<mlir::Pass> pass) {
    mlir::PassManager manager(&context);
    manager.addPass(std::move(pass));
    return mlir::succeeded(manager.run(*module));
  }
  bool place() { return run(createAssignOffsets()); }
  plan::ProgramOp program() { return *module->getOps<plan::ProgramOp>().begin(); }
  int64_t arena() { return static_cast<int64_t>(program().getArena()); }
  size_t streams() {
    size_t count = 0;
    program().walk([&](plan::StreamOp) { ++count; });
    return count;
  }
  Bytes execute(const std::vector<char> &input) {
    Bytes outputs;
    const llvm::ArrayRef<char> storage(input);
    REQUIRE(mlir::succeeded(plan::executeProgram(program(), storage, outputs, /*poison=*/true)));
    return outputs;
  }
};

std::vector<char> inputFor(const RandomNet &net, unsigned seed) {
  std::mt19937 random(seed + 1);
  std::vector<char> bytes(static_cast<size_t>(net.inputBytes));
  if (net.integer()) {
    for (char &b : bytes)
      b = static_cast<char>(random());
    return bytes;
  }
  for (size_t i = 0; i < bytes.size(); i += sizeof(float)) {
    const float value = static_cast<float>(random() % 2000) / 500 - 2;
    std::memcpy(&bytes[i], &value, sizeof value);
  }
  return bytes;
}

/// What the program gives layer by layer.
Bytes layerByLayer(const std::string &program, const std::vector<char> &input) {
  Scheduled layers(program, "layers");
  REQUIRE(layers.place());
  return layers.execute(input);
}

/// 1x1 convolutions, which one call computes for the whole image, of rows of a few pixels: tiles of pixels go on from
/// one row to the next.
std::string pointwiseNet(std::mt19937 &random, bool isInteger, int64_t &inputBytes) {
  const auto pick = [&](int64_t lo, int64_t hi) {
    return lo + static_cast<int64_t>(random() % static_cast<uint64_t>(hi - lo + 1));
  };
  const int64_t height = pick(3, 14), width = pick(1, 5);
  const std::string element = isInteger ? "!q" : "f32";
  const auto image = [&](int64_t channels) {
    return "tensor<1x" + std::to_string(height) + "x" + std::to_string(width) + "x" + std::to_string(channels) + "x" +
           element + ">";
  };
  int64_t channels = pick(1, 24);
  inputBytes = height * width * channels * (isInteger ? 1 : 4);
  std::string text = "!q = !quant.uniform<i8:f32, 0.05:3>\n!w = !quant.uniform<i8:f32, 0.02>\nfunc.func @main(%v0: " +
                     image(channels) + ") -> (TYPE) {\n";
  std::string last = "%v0";
  for (int64_t layer = 1; layer <= 3; ++layer) {
    const int64_t next = pick(1, 24);
    const std::string shape = "tensor<" + std::to_string(next) + "x1x1x" + std::to_string(channels) + "x";
    std::string values;
    for (int64_t i = 0; i < next * channels; ++i)
      values += (i % channels == 0 ? i == 0 ? "[[[" : "]]], [[[" : ", ") +
                (isInteger ? std::to_string(pick(-90, 90)) : std::to_string(pick(-90, 90)) + ".5e-2");
    const std::string n = std::to_string(layer);
    text +=
        "  %w" + n + " = nn.constant dense<[" + values + "]]]]> : " + shape + (isInteger ? "i8> : " : "f32> : ") +
        shape + (isInteger ? "!w>" : "f32>") + "\n  %v" + n + " = nn.conv2d " + last + ", %w" + n +
        " {strides = array<i64: 1, 1>, pads = array<i64: 0, 0, 0, 0>, dilations = array<i64: 1, 1>, groups = 1} : (" +
        image(channels) + ", " + shape + (isInteger ? "!w>" : "f32>") + ") -> " + image(next) + "\n";
    channels = next;
    last = "%v" + n;
  }
  text.replace(text.find("TYPE"), 4, image(channels));
  return text + "  return " + last + " : " + image(channels) + "\n}\n";
}

} // namespace

TEST_CASE("rows of a few pixels: tiles that go on from row to row don't overwrite what they read", "[streams]") {
  std::mt19937 random(17);
  for (int round = 0; round < 120; ++round) {
    const bool isInteger = round % 2 == 0;
    int64_t inputBytes = 0;
    const std::string text = pointwiseNet(random, isInteger, inputBytes);
    INFO("round " << round << "\n" << text);
    std::vector<char> input(static_cast<size_t>(inputBytes));
    for (size_t i = 0; i < input.size(); i += isInteger ? 1 : sizeof(float)) {
      const float value = static_cast<float>(random() % 2000) / 500 - 2;
      if (isInteger)
        input[i] = static_cast<char>(random());
      else
        std::memcpy(&input[i], &value, sizeof value);
    }
    const Bytes expected = layerByLayer(text, input);
    for (const char *family : {"", "pairs", "dots", "lanes"}) {
      if (*family != 0 && !isInteger)
        continue;
      INFO("kernels " << family);
      Scheduled overlapped(text, "overlap", family);
      REQUIRE(overlapped.place());
      CHECK(overlapped.execute(input) == expected);
    }
  }
}

TEST_CASE("random networks: every schedule gives the same bytes", "[streams]") {
  const char *wanted = std::getenv("BURIN_RANDOM_NETS");
  const unsigned nets = wanted ? static_cast<unsigned>(std::atoi(wanted)) : 150;
  size_t streams = 0, transients = 0;
  for (unsigned seed = 0; seed < nets; ++seed) {
    const RandomNet net(seed);
    const std::vector<char> input = inputFor(net, seed);
    INFO("seed " << seed << "\n" << net.program);
    Scheduled layers(net.program, "layers");
    REQUIRE(layers.place());
    const Bytes expected = layers.execute(input);
    for (const char *schedule : {"overlap", "streams", "auto"}) {
      INFO(schedule);
      Scheduled other(net.program, schedule);
      const bool placed = other.place();
      INFO(other.messages);
      REQUIRE(placed);
      CHECK(other.execute(input) == expected);
      if (std::string(schedule) == "auto")
        CHECK(other.arena() <= layers.arena());
      streams += other.streams();
    }
    if (!net.integer())
      continue;
    for (const auto &[schedule, family] : {std::pair{"layers", "pairs"}, {"auto", "pairs"}, {"auto", "dots"}}) {
      INFO(schedule << " with kernels for " << family);
      Scheduled special(net.program, schedule, family);
      const bool placed = special.place();
      INFO(special.messages);
      REQUIRE(placed);
      CHECK(special.execute(input) == expected);
      special.program().walk([&](plan::BufferOp buffer) { transients += buffer.getTransient(); });
    }
  }
  CHECK(streams > nets / 2); // or the test would say little
  CHECK(transients > nets / 4);
}

TEST_CASE("random networks: rows in and rows out give the same bytes", "[streams]") {
  int taken = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    const RandomNet net(seed);
    Scheduled rows(net.program, {.schedule = "auto", .pushRows = true, .pullRows = true});
    if (!rows.isLowered) { // two outputs, say, or a ring that has to hold all rows
      CHECK((rows.messages.find("BRN1514") != std::string::npos || rows.messages.find("BRN1515") != std::string::npos));
      continue;
    }
    INFO("seed " << seed << "\n" << net.program);
    const std::vector<char> input = inputFor(net, seed);
    const bool placed = rows.place();
    INFO(rows.messages);
    REQUIRE(placed);
    CHECK(rows.execute(input) == layerByLayer(net.program, input));
    ++taken;
  }
  CHECK(taken > 50);
}

TEST_CASE("random networks: strips of columns give the same bytes", "[streams]") {
  int taken = 0;
  for (unsigned seed = 0; seed < 100; ++seed) {
    const RandomNet net(seed);
    const std::vector<char> input = inputFor(net, seed);
    INFO("seed " << seed << "\n" << net.program);
    const Bytes expected = layerByLayer(net.program, input);
    for (int64_t length = 1; length < 12; ++length) {
      const int64_t count = 2 + (seed + length) % 3;
      Scheduled strips(net.program, SplitColumnsOptions{count, length});
      INFO(strips.messages);
      if (!strips.isLowered) { // the network can't be split there, or its rows can't be pushed
        const bool isKnown = strips.messages.find("BRN1514") != std::string::npos ||
                             strips.messages.find("no region of") != std::string::npos;
        CHECK(isKnown);
        continue;
      }
      INFO(count << " strips of the first " << length << " operators");
      const bool placed = strips.place();
      REQUIRE(placed);
      CHECK(strips.execute(input) == expected);
      ++taken;
    }
  }
  CHECK(taken > 60);
}

TEST_CASE("a wrong plan gives wrong bytes on poisoned memory", "[streams]") {
  // x -> 3x3 -> 3x3: the stream keeps 3 rows of what is between.
  const char *net = R"(
func.func @main(%x: tensor<1x12x4x2xf32>) -> tensor<1x12x4x2xf32> {
  %w = nn.constant dense<0.25> : tensor<2x3x3x2xf32> : tensor<2x3x3x2xf32>
  %a = nn.conv2d %x, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x12x4x2xf32>, tensor<2x3x3x2xf32>) -> tensor<1x12x4x2xf32>
  %b = nn.conv2d %a, %w {strides = array<i64: 1, 1>, pads = array<i64: 1, 1, 1, 1>, dilations = array<i64: 1, 1>, groups = 1 : i64} : (tensor<1x12x4x2xf32>, tensor<2x3x3x2xf32>) -> tensor<1x12x4x2xf32>
  return %b : tensor<1x12x4x2xf32>
})";
  std::vector<char> input(12 * 4 * 2 * sizeof(float), 0);
  for (size_t i = 0; i < input.size(); i += sizeof(float)) {
    const float value = static_cast<float>(i % 37);
    std::memcpy(&input[i], &value, sizeof value);
  }
  const Bytes expected = layerByLayer(net, input);

  Scheduled shortRing(net, "streams");
  plan::BufferOp ring;
  for (auto buffer : shortRing.program().getBody().getOps<plan::BufferOp>())
    if (buffer.getRing())
      ring = buffer;
  REQUIRE(ring);
  REQUIRE(*ring.getRing() == 3);
  REQUIRE(shortRing.place());
  CHECK(shortRing.execute(input) == expected);
  ring.setRing(2);
  CHECK(shortRing.execute(input) != expected);
  CHECK_FALSE(shortRing.place()); // the check finds it before it runs
  CHECK(shortRing.messages.find("BRN1701") != std::string::npos);
}
