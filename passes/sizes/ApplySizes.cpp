#include "ir/plan/Numbers.h"
#include "ir/plan/ProgramSizes.h"
#include "passes/sizes/Unify.h"
#include "passes/sizes/VaryingConstants.h"

namespace burin {
using namespace mlir;

namespace {

class Application {
public:
  Application(plan::ProgramOp program, UnifiedPlan &plan) : program(program), plan(plan), ops(listOps(program)) {}

  void boundComputedSizes();
  void noteExpressions();
  void declare(const std::vector<GivenSize> &given);
  bool replaceConstants(const std::vector<std::vector<int64_t>> &samples, const std::vector<PlanFacts> &facts,
                        SizeConflict &conflict);

private:
  std::vector<int64_t> largest() const;
  void note(Operation *op, const std::vector<sizes::Expr> &numbers);

  plan::ProgramOp program;
  UnifiedPlan &plan;
  std::vector<Operation *> ops;
};

/// The index of number "max" among those of a plan.size.
size_t indexOfMax(plan::SizeOp op) {
  size_t index = 0, found = 0;
  plan::forEachNumber(op, [&](StringRef path, int64_t) {
    if (path == "max")
      found = index;
    ++index;
  });
  return found;
}

/// The largest that a computed size can be follows from the sizes before it.
void Application::boundComputedSizes() {
  for (auto [i, op] : llvm::enumerate(ops))
    if (auto size = dyn_cast<plan::SizeOp>(op)) {
      auto known =
          llvm::find_if(plan.table.quantities, [&](const sizes::Quantity &q) { return q.name == size.getName(); });
      known->max = std::max<int64_t>(0, plan.table.upperBound(plan.numbers[i][indexOfMax(size)]));
      size.setMax(static_cast<uint64_t>(known->max));
    }
}

std::vector<int64_t> Application::largest() const {
  std::vector<int64_t> symbols;
  for (const sizes::Quantity &q : plan.table.quantities)
    if (q.divisor == 0)
      symbols.push_back(q.max);
  return plan.table.evaluate(symbols);
}

void Application::note(Operation *op, const std::vector<sizes::Expr> &numbers) {
  Builder b(op->getContext());
  const std::vector<int64_t> values = largest();
  SmallVector<NamedAttribute> varies;
  size_t index = 0;
  plan::mapNumbers(op, [&](StringRef path, int64_t) {
    const sizes::Expr &e = numbers[index++];
    if (std::optional<int64_t> fixed = e.asConstant())
      return *fixed;
    varies.emplace_back(b.getStringAttr(path), b.getStringAttr(plan.table.text(e)));
    return path == "bytes" ? std::max<int64_t>(0, plan.table.upperBound(e)) : sizes::evaluate(e, values);
  });
  if (!varies.empty())
    op->setAttr(plan::variesAttrName, b.getDictionaryAttr(varies));
}

void Application::noteExpressions() {
  for (auto [i, op] : llvm::enumerate(ops))
    if (!isa<plan::SizeOp, plan::ConstantOp>(op))
      note(op, plan.numbers[i]);
}

void Application::declare(const std::vector<GivenSize> &given) {
  OpBuilder b = OpBuilder::atBlockBegin(&program.getBody().front());
  const int64_t end = plan::LayerNumbers(program).count();
  auto bufferType = plan::BufferType::get(b.getContext());
  auto slot = TypeAttr::get(RankedTensorType::get({1}, b.getIntegerType(32, /*isSigned=*/false)));
  for (const GivenSize &size : given) {
    Value buffer = plan::BufferOp::create(b, program.getLoc(), bufferType, b.getStringAttr("size_" + size.name),
                                          b.getI64IntegerAttr(4), b.getI64IntegerAttr(4),
                                          b.getDenseI64ArrayAttr({-1, end}), IntegerAttr(), slot);
    plan::SizeOp::create(b, program.getLoc(), b.getStringAttr(size.name), b.getI64IntegerAttr(size.min),
                         b.getI64IntegerAttr(size.max), b.getI64IntegerAttr(size.step), StringAttr(), buffer);
  }
  for (const sizes::Quantity &q : plan.table.quantities)
    if (q.divisor != 0)
      plan::DerivedSizeOp::create(b, program.getLoc(), q.name, plan.table.text(q.numerator),
                                  static_cast<uint64_t>(q.divisor));
}

bool Application::replaceConstants(const std::vector<std::vector<int64_t>> &samples,
                                   const std::vector<PlanFacts> &facts, SizeConflict &conflict) {
  VaryingConstants constants(program, plan.table, samples);
  for (auto [i, op] : llvm::enumerate(ops)) {
    auto constant = dyn_cast<plan::ConstantOp>(op);
    if (!constant)
      continue;
    std::vector<const OpFacts *> each;
    for (const PlanFacts &f : facts)
      each.push_back(&f.ops[i]);
    if (!constants.replace(constant, each, plan.numbers[i], plan.elements[i], conflict))
      return false;
  }
  constants.finish();
  return true;
}

} // namespace

bool applySizes(plan::ProgramOp program, const std::vector<GivenSize> &given, UnifiedPlan &plan,
                const std::vector<std::vector<int64_t>> &samples, const std::vector<PlanFacts> &facts,
                SizeConflict &conflict) {
  Application application(program, plan);
  application.boundComputedSizes();
  application.noteExpressions();
  if (!application.replaceConstants(samples, facts, conflict))
    return false;
  application.declare(given);
  return true;
}

} // namespace burin
