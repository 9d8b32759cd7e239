#include "passes/kernels/Forms.h"

#include "ir/nn/Emit.h"
#include "ir/nn/Lowering.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/DepthwisePairRows.h"
#include "ir/nn/ops/Matmul.h"
#include "ir/nn/ops/PairRows.h"
#include "ir/nn/ops/WinogradRows.h"
#include "passes/cost/Kernels.h"

namespace burin::forms {
using namespace mlir;
using namespace burin::nn;

namespace {

bool isDepthwise(Operation *op) {
  auto conv = dyn_cast<Conv2dOp>(op);
  return conv && convShape(conv).isDepthwise();
}

/// The forms that may differ, the usual one first.
std::vector<Form> candidates(Operation *op, const Permitted &p) {
  std::vector<Form> found;
  const auto offer = [&](Form form) {
    form.joinedPixels = p.joinedPixels;
    form.skipZeros = p.skipZeros;
    found.push_back(form);
    if (p.skipZeros && p.smaller) {
      form.skipZeros = false;
      found.push_back(form);
    }
  };
  if (isDepthwise(op)) {
    offer({});
    if (p.smaller)
      offer({.anyTaps = true});
    return found;
  }
  for (bool wide : {true, false}) {
    if (wide && !p.wideWeights)
      continue;
    offer({.wideWeights = wide});
    for (int64_t pixels = p.tilePixels; p.smaller && pixels >= 2; --pixels) {
      offer({.pixels = pixels, .wideWeights = wide});
      offer({.pixels = pixels, .wholeTiles = true, .wideWeights = wide});
    }
  }
  if (auto conv = dyn_cast<Conv2dOp>(op); conv && p.winograd && isWinogradShape(convShape(conv)))
    for (int64_t pixels : {int64_t{0}, int64_t{2}}) // two tiles at a time, or one
      offer({.pixels = pixels, .winograd = true});
  return found;
}

} // namespace

std::optional<PricedForm> pricedAsItIs(Operation *op, const Permitted &p) {
  Lowering lowering(op, p.byRows);
  if (failed(cast<NnOp>(op).lower(lowering)))
    return std::nullopt;
  PricedForm form;
  std::vector<std::string_view> names;
  for (const plan::Call &call : lowering.calls()) {
    const std::optional<int64_t> instructions = cost::kernelInstructions(call, p.code);
    if (!instructions)
      return std::nullopt;
    form.instructions += *instructions;
    form.atSpeed += *cost::kernelInstructions(call, {.isa = p.code.isa, .small = false});
    names.push_back(call.kernel->name);
    form.kernel = StringRef(call.kernel->name.data(), call.kernel->name.size()).drop_front(4).str();
  }
  for (const LoweredBuffer &buffer : lowering.buffers())
    if (buffer.kind == LoweredBuffer::Kind::Constant)
      form.bytes += static_cast<int64_t>(buffer.data.size());
  form.fragments = kernels::fragmentsFor(names, p.code.isa);
  return form;
}

void setForm(Operation *op, const Permitted &permitted, const Form &form) {
  MLIRContext *context = op->getContext();
  const auto flag = [&](StringRef name, bool is) {
    is ? op->setAttr(name, UnitAttr::get(context)) : void(op->removeAttr(name));
  };
  op->setAttr(kernelFamilyAttrName, StringAttr::get(context, permitted.family));
  const int64_t pixels = form.pixels > 0 ? form.pixels : permitted.tilePixels;
  if (pixels < mostTilePixels)
    op->setAttr(tilePixelsAttrName, IntegerAttr::get(IntegerType::get(context, 64), pixels));
  else
    op->removeAttr(tilePixelsAttrName);
  flag(wholeTilesAttrName, form.wholeTiles);
  flag(wideWeightsAttrName, form.wideWeights);
  flag(joinedPixelsAttrName, form.joinedPixels);
  flag(winogradAttrName, form.winograd);
  flag(anyTapsAttrName, form.anyTaps);
  flag(skipZerosAttrName, form.skipZeros);
}

std::vector<PricedForm> formsOf(Operation *op, const Permitted &permitted) {
  if (!quantType(op->getOperand(0)))
    return {};
  ScopedDiagnosticHandler quiet(op->getContext(), [](Diagnostic &) { return success(); }); // lowering will say it
  std::vector<PricedForm> forms;
  for (const Form &form : candidates(op, permitted)) {
    setForm(op, permitted, form);
    std::optional<PricedForm> found = pricedAsItIs(op, permitted);
    if (!found)
      return {};
    found->form = form;
    if (form.wholeTiles && found->kernel.find("pairs" + std::to_string(form.pixels)) == std::string::npos)
      continue; // rows are too short for tiles of so many pixels
    if (llvm::none_of(forms, [&](const PricedForm &f) { return f.kernel == found->kernel && f.bytes == found->bytes; }))
      forms.push_back(std::move(*found));
  }
  const auto isWinograd = [](const PricedForm &f) { return StringRef(f.kernel).starts_with("conv_winograd"); };
  const auto isWide = [](const PricedForm &f) { return StringRef(f.kernel).starts_with("conv_wide"); };
  const auto keepOnly = [&](bool only, auto is) {
    const auto fastest = [&](bool wanted) {
      int64_t least = INT64_MAX;
      for (const PricedForm &f : forms)
        least = is(f) == wanted ? std::min(least, f.instructions) : least;
      return least;
    };
    if (only && fastest(true) < fastest(false))
      llvm::erase_if(forms, [&](const PricedForm &f) { return !is(f); });
  };
  keepOnly(permitted.onlyWinograd, isWinograd);
  keepOnly(permitted.onlyWide && llvm::none_of(forms, isWinograd), isWide);
  return forms;
}

} // namespace burin::forms
