// The choice of forms against trying every combination.
#include "passes/kernels/Select.h"

#include <catch2/catch.hpp>

#include <random>
#include <set>

using namespace burin::kernels;

namespace {

/// What `forms` need, from the definition.
Selection needs(const Choices &choices, const std::vector<unsigned> &forms) {
  Selection s{forms};
  std::set<unsigned> pieces;
  for (size_t op = 0; op < forms.size(); ++op) {
    const FormCost &form = choices.operators[op][forms[op]];
    s.instructions += form.instructions;
    s.bytes += form.bytes;
    pieces.insert(form.pieces.begin(), form.pieces.end());
  }
  for (unsigned piece : pieces)
    s.bytes += choices.pieceBytes[piece];
  return s;
}

std::vector<Selection> all(const Choices &choices) {
  std::vector<Selection> found;
  std::vector<unsigned> forms(choices.operators.size(), 0);
  for (;;) {
    found.push_back(needs(choices, forms));
    size_t op = 0;
    while (op < forms.size() && ++forms[op] == choices.operators[op].size())
      forms[op++] = 0;
    if (op == forms.size())
      return found;
  }
}

/// Operators that have forms of a few kinds: the faster, the more constants; each kind has code of its own, and some
/// share.
Choices randomChoices(std::mt19937 &random) {
  const auto below = [&](int64_t n) { return std::uniform_int_distribution<int64_t>(0, n - 1)(random); };
  Choices c;
  for (int piece = 0; piece < 6; ++piece)
    c.pieceBytes.push_back(100 + below(900));
  for (int64_t op = 0, count = 2 + below(5); op < count; ++op) {
    std::vector<FormCost> forms;
    const int64_t size = 1 + below(1000);
    for (unsigned kind = 0; kind < 4; ++kind)
      if (kind == 0 || below(4) != 0)
        forms.push_back({.instructions = size * (40 - 8 * kind + below(8)),
                         .bytes = size * (kind + 1) / 4,
                         .pieces = {kind, 4 + kind % 2}});
    c.operators.push_back(forms);
  }
  return c;
}

} // namespace

TEST_CASE("what a selection needs has shared code once") {
  const Choices c{.operators = {{{10, 1, {0, 1}}, {5, 7, {2}}}, {{20, 2, {1}}}}, .pieceBytes = {100, 200, 400}};
  const Selection both = costed(c, {0, 0});
  CHECK(both.instructions == 30);
  CHECK(both.bytes == 303);
  CHECK(costed(c, {1, 0}).bytes == 609);
}

TEST_CASE("selections are those that trying all finds, or nearly") {
  std::mt19937 random(7);
  int rounds = 0, best = 0;
  for (int round = 0; round < 300; ++round) {
    INFO("round " << round);
    const Choices c = randomChoices(random);
    const std::vector<Selection> tried = all(c);
    const double price = std::uniform_int_distribution<int>(0, 60)(random) / 2.0;
    const auto cost = [&](const Selection &s) {
      return static_cast<double>(s.instructions) + price * static_cast<double>(s.bytes);
    };
    double least = cost(tried.front());
    int64_t smallest = tried.front().bytes, fastest = tried.front().instructions;
    for (const Selection &s : tried) {
      least = std::min(least, cost(s));
      smallest = std::min(smallest, s.bytes);
      fastest = std::min(fastest, s.instructions);
    }
    const Selection atPrice = selectAtPrice(c, price);
    CHECK(needs(c, atPrice.forms).bytes == atPrice.bytes);
    CHECK(needs(c, atPrice.forms).instructions == atPrice.instructions);
    CHECK(cost(atPrice) <= 1.05 * least);
    CHECK(selectAtPrice(c, 0).instructions == fastest);

    const int64_t budget = smallest + std::uniform_int_distribution<int64_t>(0, 2000)(random);
    const int64_t limit = fastest * 5 / 4;
    int64_t inBudget = INT64_MAX, inLimit = INT64_MAX;
    for (const Selection &s : tried) {
      inBudget = s.bytes <= budget ? std::min(inBudget, s.instructions) : inBudget;
      inLimit = s.instructions <= limit ? std::min(inLimit, s.bytes) : inLimit;
    }
    const Selection fits = fastestWithin(c, budget), small = smallestWithin(c, limit);
    CHECK(fits.bytes <= budget);
    CHECK(small.instructions <= limit);
    CHECK(static_cast<double>(fits.instructions) <= 1.15 * static_cast<double>(inBudget));
    CHECK(static_cast<double>(small.bytes) <= 1.15 * static_cast<double>(inLimit));
    rounds += 3;
    best += (cost(atPrice) == least) + (fits.instructions == inBudget) + (small.bytes == inLimit);
  }
  INFO(best << " of " << rounds << " are the best");
  CHECK(best * 100 >= rounds * 90);
}

TEST_CASE("what can't be had is come near to") {
  const Choices c{.operators = {{{10, 50, {0}}, {30, 20, {0}}}}, .pieceBytes = {100}};
  CHECK(fastestWithin(c, 60).bytes == 120);       // the smallest there is
  CHECK(smallestWithin(c, 5).instructions == 10); // the fastest
  CHECK(fastestWithin(c, 130).instructions == 30);
  CHECK(fastestWithin(c, 150).instructions == 10);
}
