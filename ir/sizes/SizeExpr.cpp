#include "ir/sizes/SizeExpr.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <map>

namespace burin::sizes {

int64_t floorDiv(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

namespace {

/// Longest products first, then in the order of their factors; the constant last.
struct ByFactors {
  bool operator()(const std::vector<unsigned> &a, const std::vector<unsigned> &b) const {
    return a.size() != b.size() ? a.size() > b.size() : a < b;
  }
};
using Collected = std::map<std::vector<unsigned>, int64_t, ByFactors>;

Expr fromCollected(const Collected &sum) {
  Expr e;
  for (const auto &[factors, coefficient] : sum)
    if (coefficient != 0)
      e.terms.push_back({coefficient, factors});
  return e;
}

} // namespace

Expr Expr::constant(int64_t value) { return value == 0 ? Expr{} : Expr{{{value, {}}}}; }
Expr Expr::quantity(unsigned index) { return {{{1, {index}}}}; }

std::optional<int64_t> Expr::asConstant() const {
  if (terms.empty())
    return 0;
  return terms.size() == 1 && terms[0].factors.empty() ? std::optional(terms[0].coefficient) : std::nullopt;
}

Expr operator+(const Expr &a, const Expr &b) {
  Collected sum;
  for (const Expr *e : {&a, &b})
    for (const Term &t : e->terms)
      sum[t.factors] += t.coefficient;
  return fromCollected(sum);
}

Expr operator*(const Expr &a, int64_t factor) { return a * Expr::constant(factor); }

Expr operator*(const Expr &a, const Expr &b) {
  Collected sum;
  for (const Term &u : a.terms)
    for (const Term &v : b.terms) {
      std::vector<unsigned> factors(u.factors);
      factors.insert(factors.end(), v.factors.begin(), v.factors.end());
      std::sort(factors.begin(), factors.end());
      sum[factors] += u.coefficient * v.coefficient;
    }
  return fromCollected(sum);
}

Expr operator-(const Expr &a, const Expr &b) { return a + b * -1; }

int64_t evaluate(const Expr &e, const std::vector<int64_t> &quantities) {
  int64_t sum = 0;
  for (const Term &t : e.terms) {
    int64_t product = t.coefficient;
    for (unsigned f : t.factors)
      product *= quantities[f];
    sum += product;
  }
  return sum;
}

std::vector<int64_t> Table::evaluate(const std::vector<int64_t> &symbols) const {
  std::vector<int64_t> values;
  size_t next = 0;
  for (const Quantity &q : quantities)
    values.push_back(q.divisor == 0 ? symbols[next++] : floorDiv(sizes::evaluate(q.numerator, values), q.divisor));
  return values;
}

Table::Range Table::range(const Quantity &q) const {
  if (q.divisor == 0)
    return {q.min, q.max};
  const Range r = range(q.numerator);
  return {floorDiv(r.min, q.divisor), floorDiv(r.max, q.divisor)};
}

Table::Range Table::range(const Expr &e) const {
  Range sum{0, 0};
  for (const Term &t : e.terms) {
    Range product{t.coefficient, t.coefficient};
    for (unsigned f : t.factors) {
      const Range r = range(quantities[f]);
      const int64_t ends[] = {product.min * r.min, product.min * r.max, product.max * r.min, product.max * r.max};
      product = {*std::min_element(ends, ends + 4), *std::max_element(ends, ends + 4)};
    }
    sum.min += product.min;
    sum.max += product.max;
  }
  return sum;
}

int64_t Table::upperBound(const Expr &e) const { return range(e).max; }
int64_t Table::lowerBound(const Expr &e) const { return range(e).min; }

std::vector<unsigned> Table::needed(const Expr &e) const {
  std::vector<bool> used(quantities.size(), false);
  auto mark = [&](const Expr &expr) {
    for (const Term &t : expr.terms)
      for (unsigned f : t.factors)
        used[f] = true;
  };
  mark(e);
  for (size_t i = quantities.size(); i-- > 0;)
    if (used[i])
      mark(quantities[i].numerator);
  std::vector<unsigned> out;
  for (size_t i = 0; i < used.size(); ++i)
    if (used[i])
      out.push_back(static_cast<unsigned>(i));
  return out;
}

std::string Table::text(const Expr &e, std::string_view suffix) const {
  std::string out;
  for (const bool positive : {true, false})
    for (const Term &t : e.terms) {
      if ((t.coefficient > 0) != positive)
        continue;
      const uint64_t size = positive ? static_cast<uint64_t>(t.coefficient) : 0 - static_cast<uint64_t>(t.coefficient);
      std::string product;
      for (unsigned f : t.factors)
        product += (product.empty() ? "" : " * ") + quantities[f].name;
      if (product.empty() || size != 1)
        product += (product.empty() ? "" : " * ") + std::to_string(size) + std::string(suffix);
      out += out.empty() ? (positive ? "" : "-") : positive ? " + " : " - ";
      out += product;
    }
  return out.empty() ? "0" + std::string(suffix) : out;
}

namespace {

/// Splits off the next word of `text`: a name or number, or one operator character.
std::string_view nextToken(std::string_view &text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  size_t n = text.find_first_of(" +-*");
  n = n == 0 ? 1 : std::min(n, text.size());
  std::string_view token = text.substr(0, n);
  text.remove_prefix(n);
  return token;
}

} // namespace

std::optional<Expr> Table::parse(std::string_view text) const {
  Expr sum, product = Expr::constant(1);
  bool wantsFactor = true, wasSign = false;
  while (true) {
    const std::string_view token = nextToken(text);
    if (wantsFactor) {
      if (token == "-" && !wasSign && product == Expr::constant(1)) {
        product = Expr::constant(-1);
        wasSign = true;
        continue;
      }
      int64_t number = 0;
      const auto [end, error] = std::from_chars(token.data(), token.data() + token.size(), number);
      if (!token.empty() && error == std::errc() && end == token.data() + token.size() && token[0] != '-') {
        product = product * number;
      } else {
        const auto it = std::find_if(quantities.begin(), quantities.end(), [&](auto &q) { return q.name == token; });
        if (it == quantities.end())
          return std::nullopt;
        product = product * Expr::quantity(static_cast<unsigned>(it - quantities.begin()));
      }
      wantsFactor = false;
      continue;
    }
    wantsFactor = true;
    if (token == "*")
      continue;
    sum = sum + product;
    if (token.empty())
      return sum;
    if (token != "+" && token != "-")
      return std::nullopt;
    product = Expr::constant(token == "+" ? 1 : -1);
    wasSign = true;
  }
}

} // namespace burin::sizes
