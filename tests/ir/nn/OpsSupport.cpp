#include "tests/ir/nn/OpsSupport.h"

#include "ir/interpreter/Interpreter.h"
#include "ir/nn/Lowering.h"
#include "ir/nn/Nn.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"

#include <memory>

using namespace mlir;

namespace burin::test {
namespace {

/// One operator in a function whose arguments are its operands; keeps what the verifier and lowering say.
class Program {
public:
  Program(const std::string &text, const std::vector<std::string> &types) {
    context.loadDialect<nn::NnDialect, func::FuncDialect, quant::QuantDialect>();
    handler = std::make_unique<ScopedDiagnosticHandler>(&context, [this](Diagnostic &d) {
      messages += d.str() + "\n";
      return success();
    });
    std::string arguments;
    for (size_t i = 0; i < types.size(); ++i)
      arguments += (i ? ", %" : "%") + std::string(1, static_cast<char>('a' + i)) + ": " + types[i];
    module = parseSourceString<ModuleOp>("func.func @f(" + arguments + ") { %y = " + text + "\n return }",
                                         ParserConfig(&context));
  }

  bool parsed() const { return static_cast<bool>(module); }
  nn::NnOp op() {
    nn::NnOp found;
    module->walk([&](nn::NnOp op) { found = op; });
    return found;
  }

  MLIRContext context;
  std::string messages;

private:
  std::unique_ptr<ScopedDiagnosticHandler> handler;
  OwningOpRef<ModuleOp> module;
};

std::vector<std::string> typesOf(const std::vector<Operand> &operands) {
  std::vector<std::string> types;
  for (const Operand &o : operands)
    types.push_back(o.type);
  return types;
}

/// Executes `op` with its result in the bytes of operand `overwritten`.
std::vector<char> evaluateInPlace(nn::NnOp op, std::vector<Operand> operands, unsigned overwritten) {
  nn::Lowering lowering(op);
  REQUIRE(succeeded(op.lower(lowering)));
  std::vector<std::vector<char>> own(lowering.buffers().size());
  std::vector<std::byte *> memory;
  for (auto [i, b] : llvm::enumerate(lowering.buffers())) {
    using Kind = nn::LoweredBuffer::Kind;
    own[i] = b.kind == Kind::Constant ? b.data : std::vector<char>(static_cast<size_t>(b.bytes));
    char *p = b.kind == Kind::Operand  ? operands[b.index].bytes.data()
              : b.kind == Kind::Result ? operands[overwritten].bytes.data()
                                       : own[i].data();
    memory.push_back(reinterpret_cast<std::byte *>(p));
  }
  for (const plan::Call &call : lowering.calls())
    plan::execute(call, memory);
  return operands[overwritten].bytes;
}

} // namespace

std::vector<char> evaluateText(const std::string &text, const std::vector<Operand> &operands) {
  Program program(text, typesOf(operands));
  INFO(text << "\n" << program.messages);
  REQUIRE(program.parsed());
  nn::NnOp op = program.op();
  SmallVector<ArrayRef<char>> bytes;
  for (auto [i, o] : llvm::enumerate(operands)) {
    REQUIRE(nn::byteSize(nn::tensorType(op->getOperand(i))) == static_cast<int64_t>(o.bytes.size()));
    bytes.push_back(o.bytes);
  }
  FailureOr<std::vector<TensorBytes>> results = evaluate(op, bytes);
  INFO(program.messages);
  REQUIRE(succeeded(results));
  for (unsigned i = 0; i < operands.size(); ++i)
    if (op.isView() || op.mayOverwrite(i))
      CHECK(evaluateInPlace(op, operands, i) == (*results)[0]);
  return (*results)[0];
}

std::string verifierMessage(const std::string &text, const std::vector<std::string> &types) {
  return Program(text, types).messages;
}

std::string loweringMessage(const std::string &text, const std::vector<std::string> &types) {
  Program program(text, types);
  INFO(text << "\n" << program.messages);
  REQUIRE(program.parsed());
  nn::Lowering lowering(program.op());
  return succeeded(program.op().lower(lowering)) ? "" : program.messages;
}

bool foldsToOperand(const std::string &text, const std::vector<std::string> &types) {
  Program program(text, types);
  INFO(text << "\n" << program.messages);
  REQUIRE(program.parsed());
  Operation *op = program.op();
  SmallVector<OpFoldResult> results;
  return succeeded(op->fold(results)) && results.size() == 1 && dyn_cast<Value>(results[0]) == op->getOperand(0);
}

bool isView(const std::string &text, const std::vector<std::string> &types) {
  Program program(text, types);
  REQUIRE(program.parsed());
  return program.op().isView();
}

bool mayOverwrite(const std::string &text, const std::vector<std::string> &types, unsigned index) {
  Program program(text, types);
  REQUIRE(program.parsed());
  return program.op().mayOverwrite(index);
}

std::vector<std::string> kernelsOf(const std::string &text, const std::vector<std::string> &types) {
  Program program(text, types);
  REQUIRE(program.parsed());
  nn::Lowering lowering(program.op());
  REQUIRE(succeeded(program.op().lower(lowering)));
  std::vector<std::string> names;
  for (const plan::Call &call : lowering.calls())
    names.emplace_back(call.kernel->name.substr(4));
  return names;
}

namespace {

uint16_t bitsIn(const llvm::fltSemantics &semantics, double value) {
  llvm::APFloat f(value);
  bool loses = false;
  f.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &loses);
  return static_cast<uint16_t>(f.bitcastToAPInt().getZExtValue());
}

} // namespace

uint16_t toF16(double value) { return bitsIn(llvm::APFloat::IEEEhalf(), value); }
uint16_t toBf16(double value) { return bitsIn(llvm::APFloat::BFloat(), value); }
double fromF16(uint16_t bits) {
  return llvm::APFloat(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits)).convertToDouble();
}
double fromBf16(uint16_t bits) {
  return llvm::APFloat(llvm::APFloat::BFloat(), llvm::APInt(16, bits)).convertToDouble();
}

int64_t offsetIn(const std::vector<int64_t> &shape, const std::vector<int64_t> &index) {
  int64_t offset = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    offset = offset * shape[i] + (shape[i] == 1 ? 0 : index[index.size() - shape.size() + i]);
  return offset;
}

std::string tensorText(const std::vector<int64_t> &shape, const std::string &element) {
  std::string text = "tensor<";
  for (int64_t d : shape)
    text += std::to_string(d) + "x";
  return text + element + ">";
}

std::string arrayText(const std::vector<int64_t> &values) {
  std::string text = "array<i64";
  for (size_t i = 0; i < values.size(); ++i)
    text += (i == 0 ? ": " : ", ") + std::to_string(values[i]);
  return text + ">";
}

} // namespace burin::test
