#include "plancheck/Plan.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/JSON.h"

#include <fmt/format.h>

namespace burin::plancheck {
namespace {
namespace json = llvm::json;

constexpr int64_t maxBytes = int64_t(1) << 36; ///< the sum over all buffers stays below 2^62
constexpr int64_t maxCount = int64_t(1) << 24; ///< rows and turns, all together
constexpr int maxDepth = 100;

/// Whether brackets are nested so deeply that a recursive parser could run out of stack.
bool isTooDeep(llvm::StringRef text) {
  int depth = 0;
  bool inString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (inString) {
      i += c == '\\';
      inString = c != '"';
    } else if (c == '"') {
      inString = true;
    } else if (c == '[' || c == '{') {
      if (++depth > maxDepth)
        return true;
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

/// Fills a Plan; the first thing that is wrong stays in `wrong`, and everything after it counts for nothing.
class Reader {
public:
  bool read(const json::Object &report);

  Plan plan;
  std::string wrong;

private:
  bool fail(std::string why) {
    if (wrong.empty())
      wrong = std::move(why);
    return false;
  }
  int64_t number(const json::Object &o, llvm::StringRef key, int64_t low, int64_t high, std::optional<int64_t> absent);
  bool flag(const json::Object &o, llvm::StringRef key);
  std::string text(const json::Object &o, llvm::StringRef key);
  const json::Array &list(const json::Object &o, llvm::StringRef key, bool isOptional = false);
  const json::Object &object(const json::Value &v, llvm::StringRef what);
  int bufferNamed(llvm::StringRef name);
  std::vector<int> buffersIn(const json::Object &o, llvm::StringRef key);
  void memories(const json::Object &report, const json::Object &plan);
  void tables(const json::Object &report);
  void proofs(const json::Object &report, const json::Object &plan);
  int memoryNamed(const json::Object &o);
  void buffer(const json::Object &o);
  Read readOf(const json::Object &o, bool hasTurns);
  std::vector<Layer> layers(const json::Array &items, bool inStream);
  Layer layer(const json::Object &o, bool inStream);
  void turns(const json::Object &o, Layer &l);
  void boundary(const json::Object &report, llvm::StringRef key, bool isOutput);

  llvm::StringMap<int> byName;
  int64_t nextStep = 0, rows = 0, allTurns = 0;
  const json::Array noItems;
  const json::Object noMembers;
};

int64_t Reader::number(const json::Object &o, llvm::StringRef key, int64_t low, int64_t high,
                       std::optional<int64_t> absent) {
  const json::Value *v = o.get(key);
  if (!v && absent)
    return *absent;
  const std::optional<int64_t> n = v ? v->getAsInteger() : std::nullopt;
  if (n && *n >= low && *n <= high)
    return *n;
  fail(fmt::format("\"{}\" is no number from {} to {}", key.str(), low, high));
  return low;
}

bool Reader::flag(const json::Object &o, llvm::StringRef key) {
  const json::Value *v = o.get(key);
  const std::optional<bool> b = v ? v->getAsBoolean() : std::optional<bool>(false);
  if (!b)
    fail(fmt::format("\"{}\" is neither true nor false", key.str()));
  return b.value_or(false);
}

std::string Reader::text(const json::Object &o, llvm::StringRef key) {
  const std::optional<llvm::StringRef> s = o.getString(key);
  if (!s)
    fail(fmt::format("\"{}\" is no text", key.str()));
  return s.value_or("").str();
}

const json::Array &Reader::list(const json::Object &o, llvm::StringRef key, bool isOptional) {
  const json::Value *v = o.get(key);
  if (const json::Array *a = v ? v->getAsArray() : nullptr)
    return *a;
  if (v || !isOptional)
    fail(fmt::format("\"{}\" is no list", key.str()));
  return noItems;
}

const json::Object &Reader::object(const json::Value &v, llvm::StringRef what) {
  if (const json::Object *o = v.getAsObject())
    return *o;
  fail(fmt::format("{} is no object", what.str()));
  return noMembers;
}

int Reader::bufferNamed(llvm::StringRef name) {
  auto it = byName.find(name);
  if (it != byName.end())
    return it->second;
  fail(fmt::format("there is no buffer {}", quoteName(name)));
  return -1;
}

std::vector<int> Reader::buffersIn(const json::Object &o, llvm::StringRef key) {
  std::vector<int> found;
  for (const json::Value &v : list(o, key, /*isOptional=*/true)) {
    const std::optional<llvm::StringRef> name = v.getAsString();
    if (!name) {
      fail(fmt::format("\"{}\" isn't a list of names", key.str()));
      return {};
    }
    found.push_back(bufferNamed(*name));
  }
  return found;
}

/// Without any in the report, the arena is one.
void Reader::memories(const json::Object &report, const json::Object &p) {
  for (const json::Value &v : list(report, "memories", /*isOptional=*/true)) {
    const json::Object &o = object(v, "a memory");
    const std::string name = text(o, "name"), holds = text(o, "holds");
    const int64_t bytes = number(o, "bytes", 0, maxBytes, std::nullopt),
                  used = number(o, "used", 0, maxBytes, std::nullopt);
    if (holds == "constants") {
      plan.tableMemories.push_back({name, bytes, used});
      continue;
    }
    if (holds != "ram")
      fail(fmt::format("memory {} holds neither ram nor constants", quoteName(name)));
    plan.memories.push_back({.name = name,
                             .bytes = bytes,
                             .used = used,
                             .holdsState = flag(o, "state"),
                             .arena = number(o, "arena", 0, maxBytes, std::nullopt),
                             .claimedBound = number(o, "lower_bound", 0, maxBytes, std::nullopt),
                             .claimsOptimal = flag(o, "optimal")});
  }
  if (plan.memories.empty())
    plan.memories.push_back({.arena = plan.arena,
                             .claimedBound = number(p, "lower_bound", 0, maxBytes, std::nullopt),
                             .claimsOptimal = flag(p, "optimal")});
  int64_t base = 0;
  for (Memory &memory : plan.memories) {
    memory.base = base;
    base += memory.arena;
  }
}

void Reader::tables(const json::Object &report) {
  for (const json::Value &v : list(report, "tables", /*isOptional=*/true)) {
    const json::Object &o = object(v, "a table");
    const int64_t bytes = number(o, "bytes", 0, maxBytes, std::nullopt);
    if (plan.tableMemories.empty())
      continue;
    const std::string name = text(o, "memory");
    const auto memory = std::find_if(plan.tableMemories.begin(), plan.tableMemories.end(),
                                     [&](const TableMemory &m) { return m.name == name; });
    if (memory == plan.tableMemories.end())
      fail(fmt::format("there is no memory {} for tables", quoteName(name)));
    else
      memory->tables += bytes;
  }
}

void Reader::proofs(const json::Object &report, const json::Object &p) {
  if (plan.memories.front().name.empty()) {
    if (p.get("proof"))
      plan.memories.front().proof = buffersIn(p, "proof");
    return;
  }
  auto memory = plan.memories.begin();
  for (const json::Value &v : list(report, "memories"))
    if (const json::Object &o = object(v, "a memory"); text(o, "holds") == "ram")
      (memory++)->proof = buffersIn(o, "proof");
}

/// The number of the memory that a buffer, an input or an output lies in.
int Reader::memoryNamed(const json::Object &o) {
  if (plan.memories.front().name.empty())
    return 0;
  const std::string name = text(o, "memory");
  for (size_t i = 0; i < plan.memories.size(); ++i)
    if (plan.memories[i].name == name)
      return static_cast<int>(i);
  fail(fmt::format("there is no memory {}", quoteName(name)));
  return 0;
}

void Reader::buffer(const json::Object &o) {
  Buffer b{.name = text(o, "name")};
  const std::string space = text(o, "space");
  b.isState = space == "state";
  if (space != "arena" && space != "state")
    fail(fmt::format("buffer {} has a space that is neither arena nor state", quoteName(b.name)));
  b.isPushed = flag(o, "pushed");
  b.isPulled = flag(o, "pulled");
  if (!b.isCallers()) // outside of its memory is a plan that is wrong, but a plan
    b.offset = number(o, "offset", -maxBytes, maxBytes, std::nullopt);
  b.bytes = number(o, "bytes", 0, maxBytes, std::nullopt);
  b.align = number(o, "align", 1, maxBytes, std::nullopt);
  b.first = number(o, "first", -1, plan.steps, std::nullopt);
  b.last = number(o, "last", b.first, plan.steps, std::nullopt);
  b.rows = number(o, "rows", 1, maxCount, 1);
  b.rowBytes = number(o, "row_bytes", 0, maxBytes, b.bytes / b.rows);
  b.ring = number(o, "ring", 1, b.rows, 0);
  b.kept = number(o, "kept", 0, maxCount, -1);
  const int64_t kept = b.ring > 0 ? b.ring : b.rows;
  if (b.bytes % kept != 0 || b.bytes / kept != b.rowBytes)
    fail(fmt::format("buffer {} has {} bytes, not {} rows of {}", quoteName(b.name), b.bytes, kept, b.rowBytes));
  if ((rows += b.rows) > maxCount)
    fail("it has too many rows");
  if (b.inArena()) {
    b.memory = memoryNamed(o);
    b.base = plan.memories[static_cast<size_t>(b.memory)].base;
  }
  if (!byName.try_emplace(b.name, static_cast<int>(plan.buffers.size())).second)
    fail(fmt::format("two buffers are called {}", quoteName(b.name)));
  plan.buffers.push_back(std::move(b));
}

Read Reader::readOf(const json::Object &o, bool hasTurns) {
  Read r{.buffer = bufferNamed(text(o, "buffer")), .isOverwritable = flag(o, "overwritable")};
  if (r.buffer < 0 || !hasTurns)
    return r;
  r.stride = number(o, "stride", 0, maxCount, std::nullopt);
  r.first = number(o, "first", -maxCount, maxCount, std::nullopt);
  r.span = number(o, "span", 0, 2 * maxCount, std::nullopt);
  return r;
}

/// What a layer computes, and how it does so row by row.
void Reader::turns(const json::Object &o, Layer &l) {
  l.turns = number(o, "turns", 1, maxCount, 0);
  if (l.turns > 0 || o.get("result"))
    l.result = bufferNamed(text(o, "result"));
  if (l.turns == 0)
    return;
  l.accumulates = flag(o, "accumulates");
  l.isLazy = flag(o, "lazy");
  if ((allTurns += l.turns) > maxCount)
    fail("it has too many turns");
  l.made = number(o, "rows_made", 1, maxCount, 1);
  if (l.result < 0 || l.accumulates)
    return;
  const Buffer &result = plan.buffers[static_cast<size_t>(l.result)];
  if ((result.rows + l.made - 1) / l.made != l.turns)
    fail(fmt::format("layer {} has {} turns of {} rows, its result another number of rows", quoteName(l.name), l.turns,
                     l.made));
}

Layer Reader::layer(const json::Object &o, bool inStream) {
  Layer l;
  l.step = number(o, "step", 0, plan.steps - 1, std::nullopt);
  l.name = text(o, "name");
  if (l.step != nextStep++)
    fail(fmt::format("layer {} isn't step {}", quoteName(l.name), nextStep - 1));
  turns(o, l);
  for (const json::Value &v : list(o, "reads", /*isOptional=*/true))
    l.reads.push_back(readOf(object(v, "an entry of \"reads\""), l.turns > 0));
  l.writes = buffersIn(o, "writes");
  l.transient = buffersIn(o, "transient");
  if (o.get("condition"))
    l.condition = bufferNamed(text(o, "condition"));
  if (o.get("stream")) {
    l.kind = Layer::Kind::Stream;
    l.body = layers(list(o, "stream"), /*inStream=*/true);
  } else if (o.get("loop")) {
    l.kind = Layer::Kind::Loop;
    l.maySkip = flag(o, "may_skip");
    l.body = layers(list(o, "loop"), false);
  } else if (o.get("then")) {
    l.kind = Layer::Kind::Branch;
    l.body = layers(list(o, "then"), false);
    l.otherwise = layers(list(o, "otherwise"), false);
  }
  if (inStream && (l.kind != Layer::Kind::Calls || l.turns == 0))
    fail(fmt::format("layer {} of a stream has no turns", quoteName(l.name)));
  if (plan.isByRows && (l.kind == Layer::Kind::Loop || l.kind == Layer::Kind::Branch))
    fail("a plan by rows has loops or branches");
  return l;
}

std::vector<Layer> Reader::layers(const json::Array &items, bool inStream) {
  std::vector<Layer> found;
  for (const json::Value &v : items)
    if (wrong.empty())
      found.push_back(layer(object(v, "a layer"), inStream));
  return found;
}

void Reader::boundary(const json::Object &report, llvm::StringRef key, bool isOutput) {
  for (const json::Value &v : list(report, key)) {
    const json::Object &o = object(v, "an input or output");
    const bool isCallers = flag(o, isOutput ? "pulled" : "pushed");
    const int64_t offset = isCallers ? 0 : number(o, "offset", -maxBytes, maxBytes, std::nullopt);
    const bool isState = flag(o, "state");
    const int memory = isState || isCallers ? 0 : memoryNamed(o);
    plan.boundary.push_back({text(o, "name"), offset, isState, isOutput, memory, isCallers});
  }
}

bool Reader::read(const json::Object &report) {
  const json::Object *p = report.getObject("plan"), *ram = report.getObject("ram");
  if (!p || !ram)
    return fail("it has no \"plan\" and \"ram\"");
  plan.run = report.getString("name").value_or("").str();
  plan.trunk = report.getString("trunk").value_or("").str();
  plan.arena = number(*p, "arena", 0, maxBytes, std::nullopt);
  plan.state = number(*p, "state", 0, maxBytes, std::nullopt);
  plan.steps = number(*p, "steps", 0, maxCount, std::nullopt);
  plan.claimedBound = number(*p, "lower_bound", 0, maxBytes, std::nullopt);
  plan.isByRows = flag(*p, "by_rows");
  plan.hasSizes = report.get("sizes") != nullptr;
  plan.ramArena = number(*ram, "arena", 0, maxBytes, std::nullopt);
  plan.ramState = number(*ram, "state", 0, maxBytes, std::nullopt);
  memories(report, *p);
  tables(report);
  for (const json::Value &v : list(*p, "buffers"))
    if (wrong.empty())
      buffer(object(v, "a buffer"));
  plan.inputs = buffersIn(*p, "inputs");
  proofs(report, *p);
  plan.outputs = buffersIn(*p, "outputs");
  boundary(report, "inputs", false);
  boundary(report, "outputs", true);
  if (wrong.empty())
    plan.layers = layers(list(*p, "layers"), false);
  if (wrong.empty() && nextStep != plan.steps)
    fail(fmt::format("it has {} steps, not {}", nextStep, plan.steps));
  return wrong.empty();
}

} // namespace

std::optional<std::vector<Plan>> readPlans(llvm::StringRef report, DiagnosticSink &sink) {
  const auto refuse = [&](std::string why) -> std::optional<std::vector<Plan>> {
    sink.handle({.code = "BRN1706",
                 .message = "this is no report with a memory plan: " + why,
                 .fix = "take the report.json of a library that this version of burin compiled"});
    return std::nullopt;
  };
  if (isTooDeep(report))
    return refuse("its brackets are nested too deeply");
  llvm::Expected<json::Value> parsed = json::parse(report);
  if (!parsed)
    return refuse(llvm::toString(parsed.takeError()));
  const json::Object *root = parsed->getAsObject();
  if (!root)
    return refuse("it is no JSON object");
  std::vector<const json::Object *> runs{root};
  const json::Array *several = root->getArray("runs");
  if (several) {
    runs.clear();
    for (const json::Value &v : *several)
      runs.push_back(v.getAsObject());
  }
  const json::Object *ram = root->getObject("ram");
  const std::optional<int64_t> arena = ram ? ram->getInteger("arena") : std::nullopt;
  if (several && !arena)
    return refuse("it has no \"ram\" with an \"arena\"");
  std::vector<Plan> plans;
  for (const json::Object *run : runs) {
    Reader reader;
    if (!run || !reader.read(*run))
      return refuse(run ? reader.wrong : "a run is no object");
    plans.push_back(std::move(reader.plan));
    if (several) // one arena for all runs
      plans.back().ramArena = std::min(plans.back().ramArena, *arena);
  }
  return plans.empty() ? refuse("it has no runs") : std::optional(std::move(plans));
}

} // namespace burin::plancheck
