#include "codegen/Quantisation.h"

#include "ir/kernels/FloatUse.h"

#include <fmt/format.h>

namespace burin::codegen {
using namespace mlir;

namespace {

bool usesFloat(const Layer &layer) {
  return llvm::any_of(layer.kernels, [](const std::string &kernel) { return kernels::usesFloat(kernel); });
}

void collectFloat(const std::vector<Layer> &layers, std::vector<const Layer *> &out) {
  for (const Layer &layer : layers) {
    if (!layer.inner.empty())
      collectFloat(layer.inner, out);
    else if (usesFloat(layer))
      out.push_back(&layer);
  }
}

bool anyQuantised(const std::vector<Layer> &layers) {
  return llvm::any_of(layers,
                      [](const Layer &layer) { return typesOf(layer).hasQuantised() || anyQuantised(layer.inner); });
}

} // namespace

std::vector<const Layer *> floatLayers(const Library &library) {
  std::vector<const Layer *> out;
  collectFloat(library.layers, out);
  return out;
}

bool isIntegerOnly(const Library &library) { return floatLayers(library).empty(); }

bool hasQuantised(const Library &library) { return anyQuantised(library.layers); }

std::string whyFloat(const Layer &layer) {
  auto op = layer.op;
  if (auto because = op->getAttrOfType<StringAttr>("nn.float_because"))
    return because.str();
  if (layer.kind == "quantize" || layer.kind == "dynamic_quantize")
    return "it turns floats into integers";
  if (layer.kind == "dequantize" || layer.kind == "dynamic_dequantize")
    return "it turns integers into floats";
  return "nothing that it reads or gives is quantised";
}

std::string describeElement(Type element) {
  auto type = dyn_cast<quant::QuantizedType>(element);
  if (!type) {
    std::string text = describe(RankedTensorType::get({}, element));
    return text.substr(0, text.size() - 2);
  }
  const nn::QuantParams p = nn::quantParams(type);
  const auto storage = cast<IntegerType>(nn::storageType(type));
  std::string text = fmt::format("{}int{}", storage.isUnsigned() ? "u" : "", storage.getWidth());
  const auto [least, most] = nn::integerRange(storage);
  if (type.getStorageTypeMin() != least || type.getStorageTypeMax() != most)
    text += fmt::format(" {}..{}", type.getStorageTypeMin(), type.getStorageTypeMax());
  if (p.axis < 0)
    text += fmt::format(", scale {:.6g}", p.scales.front());
  else
    text += fmt::format(", {} scales {:.6g} to {:.6g}", p.scales.size(), *llvm::min_element(p.scales),
                        *llvm::max_element(p.scales));
  if (llvm::all_equal(p.zeros))
    text += p.zeros.front() != 0 ? fmt::format(", zero {}", p.zeros.front()) : "";
  else
    text += fmt::format(", zeros {} to {}", *llvm::min_element(p.zeros), *llvm::max_element(p.zeros));
  return text;
}

bool LayerTypes::hasQuantised() const {
  auto isQuantised = [](Type element) { return isa<quant::QuantizedType>(element); };
  return isQuantised(result) || llvm::any_of(operands, isQuantised);
}

LayerTypes typesOf(const Layer &layer) {
  auto op = layer.op;
  LayerTypes types;
  types.result = cast<RankedTensorType>(op.getType()).getElementType();
  if (auto list = op->getAttrOfType<ArrayAttr>("nn.operand_elements"))
    for (Attribute a : list)
      types.operands.push_back(cast<TypeAttr>(a).getValue());
  return types;
}

} // namespace burin::codegen
