// Which kernels the heavy operators of a target are lowered to: of the forms that each can have those that together
// cost least.
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/KernelFamily.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/Reshape.h"
#include "ir/nn/ops/StorageCast.h"
#include "passes/Passes.h"
#include "passes/kernels/Forms.h"
#include "passes/kernels/Select.h"

#include "llvm/ADT/MapVector.h"

namespace burin {
#define GEN_PASS_DEF_CHOOSEKERNELS
#include "passes/Passes.h.inc"

using namespace mlir;
using namespace burin::nn;

namespace {

/// What a byte of flash is worth in instructions of a run, for `balanced`.
constexpr double balancedPrice = 0.5;
/// `size` takes so many hundredths of the instructions of the fastest kernels at most.
constexpr int64_t sizeHundredths = 150;

/// The operators with several forms, and what these cost.
struct Priced {
  std::vector<Operation *> operators;
  std::vector<std::vector<forms::PricedForm>> formsOf;
  kernels::Choices choices;
  int64_t fastest = 0; ///< instructions of all, each in the form that is fastest if code needn't be small
  int64_t rest = 0;    ///< those of all other operators
};

/// Instructions of an operator that isn't chosen for, roughly.
int64_t instructionsOfOther(Operation *op) {
  auto node = dyn_cast<NnOp>(op);
  if (!node || isa<ConstantOp, ReshapeOp, StorageCastOp>(op) || op->getNumResults() == 0)
    return 0;
  return node.macs() * 10 / 3 + 15 * numElements(shapeOf(op->getResult(0)));
}

struct ChooseKernels : impl::ChooseKernelsBase<ChooseKernels> {
  using ChooseKernelsBase::ChooseKernelsBase;

  void runOnOperation() override {
    const forms::Permitted permitted = whatIsPermitted();
    if (refresh)
      return refreshCosts(permitted);
    Priced priced;
    llvm::MapVector<const kernels::Fragment *, unsigned> pieces;
    getOperation()->walk([&](Operation *op) {
      std::vector<forms::PricedForm> found;
      if (isa<Conv2dOp, MatmulOp>(op)) {
        op->removeAttr(kernelCostsAttrName);
        found = formsOf(op, permitted);
        forms::setForm(op, permitted, usualForm(permitted));
      }
      if (found.empty()) {
        priced.rest += instructionsOfOther(op);
        return;
      }
      int64_t fastest = INT64_MAX;
      std::vector<kernels::FormCost> costs;
      for (const forms::PricedForm &form : found) {
        kernels::FormCost cost{form.instructions, form.bytes, {}};
        for (const kernels::Fragment *fragment : form.fragments)
          if (kernels::fragmentCodeBytes(*fragment, permitted.code) > 0)
            cost.pieces.push_back(pieces.insert({fragment, static_cast<unsigned>(pieces.size())}).first->second);
        llvm::sort(cost.pieces);
        fastest = std::min(fastest, form.atSpeed);
        costs.push_back(std::move(cost));
      }
      priced.fastest += fastest;
      priced.operators.push_back(op);
      priced.formsOf.push_back(std::move(found));
      priced.choices.operators.push_back(std::move(costs));
    });
    for (const auto &[fragment, number] : pieces)
      priced.choices.pieceBytes.push_back(kernels::fragmentCodeBytes(*fragment, permitted.code));
    const kernels::Selection selection = select(priced);
    for (size_t i = 0; i < priced.operators.size(); ++i) {
      forms::setForm(priced.operators[i], permitted, priced.formsOf[i][selection.forms[i]].form);
      describe(priced, selection, i);
    }
    getOperation()->setAttr(kernelBytesAttrName,
                            IntegerAttr::get(IntegerType::get(&getContext(), 64), selection.bytes));
  }

private:
  forms::Permitted whatIsPermitted() const {
    return {.family = kernels,
            .tilePixels = pixels,
            .winograd = winograd,
            .wideWeights = wideWeights,
            .joinedPixels = joinedPixels,
            .skipZeros = skipZeros,
            .onlyWinograd = onlyWinograd,
            .onlyWide = onlyWide,
            .smaller = optimize == "size" || bytes >= 0,
            .byRows = byRows,
            .code = {.isa = vocabulary, .small = optimize == "size"}};
  }

