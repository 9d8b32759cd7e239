// The layer functions: one C function a plan.layer, its calls as kernel calls inside `for` loops.
#include "codegen/CWriter.h"
#include "codegen/Library.h"
#include "codegen/PushRows.h"
#include "codegen/Sizes.h"
#include "codegen/Streams.h"
#include "codegen/Windows.h"
#include "ir/plan/StreamTurns.h"
#include "llvm/ADT/StringExtras.h"

#include <set>

namespace burin::codegen {
using namespace mlir;
namespace {

std::string u32(int64_t value) { return std::to_string(value) + "u"; }

/// Whether a layer inside `layer` depends on the turn of a loop, or (not `turned`) doesn't.
bool hasInner(const Layer &layer, bool turned) {
  return llvm::any_of(layer.inner, [&](const Layer &l) { return l.turned == turned || hasInner(l, turned); });
}

/// Whether `e` is this constant.
bool is(const sizes::Expr &e, int64_t value) { return e.asConstant() == value; }

/// Prints the calls of one layer.
class LayerPrinter {
public:
  LayerPrinter(const Library &library, CWriter &file)
      : library(library), file(file), table(library.sizes ? library.sizes->table() : sizes::Table()) {
    for (const Constant &c : library.constants)
      constantOf[c.buffer()] = &c;
  }

  void print(const Layer &layer);

  std::set<WindowKind> windows; ///< that the layers which have been printed look into

private:
  void printCall(plan::CallOp op);
  std::string openTurns(const plan::Call &call, size_t &opened);
  void printUnused(const Layer &layer);
  void printLayerCalls(Region &body, ArrayRef<Layer> inner);
  void printBodies(const Layer &layer);
  /// The number at `path` of the present call, and several of them.
  sizes::Expr number(const Twine &path, int64_t value) const;
  std::vector<sizes::Expr> numbers(const Twine &path, ArrayRef<int64_t> values) const;
  /// As an operand of * and as an operand of + or -.
  std::string factor(const sizes::Expr &e) const;
  std::string text(const sizes::Expr &e) const {
    used.push_back(e);
    return table.text(e, "u");
  }
  bool isNegative(const sizes::Expr &e) const { return !e.terms.empty() && table.upperBound(e) <= 0; }
  bool neverNegative(const sizes::Expr &e) const { return table.lowerBound(e) >= 0; }

  std::string pointer(const plan::PointerArg &p, const std::string &path, const kernels::Param &param);
  std::string integer(const plan::IntArg &a, const std::string &path, const kernels::Param &param);
  std::string argument(const plan::CallArg &arg, const std::string &path, const kernels::Param &param);
  void printRows(const plan::WindowArg &window, const std::string &path, const kernels::Param &param, StringRef name);
  std::string rowOf(const plan::WindowArg &window, const std::string &path, const std::string &first) const;
  std::string firstRow(const plan::WindowArg &window, const std::string &path, const std::string &first) const;
  int64_t ringRowsAsOne(const plan::WindowArg &window, const kernels::Param &param);
  std::string terms(const sizes::Expr &offset, ArrayRef<sizes::Expr> strides) const;
  std::string ringPlace(const plan::PointerArg &p, const plan::Ring &ring, int64_t element) const;
  std::string imageRow(const plan::WindowArg &window, const std::string &path, const kernels::Param &param,
                       const std::string &row, bool isSum);

