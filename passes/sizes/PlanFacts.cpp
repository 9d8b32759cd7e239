#include "passes/sizes/PlanFacts.h"

#include "ir/nn/Constants.h"
#include "ir/plan/Numbers.h"

namespace burin {
using namespace mlir;

std::string nodeOf(Location loc) {
  if (auto name = dyn_cast<NameLoc>(loc))
    return name.getName().str();
  if (auto fused = dyn_cast<FusedLoc>(loc))
    for (Location inner : fused.getLocations())
      if (std::string node = nodeOf(inner); !node.empty())
        return node;
  return "";
}

std::vector<Operation *> listOps(plan::ProgramOp program) {
  std::vector<Operation *> ops;
  program->walk<WalkOrder::PreOrder>([&](Operation *op) {
    if (op != program.getOperation())
      ops.push_back(op);
  });
  return ops;
}

namespace {

/// What to call an operator in a message: its ONNX node or, for what has none, its own name.
std::string nameOf(Operation *op) {
  if (std::string node = nodeOf(op->getLoc()); !node.empty())
    return node;
  auto name = op->getAttrOfType<StringAttr>("name");
  return name ? name.str() : "";
}

} // namespace

PlanFacts factsOf(plan::ProgramOp program, const PlanFacts *reference) {
  PlanFacts facts;
  llvm::DenseMap<Value, unsigned> numberOf;
  for (Operation *op : listOps(program)) {
    for (Value v : op->getResults())
      numberOf.try_emplace(v, numberOf.size());
    OpFacts f;
    f.structure = plan::structureOf(op, numberOf);
    f.node = nameOf(op);
    plan::forEachNumber(op, [&](StringRef path, int64_t value) {
      f.numbers.push_back(value);
      if (!reference)
        f.paths.push_back(path.str());
    });
    if (auto constant = dyn_cast<plan::ConstantOp>(op)) {
      std::vector<char> storage;
      ElementsAttr value = constant.getValue();
      ArrayRef<char> bytes = nn::elementsBytes(value, cast<RankedTensorType>(value.getType()), storage);
      f.suffix = nn::kernelSuffix(cast<RankedTensorType>(value.getType()).getElementType());
      const size_t index = facts.ops.size();
      if (reference && index < reference->ops.size())
        f.sameBytes = ArrayRef<char>(reference->ops[index].bytes) == bytes;
      if (!reference || !f.sameBytes)
        f.bytes.assign(bytes.begin(), bytes.end());
    }
    facts.ops.push_back(std::move(f));
  }
  return facts;
}

} // namespace burin
