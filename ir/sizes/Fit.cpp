#include "ir/sizes/Fit.h"

#include <algorithm>
#include <cassert>
#include <limits>
#include <numeric>

namespace burin::sizes {
namespace {

// Linear systems are solved modulo a prime: exact, and a solution that isn't a small integer is none of ours.
constexpr uint64_t prime = (uint64_t{1} << 61) - 1;
constexpr int64_t maxCoefficient = int64_t{1} << 40;
constexpr int64_t maxFactor = 4, maxDivisor = 1024;
constexpr size_t maxTripleMonomials = 40;
constexpr int64_t askedValues = 2048; // further than the largest divisor

uint64_t multiply(uint64_t a, uint64_t b) {
  return static_cast<uint64_t>(static_cast<unsigned __int128>(a) * b % prime);
}
uint64_t toField(int64_t v) {
  const int64_t r = v % static_cast<int64_t>(prime);
  return static_cast<uint64_t>(r < 0 ? r + static_cast<int64_t>(prime) : r);
}
uint64_t inverse(uint64_t a) {
  uint64_t result = 1;
  for (uint64_t e = prime - 2; e > 0; e >>= 1, a = multiply(a, a))
    if (e & 1)
      result = multiply(result, a);
  return result;
}

/// Solves rows · x = the last column by elimination, rows picked for their pivots; false if it is singular. The first
/// unknowns() rows that are independent decide.
bool solve(std::vector<std::vector<uint64_t>> rows, std::vector<int64_t> &x) {
  const size_t n = rows[0].size() - 1;
  for (size_t col = 0; col < n; ++col) {
    size_t pivot = col;
    while (pivot < rows.size() && rows[pivot][col] == 0)
      ++pivot;
    if (pivot == rows.size())
      return false;
    std::swap(rows[col], rows[pivot]);
    const uint64_t scale = inverse(rows[col][col]);
    for (uint64_t &v : rows[col])
      v = multiply(v, scale);
    for (size_t r = 0; r < rows.size(); ++r) {
      const uint64_t factor = rows[r][col];
      if (r == col || factor == 0)
        continue;
      for (size_t k = col; k <= n; ++k)
        rows[r][k] = (rows[r][k] + prime - multiply(factor, rows[col][k])) % prime;
    }
  }
  for (size_t r = n; r < rows.size(); ++r)
    if (rows[r][n] != 0)
      return false; // the other samples disagree
  x.clear();
  for (size_t i = 0; i < n; ++i) {
    const uint64_t v = rows[i][n];
    x.push_back(v > prime / 2 ? -static_cast<int64_t>(prime - v) : static_cast<int64_t>(v));
    if (x.back() > maxCoefficient || x.back() < -maxCoefficient)
      return false;
  }
  return true;
}

} // namespace

Fitter::Fitter(std::vector<Quantity> symbols, std::vector<std::vector<int64_t>> values) : samples(std::move(values)) {
  quantities.quantities = std::move(symbols);
  listMonomials();
}

int64_t Fitter::monomial(const Term &t, size_t sample) const {
  int64_t product = 1;
  for (unsigned f : t.factors)
    product *= samples[sample][f];
  return product;
}

/// The symbol that a quantity is, or is derived from (the first of several).
unsigned Fitter::rootOf(unsigned quantity) const {
  const Quantity &q = quantities.quantities[quantity];
  return q.divisor == 0 ? quantity : rootOf(q.numerator.terms[0].factors[0]);
}

/// Appends the products of `term` with quantities from `first` on, up to degree 4; long ones only of quantities with
/// different roots, as the dims of one tensor have, unless there are few.
void Fitter::extendMonomial(const Term &term, unsigned first) {
  const auto n = static_cast<unsigned>(quantities.quantities.size());
  for (unsigned q = first; q < n; ++q) {
    const bool fresh =
        std::none_of(term.factors.begin(), term.factors.end(), [&](unsigned f) { return rootOf(f) == rootOf(q); });
    const size_t degree = term.factors.size() + 1;
    if (degree > 4 || (degree > 2 && !fresh && (n > 3 || degree > 3)))
      continue;
    Term longer = term;
    longer.factors.push_back(q);
    monomials.push_back(longer);
    extendMonomial(longer, q);
  }
}

void Fitter::listMonomials() {
  monomials.clear();
  extendMonomial({1, {}}, 0);
  std::sort(monomials.begin(), monomials.end(), [](const Term &a, const Term &b) {
    return a.factors.size() != b.factors.size() ? a.factors.size() < b.factors.size() : a.factors < b.factors;
  });
}

std::optional<Expr> Fitter::fitTerms(const std::vector<const Term *> &terms, const std::vector<int64_t> &values) const {
  std::vector<std::vector<uint64_t>> rows;
  for (size_t s = 0; s < samples.size(); ++s) {
    std::vector<uint64_t> row;
    for (const Term *t : terms)
      row.push_back(toField(monomial(*t, s)));
    row.push_back(1);
    row.push_back(toField(values[s]));
    rows.push_back(std::move(row));
  }
  std::vector<int64_t> x;
  if (!solve(std::move(rows), x))
    return std::nullopt;
  Expr e = Expr::constant(x.back());
  for (size_t i = 0; i < terms.size(); ++i)
    e = e + Expr{{{x[i], terms[i]->factors}}};
  return e;
}

std::optional<Expr> Fitter::fitPolynomial(const std::vector<int64_t> &values) const {
  if (std::all_of(values.begin(), values.end(), [&](int64_t v) { return v == values[0]; }))
    return Expr::constant(values[0]);
  const size_t n = monomials.size();
  for (size_t i = 0; i < n; ++i)
    if (auto e = fitTerms({&monomials[i]}, values))
      return e;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j)
      if (auto e = fitTerms({&monomials[i], &monomials[j]}, values))
        return e;
  if (n > maxTripleMonomials)
    return std::nullopt;
  for (size_t i = 0; i < n; ++i)
    for (size_t j = i + 1; j < n; ++j)
      for (size_t k = j + 1; k < n; ++k)
        if (auto e = fitTerms({&monomials[i], &monomials[j], &monomials[k]}, values))
          return e;
  return std::nullopt;
}

