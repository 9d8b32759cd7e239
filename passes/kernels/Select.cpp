#include "passes/kernels/Select.h"

#include <algorithm>
#include <cassert>
#include <functional>
#include <limits>
#include <map>
#include <optional>

namespace burin::kernels {
namespace {

/// What is to be as small as possible, of instructions and bytes.
using Objective = std::function<double(int64_t, int64_t)>;

/// A selection that is being changed.
class Search {
public:
  Search(const Choices &choices, std::vector<unsigned> forms, Objective objective)
      : choices(choices), objective(std::move(objective)), users(choices.pieceBytes.size()), forms(std::move(forms)) {
    for (size_t op = 0; op < this->forms.size(); ++op)
      add(op, 1);
  }

  double value() const { return objective(instructions, bytes); }
  Selection result() const { return {forms, instructions, bytes}; }

  /// Tries all moves until none helps.
  void run() {
    for (bool moved = true; moved;) {
      moved = moveSingle();
      moved |= giveUpPieces();
      moved |= moveTogether();
    }
  }

private:
  void add(size_t op, int sign) {
    const FormCost &form = choices.operators[op][forms[op]];
    instructions += sign * form.instructions;
    bytes += sign * form.bytes;
    for (unsigned piece : form.pieces) {
      if (sign > 0 ? users[piece]++ == 0 : --users[piece] == 0)
        bytes += sign * choices.pieceBytes[piece];
    }
  }
  void take(size_t op, unsigned form) {
    add(op, -1);
    forms[op] = form;
    add(op, 1);
  }
  void takeAll(const std::vector<unsigned> &wanted) {
    for (size_t op = 0; op < forms.size(); ++op)
      if (forms[op] != wanted[op])
        take(op, wanted[op]);
  }

  /// The form of `op`, of those that `permitted` lets through, with which the objective is least; the one it has, if
  /// none does.
  unsigned best(size_t op, const std::function<bool(const FormCost &)> &permitted) {
    const unsigned before = forms[op];
    unsigned found = before;
    double least = std::numeric_limits<double>::infinity();
    for (unsigned form = 0; form < choices.operators[op].size(); ++form) {
      if (!permitted(choices.operators[op][form]))
        continue;
      take(op, form);
      if (value() < least) {
        least = value();
        found = form;
      }
    }
    take(op, before);
    return found;
  }

  bool moveSingle() {
    bool moved = false;
    for (size_t op = 0; op < forms.size(); ++op) {
      const double before = value();
      const unsigned old = forms[op];
      take(op, best(op, [](const FormCost &) { return true; }));
      if (value() < before)
        moved = true;
      else
        take(op, old);
    }
    return moved;
  }

  bool keepIfBetter(const std::vector<unsigned> &old, double before) {
    if (value() < before)
      return true;
    takeAll(old);
    return false;
  }

  bool giveUpPieces() {
    bool moved = false;
    for (unsigned piece = 0; piece < users.size(); ++piece) {
      if (users[piece] == 0)
        continue;
      const std::vector<unsigned> old = forms;
      const double before = value();
      for (size_t op = 0; op < forms.size(); ++op)
        take(op, best(op, [&](const FormCost &f) { return std::ranges::find(f.pieces, piece) == f.pieces.end(); }));
      moved |= keepIfBetter(old, before);
    }
    return moved;
  }

  bool moveTogether() {
    std::map<std::vector<unsigned>, int> kinds;
    for (const auto &operators : choices.operators)
      for (const FormCost &form : operators)
        kinds[form.pieces] = 0;
    bool moved = false;
    for (const auto &[pieces, unused] : kinds) {
      const std::vector<unsigned> old = forms;
      const double before = value();
      for (size_t op = 0; op < forms.size(); ++op)
        take(op, best(op, [&](const FormCost &f) { return f.pieces == pieces; }));
      moveSingle();
      moved |= keepIfBetter(old, before);
    }
    return moved;
  }

  const Choices &choices;
  Objective objective;
  std::vector<int> users; ///< operators that need a piece
  std::vector<unsigned> forms;
  int64_t instructions = 0, bytes = 0;
};

Selection improved(const Choices &choices, std::vector<unsigned> forms, const Objective &objective) {
  Search search(choices, std::move(forms), objective);
  search.run();
  return search.result();
}

/// The fastest form of each.
std::vector<unsigned> fastestForms(const Choices &choices) {
  std::vector<unsigned> forms;
  for (const auto &operators : choices.operators) {
    assert(!operators.empty());
    const auto fastest = std::ranges::min_element(operators, {}, &FormCost::instructions);
    forms.push_back(static_cast<unsigned>(fastest - operators.begin()));
  }
  return forms;
}

/// The best by `objective` of what is improved from selections at all prices.
Selection bestFromAllPrices(const Choices &choices, const Objective &objective) {
  std::optional<Selection> best;
  Selection last{fastestForms(choices)};
  for (double price = 1.0 / 64; price < 1e6; price *= 4) {
    last = improved(choices, last.forms, [&](int64_t instructions, int64_t bytes) {
      return static_cast<double>(instructions) + price * static_cast<double>(bytes);
    });
    const Selection found = improved(choices, last.forms, objective);
    if (!best || objective(found.instructions, found.bytes) < objective(best->instructions, best->bytes))
      best = found;
  }
  return *best;
}

/// `first` up to `limit` and, if it has to be more, how much more; then `second`.
double within(int64_t limit, int64_t first, int64_t second) {
  constexpr double tooMuch = 1e18;
  return first > limit ? tooMuch + static_cast<double>(first) * 1e3
                       : static_cast<double>(second) + static_cast<double>(first) * 1e-9;
}

} // namespace

Selection costed(const Choices &choices, std::vector<unsigned> forms) {
  return Search(choices, std::move(forms), {}).result();
}

Selection selectAtPrice(const Choices &choices, double price) {
  return improved(choices, fastestForms(choices), [&](int64_t instructions, int64_t bytes) {
    return static_cast<double>(instructions) + price * static_cast<double>(bytes);
  });
}

Selection fastestWithin(const Choices &choices, int64_t bytes) {
  return bestFromAllPrices(choices,
                           [&](int64_t instructions, int64_t needed) { return within(bytes, needed, instructions); });
}

Selection smallestWithin(const Choices &choices, int64_t instructions) {
  return bestFromAllPrices(choices, [&](int64_t needed, int64_t bytes) { return within(instructions, needed, bytes); });
}

} // namespace burin::kernels
