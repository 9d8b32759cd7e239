#include "codegen/Sizes.h"

#include "llvm/ADT/StringExtras.h"

namespace burin::codegen {
using namespace mlir;

std::string describe(const Library &library, Operation *op, StringRef path, Type tensorType) {
  std::string text = describe(tensorType);
  if (!library.sizes)
    return text;
  auto type = cast<RankedTensorType>(tensorType);
  text.resize(text.find('['));
  text += '[';
  for (auto [i, d] : llvm::enumerate(type.getShape()))
    text += (i ? "," : "") + library.sizes->table().text(library.sizes->number(op, (path + "." + Twine(i)).str(), d));
  return text + "]";
}

std::string describe(const Library &library, const Tensor &t) {
  std::string text = describe(t.type);
  if (t.dims.empty())
    return text;
  text.resize(text.find('[') + 1);
  for (auto [i, e] : llvm::enumerate(t.dims))
    text += (i ? "," : "") + library.sizes->table().text(e);
  return text + "]";
}

bool hasVarying(const Library &library, Operation *op, StringRef path) {
  return library.sizes && library.sizes->varying(op, path).has_value();
}

std::string sizeMacro(const Library &library, plan::SizeOp size) {
  return library.upper + "_" + size.getName().upper();
}

namespace {

std::string slot(const Library &library, plan::SizeOp size, StringRef arena) {
  auto place = size.getBuffer().getDefiningOp<plan::BufferOp>();
  return library.inArena(arena, place) + "u32[" + placeMacro(library, place) + " / 4u]";
}

/// The inline functions of the header can't name the arena map's macros, which are private: the place as a number.
std::string slotNumber(const Library &library, plan::SizeOp size, StringRef arena) {
  auto place = size.getBuffer().getDefiningOp<plan::BufferOp>();
  return library.inArena(arena, place) + "u32[" + std::to_string(*place.getOffset() / 4) + "u]";
}

void declare(const Library &library, const std::vector<unsigned> &quantities, StringRef arena, bool isPrivate,
             CWriter &w) {
  const sizes::Table &table = library.sizes->table();
  for (unsigned q : quantities) {
    const sizes::Quantity &quantity = table.quantities[q];
    std::string value;
    if (quantity.divisor == 0) {
      plan::SizeOp symbol = library.sizes->symbols()[q];
      value = isPrivate ? slot(library, symbol, arena) : slotNumber(library, symbol, arena);
    } else {
      value = table.text(quantity.numerator, "u");
      if (quantity.numerator.terms.size() > 1)
        value = "(" + value + ")";
      value += " / " + std::to_string(quantity.divisor) + "u";
    }
    w.line("const uint32_t " + quantity.name + " = " + value + ";");
  }
}

std::vector<unsigned> neededBy(const Library &library, ArrayRef<sizes::Expr> used) {
  sizes::Expr all; // the terms of all that is used, so that none cancels another
  for (const sizes::Expr &e : used)
    all.terms.insert(all.terms.end(), e.terms.begin(), e.terms.end());
  return library.sizes->table().needed(all);
}

} // namespace

void declareSizes(const Library &library, ArrayRef<sizes::Expr> used, StringRef arena, CWriter &w) {
  if (library.sizes)
    declare(library, neededBy(library, used), arena, /*isPrivate=*/true, w);
}

std::string sizeBanner(const Library &library) {
  std::string text;
  if (!library.sizes)
    return text;
  for (plan::SizeOp size : library.sizes->symbols()) {
    text += "  size   " + size.getName().str() + "  " + std::to_string(size.getMin()) + " to " +
            std::to_string(size.getMax());
    if (size.getStep() > 1)
      text += " in steps of " + std::to_string(size.getStep());
    text += size.getNode() ? ", found at run time by node " + commentSafe(*size.getNode())
                           : ", given by " + library.info.name + "_set_" + size.getName().str();
    text += "\n";
  }
  return text;
}

void printSizeCheck(const Library &library, CWriter &w) {
  if (!library.sizes)
    return;
  for (plan::SizeOp size : library.sizes->symbols()) {
    if (size.getNode())
      continue;
    const std::string value = slot(library, size, "arena"), macro = sizeMacro(library, size);
    std::vector<std::string> wrong;
    if (size.getMin() > 0)
      wrong.push_back(value + " < " + macro + "_MIN");
    wrong.push_back(value + " > " + macro + "_MAX");
    if (size.getStep() > 1)
      wrong.push_back(value + " % " + std::to_string(size.getStep()) + "u != 0u");
    for (const std::string &condition : wrong)
      w.line("if (" + condition + ") { return " + library.upper + "_ERR_SIZE; }");
  }
}

namespace {

void printDims(const Library &library, const Tensor &t, StringRef direction, CWriter &w) {
  const std::string &name = library.info.name;
  if (t.dims.empty())
    return;
  const sizes::Table &table = library.sizes->table();
  w.comment("The dims that " + std::string(direction == "in" ? "input" : "output") + " \"" + commentSafe(t.onnxName) +
            "\" has at present; its elements lie one behind the other, without gaps.");
  w.function("static inline void " + name + "_" + direction.str() + "_" + t.cName + "_dims(const " + name +
             "_arena *arena, uint32_t dims[" + std::to_string(t.dims.size()) + "])");
  declare(library, neededBy(library, t.dims), "arena", /*isPrivate=*/false, w);
  for (auto [i, e] : llvm::enumerate(t.dims))
    w.line("dims[" + std::to_string(i) + "] = " + table.text(e, "u") + ";");
  w.close().line();
}

} // namespace

void printSizeAccess(const Library &library, CWriter &w) {
  if (!library.sizes)
    return;
  const std::string &name = library.info.name;
  for (plan::SizeOp size : library.sizes->symbols()) {
    const std::string macro = sizeMacro(library, size), symbol = size.getName().str();
    if (!size.getNode()) {
      w.comment("Sets size " + symbol + ", " + macro + "_MIN to " + macro +
                "_MAX, before a run; it stays in the arena. " + name + "_run returns " + library.upper +
                "_ERR_SIZE if it is out of these bounds.");
      w.function("static inline void " + name + "_set_" + symbol + "(" + name + "_arena *arena, uint32_t " + symbol +
                 ")");
      w.line(slotNumber(library, size, "arena") + " = " + symbol + ";").close().line();
    }
    w.comment(size.getNode() ? "Size " + symbol + ", at most " + macro + "_MAX, as the last run found it."
                             : "Size " + symbol + " as it was set.");
    w.function("static inline uint32_t " + name + "_get_" + symbol + "(const " + name + "_arena *arena)");
    w.line("return " + slotNumber(library, size, "arena") + ";").close().line();
  }
  for (const Tensor &t : library.inputs)
    printDims(library, t, "in", w);
  for (const Tensor &t : library.outputs)
    printDims(library, t, "out", w);
}

} // namespace burin::codegen