  static forms::Form usualForm(const forms::Permitted &p) {
    return {.wideWeights = p.wideWeights, .joinedPixels = p.joinedPixels, .skipZeros = p.skipZeros};
  }

  kernels::Selection select(const Priced &priced) const {
    const kernels::Choices &choices = priced.choices;
    if (optimize == "size") {
      const int64_t most = (priced.fastest + priced.rest) * sizeHundredths / 100 - priced.rest;
      const kernels::Selection small = kernels::smallestWithin(choices, most);
      return bytes < 0 || small.bytes <= bytes ? small : kernels::smallestWithin(choices, INT64_MAX);
    }
    const kernels::Selection wanted = kernels::selectAtPrice(choices, optimize == "speed" ? 0 : balancedPrice);
    return bytes < 0 || wanted.bytes <= bytes ? wanted : kernels::fastestWithin(choices, bytes);
  }

  /// Brings the costs up to date with tiles that have become smaller since.
  void refreshCosts(const forms::Permitted &permitted) {
    getOperation()->walk([&](Operation *op) {
      auto costs = op->getAttrOfType<ArrayAttr>(kernelCostsAttrName);
      const std::optional<forms::PricedForm> now = costs ? forms::pricedAsItIs(op, permitted) : std::nullopt;
      if (!now)
        return;
      const auto number = [](Attribute of, StringRef key) {
        return cast<IntegerAttr>(cast<DictionaryAttr>(of).get(key)).getInt();
      };
      const int64_t more = now->instructions - number(costs[0], "instructions"),
                    larger = now->bytes - number(costs[0], "bytes");
      SmallVector<Attribute> updated = {costEntry(now->kernel, now->instructions, now->bytes)};
      for (Attribute other : costs.getValue().drop_front())
        if (StringRef kernel = cast<StringAttr>(cast<DictionaryAttr>(other).get("kernel")); kernel != now->kernel)
          updated.push_back(costEntry(kernel, number(other, "instructions") - more, number(other, "bytes") - larger));
      op->setAttr(kernelCostsAttrName, ArrayAttr::get(&getContext(), updated));
    });
  }

  Attribute costEntry(StringRef kernel, int64_t instructions, int64_t bytes) {
    Builder b(&getContext());
    return b.getDictionaryAttr({b.getNamedAttr("bytes", b.getI64IntegerAttr(bytes)),
                                b.getNamedAttr("instructions", b.getI64IntegerAttr(instructions)),
                                b.getNamedAttr("kernel", b.getStringAttr(kernel))});
  }

  /// Writes down what the operator's form costs, and what the others would.
  void describe(const Priced &priced, const kernels::Selection &selection, size_t i) {
    SmallVector<Attribute> costs;
    const forms::PricedForm &chosen = priced.formsOf[i][selection.forms[i]];
    costs.push_back(costEntry(chosen.kernel, chosen.instructions, chosen.bytes));
    for (unsigned form = 0; form < priced.formsOf[i].size(); ++form) {
      if (form == selection.forms[i])
        continue;
      std::vector<unsigned> others = selection.forms;
      others[i] = form;
      const kernels::Selection other = kernels::costed(priced.choices, others);
      costs.push_back(costEntry(priced.formsOf[i][form].kernel, other.instructions - selection.instructions,
                                other.bytes - selection.bytes));
    }
    priced.operators[i]->setAttr(kernelCostsAttrName, ArrayAttr::get(&getContext(), costs));
  }
};

} // namespace
} // namespace burin
