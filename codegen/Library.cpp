#include "codegen/Library.h"
#include "codegen/StackBound.h"
#include "ir/diagnostics/MlirDiagnostics.h"
#include "ir/kernels/CodeBytes.h"
#include "ir/nn/Constants.h"
#include "ir/nn/PackedWeights.h"
#include "ir/nn/Strips.h"
#include "ir/plan/Memory.h"

#include "llvm/ADT/StringExtras.h"

#include <set>

namespace burin::codegen {
using namespace mlir;

std::string viewOf(StringRef ctype) {
  if (ctype == "float")
    return "f32";
  if (ctype == "double")
    return "f64";
  const bool isUnsigned = ctype.consume_front("u");
  ctype.consume_front("int");
  ctype.consume_back("_t");
  return (isUnsigned ? "u" : "s") + ctype.str();
}

std::string describe(Type tensorType) {
  auto type = cast<RankedTensorType>(tensorType);
  std::string suffix = nn::kernelSuffix(type.getElementType()), text;
  if (suffix == "b8")
    text = "bool";
  else if (suffix == "bf16")
    text = "bfloat16";
  else
    text = (suffix[0] == 'f' ? "float" : suffix[0] == 'u' ? "uint" : "int") + suffix.substr(1);
  text += '[';
  for (auto [i, d] : llvm::enumerate(type.getShape()))
    text += (i ? "," : "") + std::to_string(d);
  return text + "]";
}

std::string commentSafe(StringRef text) {
  std::string out;
  for (char c : text) {
    if (c < ' ' || c > '~' || c == '\\' || c == '"')
      c = '?';
    // A node may be called "a*/b": the comment must go on.
    if (!out.empty() &&
        ((out.back() == '*' && c == '/') || (out.back() == '/' && c == '*') || (out.back() == '?' && c == '?')))
      out += ' ';
    out += c;
  }
  return out;
}

std::string identifier(StringRef text) {
  std::string out;
  for (char c : text) {
    if (llvm::isAlnum(c))
      out += llvm::toLower(c);
    else if (!out.empty() && out.back() != '_')
      out += '_';
  }
  while (!out.empty() && out.back() == '_')
    out.pop_back();
  if (out.empty() || llvm::isDigit(out[0]))
    out = "t" + out;
  return out;
}

std::string grouped(int64_t value) {
  std::string digits = std::to_string(value);
  for (int64_t i = static_cast<int64_t>(digits.size()) - 3; i > (value < 0 ? 1 : 0); i -= 3)
    digits.insert(static_cast<size_t>(i), " ");
  return digits;
}

std::string placeMacro(const Library &library, plan::BufferOp buffer) {
  return library.upper + "_AT_" + StringRef(identifier(buffer.getName())).upper();
}

std::string layerParameters(const Library &library) {
  const std::string &name = library.info.name;
  return (library.hasState() ? name + "_state *s, " : "") + library.common() + "_arena *a";
}

std::string memoryParameters(const Library &library) {
  const std::string &name = library.info.name;
  return (library.hasState() ? name + "_state *state, " : "") + library.common() + "_arena *arena";
}

std::string memoryArguments(const Library &library) { return library.hasState() ? "state, arena" : "arena"; }

std::string placeCall(const Library &library, const Tensor &tensor, StringRef direction, StringRef address) {
  return library.info.name + "_" + (tensor.isState ? "state" : direction.str()) + "_" + tensor.cName + "(" +
         address.str() + (tensor.isState ? "state" : "arena") + ")";
}

std::vector<std::string> arenaVariables(const Library &library) {
  const std::string &name = library.info.name;
  if (!library.isDivided())
    return {"static " + name + "_arena arena;"};
  std::vector<std::string> variables;
  std::string parts;
  for (const Memory *memory : library.arenaMemories()) {
    variables.push_back("static " + name + "_" + memory->name + " arena_" + memory->name + ";");
    parts += (parts.empty() ? "&arena_" : ", &arena_") + memory->name;
  }
  variables.push_back("static " + name + "_arena arena = { " + parts + " };");
  return variables;
}

bool takesPushedRows(const Layer &layer) {
  auto op = layer.op;
  return llvm::any_of(op.getReads(), [&](Value v) { return v.getDefiningOp<plan::BufferOp>().getPushed(); }) &&
         layer.inner.empty();
}

bool givesPulledRows(const Layer &layer) {
  auto op = layer.op;
  return op.getResult().getDefiningOp<plan::BufferOp>().getPulled() && layer.inner.empty();
}

bool movesCallersRows(const Layer &layer) { return takesPushedRows(layer) || givesPulledRows(layer); }

std::vector<const Layer *> workingLayers(const std::vector<Layer> &layers) {
  std::vector<const Layer *> out;
  for (const Layer &layer : layers) {
    const std::vector<const Layer *> inner = workingLayers(layer.inner);
    out.insert(out.end(), inner.begin(), inner.end());
    if (layer.inner.empty() && !movesCallersRows(layer))
      out.push_back(&layer);
  }
  return out;
}

uint32_t Library::modelId() const {
  uint32_t id = 0;
  StringRef(info.sha256).take_front(8).getAsInteger(16, id);
  return id;
}

std::string Library::commonUpper() const { return StringRef(common()).upper(); }

std::vector<const Memory *> Library::arenaMemories() const {
  std::vector<const Memory *> found;
  for (const Memory &memory : memories)
    if (memory.arenaBytes > 0 && !memory.forConstants)
      found.push_back(&memory);
  return found;
}

std::string Library::inArena(StringRef arena, int64_t memory) const {
  return arena.str() + "->" + (isDivided() ? memories[static_cast<size_t>(memory)].name + "->" : "");
}

std::string Library::arenaIsNull() const {
  std::string condition = "arena == NULL";
  if (isDivided())
    for (const Memory *memory : arenaMemories())
      condition += " || arena->" + memory->name + " == NULL";
  return condition;
}

std::string Library::entry(StringRef what) const {
  if (info.whole.empty())
    return info.name + "_" + what.str();
  return info.whole + "_" + what.str() + "_" + info.name.substr(info.whole.size() + 1);
}

namespace {

/// The dims of a type that depend on sizes, or nothing.
std::vector<sizes::Expr> varyingDims(const Library &library, Operation *op, RankedTensorType type) {
  std::vector<sizes::Expr> dims;
  bool varies = false;
  for (auto [i, d] : llvm::enumerate(type.getShape())) {
    const std::string path = "type." + std::to_string(i);
    varies |= library.sizes && library.sizes->varying(op, path);
    dims.push_back(library.sizes ? library.sizes->number(op, path, d) : sizes::Expr::constant(d));
  }
  return varies ? dims : std::vector<sizes::Expr>();
}

template <typename BoundaryOp> Tensor tensorOf(const Library &library, BoundaryOp op, std::set<std::string> &taken) {
  Tensor t;
  t.onnxName = op.getName().str();
  std::string base = identifier(op.getName()), name = base;
  for (int i = 2; !taken.insert(name).second; ++i)
    name = base + "_" + std::to_string(i);
  t.cName = name;
  t.type = cast<RankedTensorType>(op.getType());
  if (const int64_t times = nn::timesBrought(op); times > 1)
    t.type = nn::resized(t.type, /*axis=*/1, t.type.getDimSize(1) / times);
  t.dims = varyingDims(library, op, t.type);
  auto buffer = op.getBuffer().template getDefiningOp<plan::BufferOp>();
  t.isState = buffer.getState();
  t.isPushed = buffer.getPushed();
  t.isPulled = buffer.getPulled();
  t.offset = static_cast<int64_t>(buffer.getOffset().value_or(0));
  t.memory = buffer.getMemory() ? static_cast<int64_t>(*buffer.getMemory()) : -1;
  t.ctype = nn::cType(t.type.getElementType());
  t.view = viewOf(t.ctype);
  Type element = t.type.getElementType();
  if (auto quant = op->template getAttrOfType<TypeAttr>("nn.quant"))
    element = quant.getValue();
  t.quant = dyn_cast<quant::UniformQuantizedType>(element);
  if (auto perm = op->template getAttrOfType<DenseI64ArrayAttr>("nn.perm"))
    t.perm.assign(perm.asArrayRef().begin(), perm.asArrayRef().end());
  return t;
}

/// Notes how a call reads its buffers: the arena's views, and the C type of each constant.
void noteUse(Library &library, plan::CallOp call, const Layer &layer, llvm::DenseMap<Value, Constant *> &constants,
             std::set<std::string> &views, std::set<std::string> &stateViews) {
  const plan::Call c = plan::toCall(call);
  for (auto [arg, param] : llvm::zip(c.args, c.kernel->params)) {
    const plan::PointerArg *p = std::get_if<plan::PointerArg>(&arg);
    if (auto *w = std::get_if<plan::WindowArg>(&arg))
      p = &w->image;
    if (!p)
      continue;
    Value buffer = call.getBuffers()[p->buffer];
    auto it = constants.find(buffer);
    if (it == constants.end()) {
      const bool isState = buffer.getDefiningOp<plan::BufferOp>().getState();
      (isState ? stateViews : views).insert(std::string(param.elem));
      continue;
    }
    Constant &constant = *it->second;
    if (constant.usedBy.empty()) {
      constant.usedBy = layer.name;
      constant.packedBits = nn::packedBitsRead(c.kernel->name, param.name);
      // Bytes moved by memcpy keep the type they were declared with.
      if (param.elem != "uint8_t" || constant.bytes.size() % static_cast<size_t>(plan::elementSize(constant.ctype)))
        constant.ctype = std::string(param.elem);
    }
  }
}

void addKernel(Layer &layer, const std::string &kernel) {
  if (!llvm::is_contained(layer.kernels, kernel))
    layer.kernels.push_back(kernel);
}

/// The layer and those inside it, which it shares the kernels of.
Layer layerOf(plan::LayerOp op, int64_t &number) {
  Layer layer;
  layer.op = op;
  layer.name = op.getName().str();
  layer.kind = op.getKind().str();
  layer.macs = op.getMacs();
  layer.slow = op.getSlow().value_or("").str();
  if (auto because = op->getAttrOfType<StringAttr>("nn.kernels_because"))
    layer.kernelsBecause = because.str();
  layer.choice = kernelChoice(op);
  if (auto removed = op->getAttrOfType<mlir::DenseI64ArrayAttr>("nn.removed"))
    layer.removed = removed[0], layer.outOf = removed[1];
  layer.first = number++;
  layer.nodes = nodeNames(op.getLoc());
  for (auto call : op.getBody().getOps<plan::CallOp>()) {
    if (!movesCallersRows(layer))
      addKernel(layer, call.getKernel().str());
    layer.turned |= call.getTurned();
  }
  for (Operation &around : op.getBody().front())
    for (Region &body : around.getRegions())
      for (auto inner : body.getOps<plan::LayerOp>())
        layer.inner.push_back(layerOf(inner, number));
  for (const Layer &inner : layer.inner)
    for (const std::string &kernel : inner.kernels)
      addKernel(layer, kernel);
  layer.last = number - 1;
  return layer;
}

void gatherState(Library &library, const std::set<std::string> &views) {
  library.stateViews.assign(views.begin(), views.end());
  for (const std::string &v : library.stateViews)
    library.stateAlign = std::max(library.stateAlign, plan::elementSize(v));
  if (library.hasState())
    library.stateBytes = llvm::alignTo(std::max<uint64_t>(1, library.program.getState()), library.stateAlign);
  for (auto op : library.program.getBody().getOps<plan::ResetOp>()) {
    auto buffer = op.getBuffer().getDefiningOp<plan::BufferOp>();
    auto value = op.getValue().getDefiningOp<plan::ConstantOp>();
    for (Constant &c : library.constants) {
      if (c.op != value)
        continue;
      library.resets.push_back(
          {static_cast<int64_t>(*buffer.getOffset()), static_cast<int64_t>(buffer.getBytes()), c.symbol});
      if (c.usedBy.empty())
        c.usedBy = "reset";
    }
  }
}

/// Notes the calls of a layer and of those inside it.
void noteUses(Library &library, const Layer &layer, llvm::DenseMap<Value, Constant *> &constants,
              std::set<std::string> &views, std::set<std::string> &stateViews) {
  if (movesCallersRows(layer))
    return;
  auto op = layer.op;
  for (auto call : op.getBody().getOps<plan::CallOp>())
    noteUse(library, call, layer, constants, views, stateViews);
  for (const Layer &inner : layer.inner)
    noteUses(library, inner, constants, views, stateViews);
}

/// The rows that a layer moves from its caller, or to it: those of its type, a turn each.
CallersRows rowsMoved(plan::LayerOp layer, Value keptIn) {
  CallersRows moved;
  moved.rows = static_cast<int64_t>(*layer.getTurns());
  moved.elements = nn::numElements(cast<RankedTensorType>(layer.getType()).getShape()) / moved.rows;
  moved.keptIn = keptIn.getDefiningOp<plan::BufferOp>();
  return moved;
}

/// Finds out whether the caller brings rows to the first stream, and takes rows from it.
void findCallersRows(Library &library) {
  if (library.layers.empty() || library.layers.front().inner.empty())
    return;
  const Layer &first = library.layers.front().inner.front(), &last = library.layers.front().inner.back();
  plan::LayerOp push = first.op, pull = last.op;
  if (takesPushedRows(first)) {
    library.pushed = rowsMoved(push, push.getResult());
    for (auto input : library.program.getBody().getOps<plan::InputOp>())
      library.pushed->times *= nn::timesBrought(input);
    library.pushed->rows /= library.pushed->times;
  }
  if (givesPulledRows(last)) {
    library.pulled = rowsMoved(pull, pull.getReads().front());
    library.pulled->asOne = cast<plan::RowsAttr>(pull.getRowReadsAttr()[0]).getStride();
  }
}

void gatherMemories(Library &library) {
  const auto align = static_cast<uint64_t>(library.arenaAlign);
  for (plan::MemoryAttr memory : plan::memoriesOf(library.program))
    library.memories.push_back(
        {.name = memory.getName().str(),
         .macro = library.upper + "_" + memory.getName().upper(),
         .bytes = memory.getBytes(),
         .used = memory.getUsed(),
         .isSlow = memory.getSlow(),
         .forConstants = memory.getConstants(),
         .arenaBytes = static_cast<int64_t>(llvm::alignTo(static_cast<uint64_t>(memory.getArena()), align)),
         .bound = memory.getBound(),
         .optimal = memory.getOptimal(),
         .holdsState = memory.getState()});
}

/// Scratch lives and dies within its layer and is nobody's result.
void noteScratch(Layer &layer, plan::BufferOp buffer) {
  const auto live = buffer.getLive();
  auto op = layer.op;
  if (live[0] < layer.first || live[1] > layer.last)
    return;
  if (live[0] == live[1] && live[0] == layer.first && op.getResult() != buffer.getResult())
    layer.scratch += static_cast<int64_t>(buffer.getBytes());
  for (Layer &inner : layer.inner)
    noteScratch(inner, buffer);
}

} // namespace

Library gather(plan::ProgramOp program, LibraryInfo info) {
  Library library;
  library.info = std::move(info);
  library.program = program;
  library.upper = StringRef(library.info.name).upper();
  std::set<std::string> taken, views{"uint8_t"}, stateViews;
  if (plan::ProgramSizes sizes(program); !sizes.empty()) {
    library.sizes = std::move(sizes);
    views.insert("uint32_t");
  }
  for (auto op : program.getBody().getOps<plan::InputOp>())
    if (!op->hasAttr("nn.hidden"))
      library.inputs.push_back(tensorOf(library, op, taken));
  for (auto op : program.getBody().getOps<plan::OutputOp>())
    if (!op->hasAttr("nn.hidden"))
      library.outputs.push_back(tensorOf(library, op, taken));
  for (const auto *tensors : {&library.inputs, &library.outputs})
    for (const Tensor &t : *tensors)
      (t.isState ? stateViews : views).insert(t.ctype);
  if (!stateViews.empty())
    stateViews.insert("uint8_t");

  llvm::DenseMap<Value, Constant *> constants;
  for (auto op : program.getBody().getOps<plan::ConstantOp>()) {
    Constant c;
    c.op = op;
    c.name = op.getName().str();
    c.symbol = library.info.name + "_" + c.name;
    c.memory = op.getMemory() ? static_cast<int64_t>(*op.getMemory()) : -1;
    auto type = cast<RankedTensorType>(op.getType());
    c.ctype = nn::cType(type.getElementType());
    c.shape.assign(type.getShape().begin(), type.getShape().end());
    c.bytes = nn::elementsBytes(op.getValue(), type, c.storage);
    library.constantBytes += static_cast<int64_t>(c.bytes.size());
    library.constants.push_back(std::move(c));
  }
  for (Constant &c : library.constants)
    constants[c.buffer()] = &c;

  for (auto op : program.getBody().getOps<plan::LayerOp>()) {
    Layer layer = layerOf(op, library.numbers);
    noteUses(library, layer, constants, views, stateViews);
    library.macs += layer.macs;
    library.maxStepMacs = std::max(library.maxStepMacs, layer.macs);
    library.layers.push_back(std::move(layer));
  }
  findCallersRows(library);
  for (auto buffer : program.getBody().getOps<plan::BufferOp>()) {
    if (!buffer.isInArena())
      continue;
    library.arenaAlign = std::max(library.arenaAlign, static_cast<int64_t>(buffer.getAlign()));
    for (Layer &layer : library.layers)
      noteScratch(layer, buffer);
  }
  library.views.assign(views.begin(), views.end());
  for (const std::string &v : library.views)
    library.arenaAlign = std::max(library.arenaAlign, plan::elementSize(v));
  gatherState(library, stateViews);
  gatherMemories(library);
  const int64_t planned = std::max<int64_t>(1, program.getArena());
  library.arenaBytes = (planned + library.arenaAlign - 1) / library.arenaAlign * library.arenaAlign;
  library.bound = program.getBound();
  library.optimal = program.getOptimal();
  library.stackBound = stackBound(library);
  return library;
}

std::vector<File> printLibrary(const Library &library) {
  const std::string &name = library.info.name;
  std::string source = printSource(library), report = printReport(library, estimateCodeBytes(library, source));
  std::vector<File> files = {{name + ".h", printHeader(library)}, {name + ".c", std::move(source)}};
  llvm::append_range(files, printWeights(library));
  files.push_back({name + "_test.c", printTest(library)});
  files.push_back({"CMakeLists.txt", printCMake(library)});
  files.push_back({"report.json", std::move(report)});
  return files;
}

} // namespace burin::codegen
