#include "passes/sizes/Unify.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace burin {
using llvm::StringRef;

namespace {

bool sameStructure(const std::vector<PlanFacts> &facts, SizeConflict &conflict) {
  const std::vector<OpFacts> &first = facts[0].ops;
  for (size_t s = 1; s < facts.size(); ++s) {
    const std::vector<OpFacts> &ops = facts[s].ops;
    for (size_t i = 0; i < std::max(first.size(), ops.size()); ++i) {
      if (i < first.size() && i < ops.size() && first[i].structure == ops[i].structure)
        continue;
      conflict = {i < first.size() ? first[i].node : ops[i].node, "is lowered in another way", s};
      return false;
    }
  }
  return true;
}

/// Dims of tensors come first: the sizes derived at strides show in them, and everything else is computed from them.
bool isDim(StringRef path) { return path.starts_with("type.") || path.starts_with("read_types."); }

constexpr size_t maxComputedElements = 64;

/// The elements as integers; nothing if they aren't, or are many.
std::optional<std::vector<int64_t>> integersOf(const OpFacts &constant, const std::vector<char> &bytes) {
  std::vector<int64_t> out;
  auto read = [&](auto value) {
    for (size_t at = 0; at + sizeof value <= bytes.size() && out.size() <= maxComputedElements; at += sizeof value) {
      std::memcpy(&value, bytes.data() + at, sizeof value);
      if (!(std::abs(static_cast<double>(value)) < 0x1p31) || static_cast<double>(value) != std::floor(value))
        return false;
      out.push_back(static_cast<int64_t>(value));
    }
    return out.size() <= maxComputedElements;
  };
  const bool good = constant.suffix == "s64"   ? read(int64_t())
                    : constant.suffix == "s32" ? read(int32_t())
                    : constant.suffix == "u32" ? read(uint32_t())
                    : constant.suffix == "f32" ? read(float())
                    : constant.suffix == "f64" ? read(double())
                                               : false;
  return good ? std::optional(out) : std::nullopt;
}

/// Expressions for the elements of constant `index`, if its shape is always the same and its elements aren't.
std::vector<sizes::Expr> fitElements(sizes::Fitter &fitter, const std::vector<PlanFacts> &facts, size_t index) {
  const OpFacts &first = facts[0].ops[index];
  if (llvm::all_of(facts, [&](const PlanFacts &f) { return f.ops[index].sameBytes; }))
    return {};
  std::vector<std::vector<int64_t>> values; // [sample][element]
  for (const PlanFacts &f : facts) {
    auto elements = integersOf(first, f.ops[index].sameBytes ? first.bytes : f.ops[index].bytes);
    if (!elements || (!values.empty() && elements->size() != values[0].size()))
      return {};
    values.push_back(std::move(*elements));
  }
  std::vector<sizes::Expr> out;
  for (size_t e = 0; e < values[0].size(); ++e) {
    std::vector<int64_t> one;
    for (const auto &sample : values)
      one.push_back(sample[e]);
    std::optional<sizes::Expr> expr = fitter.fit(one);
    if (!expr)
      return {};
    out.push_back(std::move(*expr));
  }
  return out;
}

/// Fits the dims among the numbers of operator `index`, or the others.
bool fitNumbers(sizes::Fitter &fitter, const std::vector<PlanFacts> &facts, size_t index, bool dims,
                std::vector<sizes::Expr> &out, SizeConflict &conflict) {
  const OpFacts &op = facts[0].ops[index];
  out.resize(op.numbers.size());
  for (size_t n = 0; n < op.numbers.size(); ++n) {
    if (isDim(op.paths[n]) != dims)
      continue;
    std::vector<int64_t> values;
    for (const PlanFacts &f : facts)
      values.push_back(f.ops[index].numbers[n]);
    std::optional<sizes::Expr> e = fitter.fit(values);
    if (!e) {
      conflict = {op.node, "a number of it (" + op.paths[n] + ") is no simple function of the sizes:", 1};
      for (int64_t v : values)
        conflict.what += " " + std::to_string(v);
      return false;
    }
    out[n] = std::move(*e);
  }
  return true;
}

} // namespace

std::optional<UnifiedPlan> unify(const std::vector<sizes::Quantity> &symbols,
                                 const std::vector<std::vector<int64_t>> &samples, const std::vector<PlanFacts> &facts,
                                 SizeConflict &conflict) {
  if (!sameStructure(facts, conflict))
    return std::nullopt;
  sizes::Fitter fitter(symbols, samples);
  UnifiedPlan plan;
  const size_t count = facts[0].ops.size();
  plan.numbers.resize(count);
  for (const bool dims : {true, false})
    for (size_t i = 0; i < count; ++i)
      if (!fitNumbers(fitter, facts, i, dims, plan.numbers[i], conflict))
        return std::nullopt;
  for (size_t i = 0; i < count; ++i)
    plan.elements.push_back(fitElements(fitter, facts, i));
  plan.table = fitter.table();
  plan.questions = fitter.questions();
  return plan;
}

bool agrees(const UnifiedPlan &plan, const PlanFacts &reference, const PlanFacts &facts,
            const std::vector<int64_t> &symbols) {
  if (facts.ops.size() != reference.ops.size())
    return false;
  const std::vector<int64_t> values = plan.table.evaluate(symbols);
  for (size_t i = 0; i < facts.ops.size(); ++i) {
    const OpFacts &op = facts.ops[i];
    if (op.structure != reference.ops[i].structure || !op.sameBytes)
      return false;
    for (size_t n = 0; n < op.numbers.size(); ++n)
      if (op.numbers[n] != sizes::evaluate(plan.numbers[i][n], values))
        return false;
  }
  return true;
}

} // namespace burin