  const Library &library;
  CWriter &file, w; ///< w: the body of a layer's function
  const sizes::Table table;
  mutable std::vector<sizes::Expr> used; ///< what the body says of sizes
  DenseMap<Value, const Constant *> constantOf;
  int64_t working = 0; ///< index among the working layers of the next that is printed
  plan::CallOp current;
  SmallVector<std::string> index; // names of the loop variables; empty: one turn, no loop
};

sizes::Expr LayerPrinter::number(const Twine &path, int64_t value) const {
  return library.sizes ? library.sizes->number(current, path.str(), value) : sizes::Expr::constant(value);
}

std::vector<sizes::Expr> LayerPrinter::numbers(const Twine &path, ArrayRef<int64_t> values) const {
  std::vector<sizes::Expr> out;
  for (auto [i, v] : llvm::enumerate(values))
    out.push_back(number(path + "." + Twine(i), v));
  return out;
}

std::string LayerPrinter::factor(const sizes::Expr &e) const {
  return e.terms.size() > 1 ? "(" + text(e) + ")" : text(e);
}

/// " + 5u + i * 64u": what is added to a base.
std::string LayerPrinter::terms(const sizes::Expr &offset, ArrayRef<sizes::Expr> strides) const {
  std::string sum;
  if (!is(offset, 0))
    sum += isNegative(offset) ? " - " + factor(offset * -1) : " + " + text(offset);
  for (auto [i, stride] : llvm::enumerate(strides)) {
    if (is(stride, 0) || i >= index.size() || index[i].empty())
      continue;
    const bool down = isNegative(stride);
    sum += (down ? " - " : " + ") + index[i];
    const sizes::Expr size = down ? stride * -1 : stride;
    if (!is(size, 1))
      sum += " * " + factor(size);
  }
  return sum;
}

/// " + kws_mod3(row) * 320u + 5u": where the row of a ring that `p` names lies, and the place in it.
std::string LayerPrinter::ringPlace(const plan::PointerArg &p, const plan::Ring &ring, int64_t element) const {
  const int64_t rowElements = ring.rowBytes / element, first = p.offset / rowElements;
  int64_t rest = p.offset % rowElements;
  SmallVector<sizes::Expr> inRow;
  for (int64_t s : p.strides)
    inRow.push_back(sizes::Expr::constant(s));
  std::string slot;
  if (!p.strides.empty() && p.strides[0] != 0 && !index[0].empty()) { // another row every turn
    const int64_t stride = p.strides[0] / rowElements;
    inRow[0] = {};
    if (stride % ring.rows == 0) // a whole ring every turn: always the same place
      rest += first % ring.rows * rowElements;
    else
      slot = ringSlot(library, ring.rows,
                      index[0] + (stride == 1 ? "" : " * " + u32(stride)) + (first == 0 ? "" : " + " + u32(first)));
  } else {
    rest += first % ring.rows * rowElements;
  }
  return (slot.empty() ? "" : " + " + slot + " * " + u32(rowElements)) + terms(sizes::Expr::constant(rest), inRow);
}

std::string LayerPrinter::pointer(const plan::PointerArg &p, const std::string &path, const kernels::Param &param) {
  Value buffer = current.getBuffers()[p.buffer];
  const std::string elem(param.elem);
  const std::string rest = terms(number(path + ".offset", p.offset), numbers(path + ".strides", p.strides));
  if (auto it = constantOf.find(buffer); it != constantOf.end()) {
    const Constant &c = *it->second;
    std::string base = c.symbol;
    if (c.ctype != elem)
      base = "(const " + elem + " *)" + (elem == "uint8_t" ? "" : "(const void *)") + base;
    return c.ctype != elem && !rest.empty() ? "(" + base + ")" + rest : base + rest;
  }
  auto place = buffer.getDefiningOp<plan::BufferOp>();
  std::string base =
      (place.getState() ? "s->" : library.inArena("a", place)) + viewOf(elem) + " + " + placeMacro(library, place);
  const int64_t size = plan::elementSize(elem);
  if (size > 1)
    base += " / " + u32(size);
  const plan::Ring ring = plan::ringOf(buffer);
  return base + (ring.rows > 0 ? ringPlace(p, ring, size) : rest);
}

std::string LayerPrinter::integer(const plan::IntArg &a, const std::string &path, const kernels::Param &param) {
  const bool isUnsigned = param.type == "uint32_t";
  const sizes::Expr value = number(a.strides.empty() ? path : path + ".value", a.value);
  if (!value.asConstant()) {
    // Computed as unsigned, where wrapping is defined, then read as signed.
    const std::string sum = text(value) + terms({}, numbers(path + ".strides", a.strides));
    return isUnsigned ? sum : "(" + std::string(param.type) + ")(" + sum + ")";
  }
  if (param.type == "int64_t")
    return "INT64_C(" + std::to_string(a.value) + ")";
  std::string sum = terms({}, numbers(path + ".strides", a.strides));
  if (sum.empty())
    return isUnsigned ? u32(a.value) : std::to_string(a.value);
  StringRef text(sum);
  if (!isUnsigned) {
    // As above.
    text.consume_front(" + ");
    return "(int32_t)(" + text.str() + ") " + (a.value < 0 ? "- " : "+ ") + std::to_string(std::abs(a.value));
  }
  if (a.value > 0)
    return u32(a.value) + sum;
  text.consume_front(" + ");
  return text.str();
}

std::string LayerPrinter::argument(const plan::CallArg &arg, const std::string &path, const kernels::Param &param) {
  if (auto *p = std::get_if<plan::PointerArg>(&arg))
    return pointer(*p, path, param);
  if (auto *i = std::get_if<plan::IntArg>(&arg))
    return "/* " + std::string(param.name) + " */ " + integer(*i, path, param);
  if (auto *f = std::get_if<plan::FloatArg>(&arg))
    return "/* " + std::string(param.name) + " */ " +
           (param.type == "float" ? floatLiteral(static_cast<float>(f->value)) : doubleLiteral(f->value));
  if (std::holds_alternative<plan::NullArg>(arg))
    return "/* " + std::string(param.name) + " */ NULL";
  return std::string(param.name); // the row pointers, set up before the call
}

/// "row * 2u + k - 1u": which row of the image is row k of the window.
std::string LayerPrinter::rowOf(const plan::WindowArg &window, const std::string &path,
                                const std::string &first) const {
  const sizes::Expr dilation = number(path + ".dilation", window.dilation), pad = number(path + ".pad", window.pad);
  std::string row = first.empty() ? "" : first + " + ";
  row += is(dilation, 1) ? "k" : "k * " + factor(dilation);
  if (!is(pad, 0))
    row += isNegative(pad) ? " + " + factor(pad * -1) : " - " + factor(pad);
  return row;
}

/// "row * 2u - 1u": which row of the image is row 0 of the window.
std::string LayerPrinter::firstRow(const plan::WindowArg &window, const std::string &path,
                                   const std::string &first) const {
  const sizes::Expr pad = number(path + ".pad", window.pad);
  const std::string row = first.empty() ? "0u" : first;
  if (is(pad, 0))
    return row;
  if (isNegative(pad))
    return (first.empty() ? "" : row + " + ") + text(pad * -1);
  return row + " - " + factor(pad);
}

/// How many rows of the ring that a window's image is kept in are one of its own.
int64_t LayerPrinter::ringRowsAsOne(const plan::WindowArg &window, const kernels::Param &param) {
  const plan::Ring ring = plan::ringOf(current.getBuffers()[window.image.buffer]);
  return ring.rows == 0 ? 1 : window.rowElements * plan::elementSize(param.elem) / ring.rowBytes;
}

/// The address of row `row`, an expression, or a sum, of a window's image; an empty one is row 0.
std::string LayerPrinter::imageRow(const plan::WindowArg &window, const std::string &path, const kernels::Param &param,
                                   const std::string &row, bool isSum) {
  const std::string base = pointer(window.image, path + ".image", param);
  if (row.empty())
    return base;
  const sizes::Expr elements = number(path + ".row", window.rowElements);
  const plan::Ring ring = plan::ringOf(current.getBuffers()[window.image.buffer]);
  if (ring.rows == 0)
    return base + " + " + (isSum ? "(" + row + ")" : row) + " * " + factor(elements);
  // A row of the window is one or several rows of the ring, which has a multiple of them.
  const int64_t asOne = ringRowsAsOne(window, param);
  const std::string slot =
      ringSlot(library, ring.rows, asOne == 1 ? row : (isSum ? "(" + row + ")" : row) + " * " + u32(asOne));
  if (asOne != 1)
    return base + (slot.empty() ? "" : " + " + slot + " * " + u32(ring.rowBytes / plan::elementSize(param.elem)));
  return base + (slot.empty() ? "" : " + " + slot + " * " + factor(elements));
}

/// Declares and fills the row pointers of a window argument.
void LayerPrinter::printRows(const plan::WindowArg &window, const std::string &path, const kernels::Param &param,
                             StringRef name) {
  const std::string elem(param.elem);
  const bool moves = window.rowLoop >= 0 && !index[window.rowLoop].empty();
  const sizes::Expr one = sizes::Expr::constant(1), stride = number(path + ".stride", window.stride),
                    pad = number(path + ".pad", window.pad), count = number(path + ".count", window.count),
                    dilation = number(path + ".dilation", window.dilation),
                    height = number(path + ".height", window.height);
  sizes::Expr lastRow = (count - one) * dilation - pad;
  if (moves)
    lastRow = lastRow + (number("loops." + Twine(window.rowLoop), current.getLoops()[window.rowLoop]) - one) * stride;
  const bool inside = neverNegative(pad * -1) && neverNegative(height - lastRow - one);
  // Row of the window's first line; never negative where every row is inside.
  std::string first = moves ? index[window.rowLoop] + (is(stride, 1) ? "" : " * " + factor(stride)) : "";
  if (is(count, 1) && inside) {
    std::string row = isNegative(pad) ? (first.empty() ? "" : first + " + ") + text(pad * -1) : first;
    w.line("const " + elem + " *const " + name.str() + "[1] = { " +
           imageRow(window, path, param, row, /*isSum=*/moves && isNegative(pad)) + " };");
    return;
  }
  w.line("const " + elem + " *" + name.str() + "[" + std::to_string(std::max<int64_t>(1, table.upperBound(count))) +
         "];");
  if (ringRowsAsOne(window, param) == 1) {
    const WindowKind kind{elem, plan::ringOf(current.getBuffers()[window.image.buffer]).rows};
    windows.insert(kind);
    w.list(windowFunction(library, kind) + "(",
           {name.str(), "/* count */ " + text(count), pointer(window.image, path + ".image", param),
            "/* first */ " + firstRow(window, path, first), "/* dilation */ " + text(dilation),
            "/* height */ " + text(height), "/* elements */ " + text(number(path + ".row", window.rowElements))},
           ");");
    return;
  }
  w.open("for (uint32_t k = 0u; k < " + text(count) + "; ++k)");
  const std::string row = rowOf(window, path, first);
  if (inside) {
    w.line(name.str() + "[k] = " + imageRow(window, path, param, row, /*isSum=*/true) + ";");
  } else {
    w.line("const uint32_t r = " + row + "; /* wraps to a large value above the image */");
    w.line(name.str() + "[k] = r < " + text(height) + " ? " + imageRow(window, path, param, "r", false) + " : NULL;");
  }
  w.close();
}

/// The index of a turned call's first loop; opens a condition if the call doesn't run in all turns of its layer.
std::string LayerPrinter::openTurns(const plan::Call &call, size_t &opened) {
  auto layer = current->getParentOfType<plan::LayerOp>();
  if (!layer.getTurns())
    return "turn";
  const int64_t end = call.first + call.loops[0];
  std::string condition;
  if (call.first > 0)
    condition = call.loops[0] == 1 ? "row == " + u32(call.first) : "row >= " + u32(call.first);
  if (end < static_cast<int64_t>(*layer.getTurns()) && call.loops[0] > 1)
    condition += (condition.empty() ? "row < " : " && row < ") + u32(end);
  else if (end < static_cast<int64_t>(*layer.getTurns()) && call.first == 0)
    condition = "row == 0u";
  if (!condition.empty()) {
    w.open("if (" + condition + ")");
    ++opened;
  }
  if (call.loops[0] == 1)
    return "";
  return call.first == 0 ? "row" : "(row - " + u32(call.first) + ")";
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
    index[0] = openTurns(call, opened);
  const std::vector<sizes::Expr> counts = numbers("loops", call.loops);
  for (auto [level, name, count] : llvm::enumerate(index, counts)) {
    if (call.turned && level == 0)
      continue;
    if (is(count, 1)) { // no loop: the index is 0
      name.clear();
      continue;
    }
    w.open("for (uint32_t " + name + " = 0u; " + name + " < " + text(count) + "; ++" + name + ")");
    ++opened;
  }
  const bool block =
      opened == 0 && llvm::any_of(call.args, [](auto &a) { return std::holds_alternative<plan::WindowArg>(a); });
  if (block)
    w.open("");
  SmallVector<std::string> args;
  for (auto [i, arg, param] : llvm::enumerate(call.args, call.kernel->params)) {
    const std::string path = "args." + std::to_string(i);
    if (auto *window = std::get_if<plan::WindowArg>(&arg))
      printRows(*window, path, param, StringRef(param.name.data(), param.name.size()));
    args.push_back(argument(arg, path, param));
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
    return (op.getState() ? "s->" : library.inArena("a", op)) + "u8[" + placeMacro(library, op) + "] != 0u";
  };
  for (Operation &op : const_cast<plan::LayerOp &>(layer.op).getBody().front()) {
    if (auto loop = dyn_cast<plan::LoopOp>(&op)) {
      const std::string also = loop.getCondition() ? " && " + condition(loop.getCondition()) : "";
      const auto most = static_cast<int64_t>(loop.getTrips());
      const sizes::Expr trips =
          library.sizes ? library.sizes->number(loop, "trips", most) : sizes::Expr::constant(most);
      w.open("for (uint32_t turn = 0u; turn < " + text(trips) + also + "; ++turn)");
      printLayerCalls(loop.getBody(), layer.inner);
      w.close();
    } else if (isa<plan::StreamOp>(op)) {
      printStream(library, layer, w);
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

/// What a layer consists of: its ONNX nodes, or the layers of a stream, each of which has named its own.
static std::string contentOf(const Layer &layer) {
  auto op = layer.op;
  std::string text;
  if (!op.getBody().getOps<plan::StreamOp>().empty()) {
    for (const Layer &inner : layer.inner)
      text += (text.empty() ? ": " : ", ") + inner.name;
    return text + ", row by row";
  }
  for (const std::string &node : layer.nodes)
    text += (text.empty() ? " <- onnx \"" : " + \"") + commentSafe(node) + "\"";
  return text;
}

/// Whether it is the stream that rows of the input are pushed into.
static bool takesRows(const Layer &layer) { return !layer.inner.empty() && takesPushedRows(layer.inner.front()); }

/// Whether C text `code` names `variable`, comments left aside.
static bool names(StringRef code, StringRef variable) {
  for (size_t at = 0; at < code.size();) {
    if (code.substr(at).starts_with("/*")) {
      at = std::min(code.find("*/", at), code.size() - 2) + 2;
      continue;
    }
    const StringRef word = code.substr(at).take_while([](char c) { return llvm::isAlnum(c) || c == '_'; });
    if (word == variable)
      return true;
    at += std::max<size_t>(word.size(), 1);
  }
  return false;
}

void LayerPrinter::print(const Layer &layer) {
  if (movesCallersRows(layer))
    return;
  for (const Layer &inner : layer.inner)
    print(inner);
  auto op = layer.op;
  std::string about = layer.name + contentOf(layer) + "\n";
  for (auto [i, type] : llvm::enumerate(op.getReadTypes()))
    about +=
        (i ? ", " : "  ") + describe(library, op, "read_types." + std::to_string(i), cast<TypeAttr>(type).getValue());
  about += (op.getReadTypes().empty() ? "  -> " : " -> ") + describe(library, op, "type", op.getType());
  if (layer.turned && op.getTurns())
    about += "\n  " + (op.getRowsMade() == 1 ? "one row " : std::to_string(op.getRowsMade()) + " rows ") +
             (op.getAccumulates() ? "of the operand " : "") + "a call, " + std::to_string(*op.getTurns()) +
             " calls in all";
  if (layer.macs > 0)
    about += (hasVarying(library, op, "macs") ? "   at most " : "   ") + grouped(layer.macs) + " MAC";
  if (layer.scratch > 0)
    about += "   " + grouped(layer.scratch) + " B scratch";
  if (layer.removed > 0)
    about += "\n  " + grouped(layer.removed) + " of " + grouped(layer.outOf) +
             " channels are left out: each is constant for every input, or never read";
  if (!layer.kernelsBecause.empty())
    about += "\n  " + commentSafe(layer.kernelsBecause);
  for (const std::string &other : choiceLines(layer.choice))
    about += "\n  " + other;
  if (!layer.slow.empty())
    about += "\n  slow: " + commentSafe(layer.slow);
  w = CWriter();
  w.indent();
  used.clear();
  if (op.getBody().getOps<plan::CallOp>().empty() && layer.inner.empty())
    w.line("(void)a; /* nothing to compute */");
  printUnused(layer);
  printBodies(layer);
  for (auto call : op.getBody().getOps<plan::CallOp>())
    printCall(call);
  const std::string body = w.take(), turn = op.getTurns() ? "row" : "turn";
  file.comment(about);
  const std::string result = takesRows(layer) && library.pulled ? "const " + outputCType(library) + " *" : "void ";
  file.function("static " + result + library.info.name + "_" + layer.name + "(" + layerParameters(library) +
                (layer.turned       ? ", uint32_t " + turn + ")"
                 : takesRows(layer) ? ", " + library.info.name + "_rows *rows)"
                                    : ")"));
  declareSizes(library, used, "a", file);
  if (layer.turned && !names(body, turn))
    file.line("(void)" + turn + "; /* every turn at the same places: rings of one row */");
  const bool traced = library.info.traced && layer.inner.empty();
  if (traced)
    file.line(library.info.name + "_enter(" + u32(working++) + ");");
  file.raw(body);
  if (traced)
    file.line(library.info.name + "_leave();");
  file.close().line();
}

/// How a layer calls those inside it: as NAME_run calls all others, for the reason that is given there.
void printDo(const Library &library, CWriter &w) {
  const std::string &name = library.info.name, memories = layerParameters(library);
  const std::string arguments = library.hasState() ? "s, a" : "a";
  w.comment("Layers inside loops, branches and streams are called through these. volatile hides from the compiler "
            "which layer is "
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
  printRingSlots(library, w);
  if (llvm::any_of(library.layers, [](const Layer &layer) { return !layer.inner.empty(); }))
    printDo(library, w);
  CWriter layers;
  LayerPrinter printer(library, layers);
  for (const Layer &layer : library.layers)
    printer.print(layer);
  for (const WindowKind &kind : printer.windows)
    printWindowFunction(library, kind, w);
  return w.take() + layers.take();
}

} // namespace burin::codegen