/// Appends the extreme b with floor((a · base + b) / c) = value at all samples, first the one that programs are likely
/// to have: the plain quotient, or rounding up.
void Fitter::addFloors(unsigned base, int64_t a, int64_t c, const std::vector<int64_t> &values,
                       std::vector<Floor> &found) const {
  int64_t low = std::numeric_limits<int64_t>::min(), high = std::numeric_limits<int64_t>::max();
  for (size_t s = 0; s < samples.size(); ++s) {
    const int64_t first = c * values[s] - a * samples[s][base];
    low = std::max(low, first);
    high = std::min(high, first + c - 1);
    if (low > high)
      return;
  }
  for (int64_t likely : {int64_t{0}, c - 1})
    if (low < likely && likely < high)
      found.push_back({base, a, likely, c});
  found.push_back({base, a, low, c});
  if (high > low)
    found.push_back({base, a, high, c});
}

Expr Fitter::derive(const Expr &numerator, int64_t divisor, const std::string &stem) {
  std::string name = stem;
  auto taken = [&] {
    return std::any_of(quantities.quantities.begin(), quantities.quantities.end(),
                       [&](const Quantity &q) { return q.name == name; });
  };
  for (char suffix = 'b'; taken(); ++suffix)
    name = stem + suffix;
  quantities.quantities.push_back({.name = name, .numerator = numerator, .divisor = divisor});
  for (std::vector<int64_t> &sample : samples)
    sample.push_back(floorDiv(evaluate(numerator, sample), divisor));
  listMonomials();
  return Expr::quantity(static_cast<unsigned>(quantities.quantities.size() - 1));
}

/// Asks for the value at which most of the candidates differ from the first.
void Fitter::ask(const std::vector<Floor> &candidates) {
  const Floor &chosen = candidates.front();
  const Quantity &symbol = quantities.quantities[chosen.base];
  if (candidates.size() == 1 || symbol.divisor != 0)
    return;
  Question best{chosen.base, 0};
  ptrdiff_t most = 0;
  for (int64_t k = 1; k <= askedValues; ++k) {
    const int64_t value = samples[0][chosen.base] + k * symbol.step;
    const auto differ = std::count_if(candidates.begin(), candidates.end(),
                                      [&](const Floor &f) { return f.at(value) != chosen.at(value); });
    if (differ > most) {
      most = differ;
      best.value = value;
    }
  }
  if (most > 0)
    asked.push_back(best);
}

std::optional<Expr> Fitter::fitFloorOf(unsigned base, const std::vector<int64_t> &values) {
  std::vector<Floor> candidates;
  for (int64_t c = 2; c <= maxDivisor; ++c)
    for (int64_t a = 1; a <= maxFactor; ++a)
      if (std::gcd(a, c) == 1)
        addFloors(base, a, c, values, candidates);
  if (candidates.empty())
    return std::nullopt;
  ask(candidates);
  const Floor &f = candidates.front();
  const std::string stem =
      quantities.quantities[base].name + "_" + (f.a > 1 ? std::to_string(f.a) + "_" : "") + std::to_string(f.c);
  return derive(Expr::quantity(base) * f.a + Expr::constant(f.b), f.c, stem);
}

std::optional<Expr> Fitter::fitFloor(const std::vector<int64_t> &values) {
  // Of symbols rather than of sizes derived from them: floor(floor(t / 2) / 2) is floor(t / 4).
  const auto bases = static_cast<unsigned>(quantities.quantities.size());
  for (const bool derived : {false, true})
    for (unsigned base = 0; base < bases; ++base)
      if ((quantities.quantities[base].divisor != 0) == derived)
        if (auto e = fitFloorOf(base, values))
          return e;
  return std::nullopt;
}

/// Polynomials with a common denominator that always divides: t · (t + 1) / 2.
std::optional<Expr> Fitter::fitQuotient(const std::vector<int64_t> &values) {
  for (int64_t divisor : {2, 3, 4, 6, 8}) {
    std::vector<int64_t> scaled;
    for (int64_t v : values)
      scaled.push_back(v * divisor);
    if (auto e = fitPolynomial(scaled))
      return derive(*e, divisor, quantities.quantities[e->terms[0].factors[0]].name + "_part");
  }
  return std::nullopt;
}

std::optional<Expr> Fitter::fit(const std::vector<int64_t> &values) {
  assert(values.size() == samples.size());
  if (auto it = known.find(values); it != known.end())
    return it->second;
  std::optional<Expr> e = fitPolynomial(values);
  if (!e)
    e = fitFloor(values);
  if (!e)
    e = fitQuotient(values);
  known[values] = e;
  return e;
}

} // namespace burin::sizes
