// The layer functions: one C function a plan.layer, its calls as kernel calls inside `for` loops.
#include "codegen/CWriter.h"
#include "codegen/Library.h"

namespace burin::codegen {
using namespace mlir;
namespace {

std::string u32(int64_t value) { return std::to_string(value) + "u"; }

/// Whether a layer inside `layer` depends on the turn of a loop, or (not `turned`) doesn't.
bool hasInner(const Layer &layer, bool turned) {
  return llvm::any_of(layer.inner, [&](const Layer &l) { return l.turned == turned || hasInner(l, turned); });
}

/// Prints the calls of one layer.
class LayerPrinter {
public:
  LayerPrinter(const Library &library, CWriter &w) : library(library), w(w) {
    for (const Constant &c : library.constants)
      constantOf[c.buffer()] = &c;
  }

  void print(const Layer &layer);

private:
  void printCall(plan::CallOp op);
  void printUnused(const Layer &layer);
  void printLayerCalls(Region &body, ArrayRef<Layer> inner);
  void printBodies(const Layer &layer);
  std::string pointer(const plan::PointerArg &p, const kernels::Param &param);
  std::string integer(const plan::IntArg &a, const kernels::Param &param);
  std::string argument(const plan::CallArg &arg, const kernels::Param &param);
  void printRows(const plan::WindowArg &window, const kernels::Param &param, StringRef name);
  std::string terms(int64_t offset, ArrayRef<int64_t> strides) const;

