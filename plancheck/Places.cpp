#include "plancheck/Places.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>
#include <set>

namespace burin::plancheck {
namespace {

bool overlap(const Buffer &a, const Buffer &b) {
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes && a.bytes > 0 && b.bytes > 0;
}

void addOverlap(const Buffer &a, const Buffer &b, const std::string &when, Findings &findings) {
  findings.add(fmt::format("buffers {} and {} overlap in bytes {} to {} {}", quoteName(a.name), quoteName(b.name),
                           std::max(a.offset, b.offset), std::min(a.offset + a.bytes, b.offset + b.bytes) - 1, when));
}

/// The sum of the bytes of those of `live` that are aligned to multiples of `unit`, all but one rounded up to it: the
/// one for which that makes the greatest difference.
int64_t roundedBytes(const std::vector<const Buffer *> &live, int64_t unit) {
  int64_t sum = 0, spared = 0;
  for (const Buffer *b : live)
    if (b->align % unit == 0) {
      const int64_t rounded = (b->bytes + unit - 1) / unit * unit;
      sum += rounded;
      spared = std::max(spared, rounded - b->bytes);
    }
  return sum - spared;
}

/// The rows that a turn makes are one piece: a ring has a multiple of them.
void checkPieces(const Plan &plan, const std::vector<Layer> &layers, Findings &findings) {
  for (const Layer &l : layers) {
    if (l.result >= 0)
      if (const Buffer &b = plan.buffers[static_cast<size_t>(l.result)]; b.ring % l.made != 0)
        findings.add(fmt::format("layer {} makes {} rows a turn, and the ring of buffer {} has {}", quoteName(l.name),
                                 l.made, quoteName(b.name), b.ring));
    checkPieces(plan, l.body, findings);
    checkPieces(plan, l.otherwise, findings);
  }
}

/// A layer that computes something in place of what is kept.
void addWritesOfKept(const Plan &plan, const std::vector<Layer> &layers, Findings &findings) {
  for (const Layer &l : layers) {
    std::vector<int> written = l.writes;
    if (l.result >= 0)
      written.push_back(l.result);
    for (int index : written)
      if (const Buffer &b = plan.buffers[static_cast<size_t>(index)]; b.kept >= 0)
        findings.add(
            fmt::format("step {} {} writes to buffer {}, which is kept", l.step, quoteName(l.name), quoteName(b.name)));
    addWritesOfKept(plan, l.body, findings);
    addWritesOfKept(plan, l.otherwise, findings);
  }
}

} // namespace

static void checkMemories(const Plan &plan, Findings &findings) {
  int64_t arena = 0;
  for (const Memory &m : plan.memories) {
    arena += m.arena;
    if (m.name.empty())
      continue;
    if (m.claimedBound > m.arena)
      findings.add(fmt::format("the lower bound of memory {}, {} bytes, is above its {} of the arena",
                               quoteName(m.name), m.claimedBound, m.arena));
    if (const int64_t held = m.arena + (m.holdsState ? plan.state : 0); held > m.used)
      findings.add(
          fmt::format("memory {} holds {} bytes, and {} are said to be used", quoteName(m.name), held, m.used));
    if (m.used > m.bytes)
      findings.add(fmt::format("memory {} has {} bytes, and {} are used", quoteName(m.name), m.bytes, m.used));
  }
  if (arena > plan.arena)
    findings.add(fmt::format("the memories hold {} bytes of the arena, which has {}", arena, plan.arena));
  for (const TableMemory &m : plan.tableMemories)
    if (m.tables > m.used || m.used > m.bytes)
      findings.add(fmt::format("memory {} has {} bytes, {} are said to be used, and its tables have {}",
                               quoteName(m.name), m.bytes, m.used, m.tables));
}

void checkPlaces(const Plan &plan, Findings &findings) {
  checkMemories(plan, findings);
  for (const Buffer &b : plan.buffers) {
    if (b.isCallers())
      continue;
    const Memory &lies = plan.memories[static_cast<size_t>(b.memory)];
    const int64_t end = b.isState ? plan.state : lies.arena;
    const std::string memory = b.isState ? "state" : lies.name.empty() ? "arena" : "arena in " + quoteName(lies.name);
    if (b.offset < 0 || b.offset + b.bytes > end)
      findings.add(fmt::format("buffer {}, bytes {} to {}, lies outside the {} of {} bytes", quoteName(b.name),
                               b.offset, b.offset + b.bytes - 1, memory, end));
    if (b.offset % b.align != 0)
      findings.add(fmt::format("buffer {} at {} isn't aligned to {}", quoteName(b.name), b.offset, b.align));
  }
  for (size_t i = 0; i < plan.buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j)
      if (const Buffer &a = plan.buffers[j], &b = plan.buffers[i]; a.isState && b.isState && overlap(a, b))
        addOverlap(a, b, "of the state", findings);
  checkPieces(plan, plan.layers, findings);
  if (plan.claimedBound > plan.arena)
    findings.add(
        fmt::format("the report's lower bound of {} bytes is above its arena of {}", plan.claimedBound, plan.arena));
  if (plan.ramArena < plan.arena)
    findings.add(fmt::format("the library's arena has {} bytes, the plan's {}", plan.ramArena, plan.arena));
  if (plan.ramState < plan.state)
    findings.add(fmt::format("the library's state has {} bytes, the plan's {}", plan.ramState, plan.state));
}

void checkBoundary(const Plan &plan, Findings &findings) {
  for (int i : plan.inputs)
    if (const Buffer &b = plan.buffers[static_cast<size_t>(i)]; b.first != -1)
      findings.add(fmt::format("buffer {} of an input isn't alive from the start", quoteName(b.name)));
  for (int o : plan.outputs)
    if (const Buffer &b = plan.buffers[static_cast<size_t>(o)]; b.last != plan.steps)
      findings.add(fmt::format("buffer {} of an output isn't alive to the end", quoteName(b.name)));
  for (const Plan::Boundary &t : plan.boundary) {
    const auto lies = [&](int index) {
      const Buffer &b = plan.buffers[static_cast<size_t>(index)];
      if (t.isCallers)
        return t.isOutput ? b.isPulled : b.isPushed;
      return !b.isCallers() && b.isState == t.isState && b.offset == t.offset && b.memory == t.memory;
    };
    const std::vector<int> &buffers = t.isOutput ? plan.outputs : plan.inputs;
    if (std::none_of(buffers.begin(), buffers.end(), lies))
      findings.add(fmt::format("{} {} lies at {}, where the plan has none", t.isOutput ? "output" : "input",
                               quoteName(t.name), t.offset));
  }
}

void checkKept(const Plan &trunk, const Plan &head, Findings &findings) {
  const auto isIn = [](const Plan &plan, const std::vector<int> &list, const Buffer &b) {
    return std::any_of(list.begin(), list.end(), [&](int i) { return &plan.buffers[static_cast<size_t>(i)] == &b; });
  };
  const auto keptIn = [](const Plan &plan, int64_t number) {
    return std::find_if(plan.buffers.begin(), plan.buffers.end(), [&](const Buffer &b) { return b.kept == number; });
  };
  for (const Buffer &left : trunk.buffers) {
    if (left.kept < 0)
      continue;
    if (!isIn(trunk, trunk.outputs, left))
      findings.add(fmt::format("buffer {} is kept, and no output of {}", quoteName(left.name), quoteName(trunk.run)));
    const auto found = keptIn(head, left.kept);
    if (found == head.buffers.end())
      findings.add(fmt::format("what {} keeps in buffer {} isn't kept", quoteName(trunk.run), quoteName(left.name)));
    else if (found->offset != left.offset || found->bytes != left.bytes || !found->inArena() || !left.inArena())
      findings.add(fmt::format("buffer {} lies elsewhere than buffer {} of {}", quoteName(found->name),
                               quoteName(left.name), quoteName(trunk.run)));
    else if (!isIn(head, head.inputs, *found) || !isIn(head, head.outputs, *found))
      findings.add(fmt::format("buffer {} is kept, and not an input and an output", quoteName(found->name)));
  }
  addWritesOfKept(head, head.layers, findings);
  for (const Buffer &b : head.buffers)
    if (b.kept >= 0 && keptIn(trunk, b.kept) == trunk.buffers.end())
      findings.add(fmt::format("buffer {} is nothing that {} keeps", quoteName(b.name), quoteName(trunk.run)));
}

Pairs checkLifetimes(const Plan &plan, Findings &findings) {
  Pairs pairs;
  for (size_t i = 0; i < plan.buffers.size(); ++i)
    for (size_t j = 0; j < i; ++j) {
      const Buffer &a = plan.buffers[j], &b = plan.buffers[i];
      if (!a.inArena() || !b.inArena() || a.memory != b.memory)
        continue;
      ++pairs.all;
      if (a.last < b.first || b.last < a.first)
        continue;
      ++pairs.together;
      if (overlap(a, b))
        addOverlap(a, b, fmt::format("in step {}", std::max(a.first, b.first)), findings);
    }
  return pairs;
}

int64_t boundByLifetimes(const Plan &plan, int memory) {
  int64_t bound = 0;
  std::set<int64_t> steps; // the most is alive where something begins
  for (const Buffer &b : plan.buffers)
    steps.insert(b.first);
  for (int64_t step : steps) {
    std::vector<const Buffer *> live;
    std::set<int64_t> units;
    int64_t common = 0;
    for (const Buffer &b : plan.buffers)
      if (b.inArena() && b.memory == memory && b.bytes > 0 && b.first <= step && step <= b.last) {
        live.push_back(&b);
        units.insert(b.align);
        common = std::gcd(common, b.align);
      }
    if (common > 0)
      units.insert(common);
    for (int64_t unit : units)
      bound = std::max(bound, roundedBytes(live, unit));
  }
  return bound;
}

} // namespace burin::plancheck
