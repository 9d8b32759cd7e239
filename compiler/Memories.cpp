#include "compiler/Memories.h"

#include "compiler/Budget.h"
#include "passes/lower/PlaceInMemories.h"

#include "llvm/ADT/StringExtras.h"

namespace burin {
using namespace mlir;

namespace {

constexpr const char *example = "for example --memory dtcm:128K,sram:320K,psram:8M@slow,flash:1M,xip:8M@slow";
constexpr int64_t mostBytes = int64_t(1) << 31; ///< offsets are 32 bits in C

bool refuse(DiagnosticSink &sink, const std::string &why, std::string fix = example) {
  sink.handle({.code = "BRN1518", .message = "--memory: " + why, .fix = std::move(fix)});
  return false;
}

/// Names that the library has for other things, and words of C and C++: what a memory's type, its macros and its member
/// in NAME_arena can't be called.
bool isReserved(StringRef name) {
  static constexpr StringRef words =
      " api arena at begin const do done enter err h in init input layer layers leave max model next ok out output"
      " push reset row rows run section state status step steps take weights window"
      " asm auto bool break case catch char class continue default delete double else enum explicit export extern false"
      " float for friend goto if inline int long mutable namespace new operator private protected public register"
      " restrict return short signed sizeof static struct switch template this throw true try typedef typeid typename"
      " union unsigned using virtual void volatile while ";
  StringRef number = name; // NAME_mod3 is a function
  return words.contains((" " + name + " ").str()) ||
         (number.consume_front("mod") && llvm::all_of(number, llvm::isDigit));
}

/// "128K" -> 131072.
std::optional<int64_t> sizeOf(StringRef text) {
  const int shift = text.consume_back("K") ? 10 : text.consume_back("M") ? 20 : 0;
  int64_t count = 0;
  if (text.getAsInteger(10, count) || count <= 0 || count > mostBytes >> shift)
    return std::nullopt;
  return count << shift;
}

bool parseMemory(StringRef item, std::vector<plan::Memory> &memories, DiagnosticSink &sink) {
  auto [name, size] = item.split(':');
  plan::Memory memory{.name = name.str(), .isSlow = size.consume_back("@slow")};
  const std::optional<int64_t> bytes = sizeOf(size);
  if (name.empty() || !bytes)
    return refuse(sink, quoteName(item.str()) + " isn't NAME:SIZE or NAME:SIZE@slow, with a SIZE of up to 2048M");
  memory.bytes = *bytes;
  const bool isName = llvm::all_of(name, [](char c) { return llvm::isDigit(c) || (c >= 'a' && c <= 'z'); });
  if (!isName || llvm::isDigit(name.front()) || name.size() > 20 || isReserved(name))
    return refuse(sink, quoteName(name.str()) + " can't be the name of a memory",
                  "use at most 20 lower-case letters and digits, a letter first, and no word of C or of the library");
  memory.forConstants = llvm::any_of(ArrayRef<StringRef>{"flash", "xip", "rom"},
                                     [&, name = name](StringRef start) { return name.starts_with(start); });
  if (llvm::any_of(memories, [&](const plan::Memory &other) { return other.name == memory.name; }))
    return refuse(sink, "there are two memories " + quoteName(memory.name), "give each a name of its own");
  memories.push_back(std::move(memory));
  return true;
}

std::string bytesText(int64_t count) { return codegen::grouped(count) + " B"; }

/// "sram  327 680 B, slow".
std::string describe(const plan::Memory &memory) {
  return memory.name + "  " + bytesText(memory.bytes) + (memory.isSlow ? ", slow" : "");
}

const plan::Memory &lastOf(const Compilation &c, bool forConstants) {
  return *std::find_if(c.memories.rbegin(), c.memories.rend(),
                       [&](const plan::Memory &memory) { return memory.forConstants == forConstants; });
}

/// "conv2d_3  64 000 B, from layer conv2d_3 to add_4".
std::string describe(plan::BufferOp buffer) {
  const plan::LayerNumbers numbers(buffer->getParentOfType<plan::ProgramOp>());
  const auto nameAt = [&](int64_t number) {
    return number < 0                  ? std::string("the input")
           : number >= numbers.count() ? std::string("the output")
                                       : numbers.layer(number).getName().str();
  };
  const std::string first = nameAt(buffer.getLive()[0]), last = nameAt(buffer.getLive()[1]);
  return buffer.getName().str() + "  " + bytesText(static_cast<int64_t>(buffer.getBytes())) + ", " +
         (first == last ? "during " + first : "from " + first + " to " + last);
}

constexpr size_t mostFacts = 5;

void reportBuffers(Compilation &c, MemoryShortage &shortage, DiagnosticSink &sink) {
  const int64_t ram = plan::ramOf(c.program());
  llvm::stable_sort(shortage.buffers, [](plan::BufferOp a, plan::BufferOp b) { return a.getBytes() > b.getBytes(); });
  const std::string what = shortage.state                 ? "what lives between two runs"
                           : shortage.buffers.size() == 1 ? "buffer " + shortage.buffers.front().getName().str()
                                                          : std::to_string(shortage.buffers.size()) + " buffers";
  Diagnostic d{.code = "BRN1710",
               .model = c.model.name,
               .message = what + (shortage.buffers.size() > 1 ? " find" : " finds") +
                          " no place in the memories; with " + bytesText(shortage.missingBytes) + " more " +
                          lastOf(c, false).name + " all would fit"};
  for (const plan::Memory &memory : c.memories)
    if (!memory.forConstants)
      d.facts.push_back(describe(memory));
  for (plan::BufferOp buffer : ArrayRef(shortage.buffers).take_front(mostFacts))
    d.facts.push_back("no place: " + describe(buffer));
  const std::vector<PlanPoint> points = whatHelps(c, ram);
  for (const PlanPoint &p : points)
    d.facts.push_back(bytesText(p.figures.ram) + " of RAM in all instead of " + bytesText(ram) + "  with " + p.flags);
  d.fix = std::string("give a memory more") + (points.empty() ? "" : ", or take the flags above") +
          ", or make the input smaller or the channels fewer there";
  sink.handle(d);
}

void reportTables(Compilation &c, MemoryShortage &shortage, DiagnosticSink &sink) {
  const auto bytesOf = [](plan::ConstantOp table) { return nn::byteSize(cast<RankedTensorType>(table.getType())); };
  llvm::stable_sort(shortage.tables, [&](plan::ConstantOp a, plan::ConstantOp b) { return bytesOf(a) > bytesOf(b); });
  int64_t left = 0;
  for (plan::ConstantOp table : shortage.tables)
    left += bytesOf(table);
  Diagnostic d{.code = "BRN1711",
               .model = c.model.name,
               .message =
                   (shortage.tables.size() == 1 ? "a table" : std::to_string(shortage.tables.size()) + " tables") +
                   " of constants, " + bytesText(left) + ", " + (shortage.tables.size() == 1 ? "finds" : "find") +
                   " no place in the memories; with " + bytesText(shortage.missingBytes) + " more " +
                   lastOf(c, true).name + " all would fit"};
  for (const plan::Memory &memory : c.memories)
    if (memory.forConstants)
      d.facts.push_back(describe(memory));
  for (plan::ConstantOp table : ArrayRef(shortage.tables).take_front(mostFacts))
    d.facts.push_back("no place: " + table.getName().str() + "  " + bytesText(bytesOf(table)));
  d.fix = "give a memory more, or quantise the model to fewer bits: burin quantize --scheme w4a8";
  sink.handle(d);
}

} // namespace

std::optional<std::vector<plan::Memory>> parseMemories(StringRef text, DiagnosticSink &sink) {
  std::vector<plan::Memory> memories;
  SmallVector<StringRef> items;
  text.split(items, ',');
  for (StringRef item : items)
    if (!parseMemory(item, memories, sink))
      return std::nullopt;
  std::stable_sort(memories.begin(), memories.end(), [](const plan::Memory &a, const plan::Memory &b) {
    return std::pair(a.forConstants, a.isSlow) < std::pair(b.forConstants, b.isSlow);
  });
  return memories;
}

bool placeInMemories(Compilation &c, DiagnosticSink &sink) {
  if (c.memories.empty())
    return true;
  MemoryShortage shortage;
  if (succeeded(burin::placeInMemories(c.program(), c.memories, c.options.planTime, shortage)))
    return true;
  if (!shortage.tables.empty())
    reportTables(c, shortage, sink);
  else if (shortage)
    reportBuffers(c, shortage, sink);
  return false;
}

} // namespace burin