  const Library &library;
  CWriter &w;
  DenseMap<Value, const Constant *> constantOf;
  plan::CallOp current;
  SmallVector<std::string> index; // names of the loop variables; empty: one turn, no loop
};

/// " + 5u + i * 64u": what is added to a base.
std::string LayerPrinter::terms(int64_t offset, ArrayRef<int64_t> strides) const {
  std::string text;
  if (offset > 0)
    text += " + " + u32(offset);
  for (auto [i, stride] : llvm::enumerate(strides)) {
    if (stride == 0 || i >= index.size() || index[i].empty())
      continue;
    text += stride < 0 ? " - " : " + ";
    text += index[i];
    if (std::abs(stride) != 1)
      text += " * " + u32(std::abs(stride));
  }
  return text;
}

std::string LayerPrinter::pointer(const plan::PointerArg &p, const kernels::Param &param) {
  Value buffer = current.getBuffers()[p.buffer];
  const std::string elem(param.elem);
  if (auto it = constantOf.find(buffer); it != constantOf.end()) {
    const Constant &c = *it->second;
    std::string base = library.info.name + "_" + c.name;
    if (c.ctype != elem)
      base = "(const " + elem + " *)" + (elem == "uint8_t" ? "" : "(const void *)") + base;
    std::string rest = terms(p.offset, p.strides);
    return c.ctype != elem && !rest.empty() ? "(" + base + ")" + rest : base + rest;
  }
  auto place = buffer.getDefiningOp<plan::BufferOp>();
  std::string base = (place.getState() ? "s->" : "a->") + viewOf(elem) + " + " + placeMacro(library, place);
  if (int64_t size = plan::elementSize(elem); size > 1)
    base += " / " + u32(size);
  return base + terms(p.offset, p.strides);
}

std::string LayerPrinter::integer(const plan::IntArg &a, const kernels::Param &param) {
  const bool isUnsigned = param.type == "uint32_t";
  if (param.type == "int64_t")
    return "INT64_C(" + std::to_string(a.value) + ")";
  std::string sum = terms(0, a.strides);
  if (sum.empty())
    return isUnsigned ? u32(a.value) : std::to_string(a.value);
  StringRef text(sum);
  if (!isUnsigned) {
    // Computed as unsigned, where wrapping is defined, then read as signed.
    text.consume_front(" + ");
    return "(int32_t)(" + text.str() + ") " + (a.value < 0 ? "- " : "+ ") + std::to_string(std::abs(a.value));
  }
  if (a.value > 0)
    return u32(a.value) + sum;
  text.consume_front(" + ");
  return text.str();
}

std::string LayerPrinter::argument(const plan::CallArg &arg, const kernels::Param &param) {
  if (auto *p = std::get_if<plan::PointerArg>(&arg))
    return pointer(*p, param);
  if (auto *i = std::get_if<plan::IntArg>(&arg))
    return "/* " + std::string(param.name) + " */ " + integer(*i, param);
  if (auto *f = std::get_if<plan::FloatArg>(&arg))
    return "/* " + std::string(param.name) + " */ " +
           (param.type == "float" ? floatLiteral(static_cast<float>(f->value)) : doubleLiteral(f->value));
  if (std::holds_alternative<plan::NullArg>(arg))
    return "/* " + std::string(param.name) + " */ NULL";
  return std::string(param.name); // the row pointers, set up before the call
}

/// Declares and fills the row pointers of a window argument.
void LayerPrinter::printRows(const plan::WindowArg &window, const kernels::Param &param, StringRef name) {
  const std::string elem(param.elem), base = pointer(window.image, param);
  const bool moves = window.rowLoop >= 0 && !index[window.rowLoop].empty();
  const int64_t lastRow = (moves ? (current.getLoops()[window.rowLoop] - 1) * window.stride : 0) - window.pad +
                          (window.count - 1) * window.dilation;
  const bool inside = window.pad <= 0 && lastRow < window.height;
  // Row of the window's first line; never negative where every row is inside.
  std::string first = moves ? index[window.rowLoop] + (window.stride == 1 ? "" : " * " + u32(window.stride)) : "";
  if (window.count == 1 && inside) {
    std::string row;
    if (moves)
      row = " + " + (window.pad < 0 ? "(" + first + " + " + u32(-window.pad) + ")" : first) + " * " +
            u32(window.rowElements);
    else if (window.pad < 0)
      row = " + " + u32(-window.pad * window.rowElements);
    w.line("const " + elem + " *const " + name.str() + "[1] = { " + base + row + " };");
    return;
  }
  w.line("const " + elem + " *" + name.str() + "[" + std::to_string(window.count) + "];");
  w.open("for (uint32_t k = 0u; k < " + u32(window.count) + "; ++k)");
  std::string row = first.empty() ? "" : first + " + ";
  row += window.dilation == 1 ? "k" : "k * " + u32(window.dilation);
  if (window.pad != 0)
    row += window.pad > 0 ? " - " + u32(window.pad) : " + " + u32(-window.pad);
  if (inside) {
    w.line(name.str() + "[k] = " + base + " + (" + row + ") * " + u32(window.rowElements) + ";");
  } else {
    w.line("const uint32_t r = " + row + "; /* wraps to a large value above the image */");
    w.line(name.str() + "[k] = r < " + u32(window.height) + " ? " + base + " + r * " + u32(window.rowElements) +
           " : NULL;");
  }
  w.close();
}

void LayerPrinter::printCall(plan::CallOp op) {
  current = op;
  const plan::Call call = plan::toCall(op);
  index.clear();
  static constexpr const char *letters[] = {"i", "j", "m", "n", "o", "p", "q", "s"};
  for (size_t level = 0, first = call.turned; level < call.loops.size(); ++level)
    index.push_back(level < 8 ? letters[level - (level > 0 ? first : 0)] : "x" + std::to_string(level));
  for (const plan::CallArg &arg : call.args)
    if (auto *window = std::get_if<plan::WindowArg>(&arg); window && window->rowLoop >= 0)
      index[window->rowLoop] = "row";
  size_t opened = 0;
  if (call.turned)
    index[0] = "turn";
  for (auto [level, name, count] : llvm::enumerate(index, call.loops)) {
    if (call.turned && level == 0)
      continue;
    if (count == 1) { // no loop: the index is 0
      name.clear();
      continue;
    }
    w.open("for (uint32_t " + name + " = 0u; " + name + " < " + u32(count) + "; ++" + name + ")");
    ++opened;
  }
  const bool block =
      opened == 0 && llvm::any_of(call.args, [](auto &a) { return std::holds_alternative<plan::WindowArg>(a); });
  if (block)
    w.open("");
  SmallVector<std::string> args;
  for (auto [arg, param] : llvm::zip(call.args, call.kernel->params)) {
    if (auto *window = std::get_if<plan::WindowArg>(&arg))
      printRows(*window, param, StringRef(param.name.data(), param.name.size()));
    args.push_back(argument(arg, param));
  }
  w.list(std::string(call.kernel->name) + "(", args, ");");
  for (opened += block; opened > 0; --opened)
    w.close();
}

/// Of a library with state: a layer need not touch both memories.
void LayerPrinter::printUnused(const Layer &layer) {
  auto op = layer.op;
  const bool hasCalls = !op.getBody().getOps<plan::CallOp>().empty();
  if (!library.hasState() || !layer.inner.empty()) // inner layers are given both
    return;
  bool usesArena = !hasCalls, usesState = false;
  for (auto call : op.getBody().getOps<plan::CallOp>())
    for (Value v : call.getBuffers())
      if (auto buffer = v.getDefiningOp<plan::BufferOp>())
        (buffer.getState() ? usesState : usesArena) = true;
  if (!usesState)
    w.line("(void)s;");
  if (!usesArena)
    w.line("(void)a;");
}

/// Calls of the layers in `body`, which are the ones in `inner` that lie in it.
void LayerPrinter::printLayerCalls(Region &body, ArrayRef<Layer> inner) {
  const std::string &name = library.info.name;
  for (const Layer &layer : inner) {
    auto op = layer.op;
    if (op->getParentRegion() == &body)
      w.line(name + (layer.turned ? "_do_turn(" : "_do(") + name + "_" + layer.name +
             (library.hasState() ? ", s" : "") + (layer.turned ? ", a, turn);" : ", a);"));
  }
}

/// The loop or the choice that a layer of layers is.
void LayerPrinter::printBodies(const Layer &layer) {
  auto condition = [&](Value buffer) {
    auto op = buffer.getDefiningOp<plan::BufferOp>();
    return (op.getState() ? "s->u8[" : "a->u8[") + placeMacro(library, op) + "] != 0u";
  };
  for (Operation &op : const_cast<plan::LayerOp &>(layer.op).getBody().front()) {
    if (auto loop = dyn_cast<plan::LoopOp>(&op)) {
      const std::string also = loop.getCondition() ? " && " + condition(loop.getCondition()) : "";
      w.open("for (uint32_t turn = 0u; turn < " + u32(static_cast<int64_t>(loop.getTrips())) + also + "; ++turn)");
      printLayerCalls(loop.getBody(), layer.inner);
      w.close();
    } else if (auto choice = dyn_cast<plan::IfOp>(&op)) {
      w.open("if (" + condition(choice.getCondition()) + ")");
      printLayerCalls(choice.getThen(), layer.inner);
      if (!choice.getOtherwise().front().empty()) {
        w.otherwise();
        printLayerCalls(choice.getOtherwise(), layer.inner);
      }
      w.close();
    }
  }
}

void LayerPrinter::print(const Layer &layer) {
  for (const Layer &inner : layer.inner)
    print(inner);
  auto op = layer.op;
  std::string about = layer.name + " <- onnx ";
  for (auto [i, node] : llvm::enumerate(layer.nodes))
    about += (i ? " + \"" : "\"") + commentSafe(node) + "\"";
  if (layer.nodes.empty())
    about = layer.name;
  about += "\n";
  for (auto [i, type] : llvm::enumerate(op.getReadTypes()))
    about += (i ? ", " : "  ") + describe(cast<TypeAttr>(type).getValue());
  about += (op.getReadTypes().empty() ? "  -> " : " -> ") + describe(op.getType());
  if (layer.macs > 0)
    about += "   " + grouped(layer.macs) + " MAC";
  if (layer.scratch > 0)
    about += "   " + grouped(layer.scratch) + " B scratch";
  if (!layer.slow.empty())
    about += "\n  slow: " + commentSafe(layer.slow);
  w.comment(about);
  w.function("static void " + library.info.name + "_" + layer.name + "(" + layerParameters(library) +
             (layer.turned ? ", uint32_t turn)" : ")"));
  if (op.getBody().getOps<plan::CallOp>().empty() && layer.inner.empty())
    w.line("(void)a; /* nothing to compute */");
  printUnused(layer);
  printBodies(layer);
  for (auto call : op.getBody().getOps<plan::CallOp>())
    printCall(call);
  w.close().line();
}

/// How a layer calls those inside it: as NAME_run calls all others, for the reason that is given there.
void printDo(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, memories = layerParameters(library);
  const std::string arguments = library.hasState() ? "s, a" : "a";
  w.comment(
      "Layers inside loops and branches are called through these. volatile hides from the compiler which layer is "
      "called: gcc 12 drops calls of layers that it wrongly believes to have no effect.");
  const bool plain = llvm::any_of(library.layers, [](const Layer &l) { return hasInner(l, false); });
  const bool turned = llvm::any_of(library.layers, [](const Layer &l) { return hasInner(l, true); });
  if (plain) {
    w.function("static void " + name + "_do(void (*layer)(" + memories + "), " + memories + ")");
    w.line("void (*volatile const hidden)(" + memories + ") = layer;")
        .line("hidden(" + arguments + ");")
        .close()
        .line();
  }
  if (turned) {
    const std::string turn = ", uint32_t turn)";
    w.function("static void " + name + "_do_turn(void (*layer)(" + memories + turn + ", " + memories + turn);
    w.line("void (*volatile const hidden)(" + memories + turn + " = layer;")
        .line("hidden(" + arguments + ", turn);")
        .close()
        .line();
  }
}

} // namespace

std::string printLayers(const Library &library) {
  CWriter w;
  if (llvm::any_of(library.layers, [](const Layer &layer) { return !layer.inner.empty(); }))
    printDo(library, w);
  LayerPrinter printer(library, w);
  for (const Layer &layer : library.layers)
    printer.print(layer);
  return w.take();
}

} // namespace burin::codegen
