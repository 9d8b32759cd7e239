// Finds how a number depends on sizes from its values at some of them. A plain algorithm: no MLIR.
#pragma once

#include "ir/sizes/SizeExpr.h"

#include <map>

namespace burin::sizes {

/// Fits numbers to polynomials, of degree at most 4 and at most 3 terms and a constant, of the symbols and of sizes
/// derived from them: floor((a · q + b) / c), as strides of convolutions and pools make them. Each form has fewer
/// unknowns than there are samples; the other samples check it.
class Fitter {
public:
  /// `samples[i]` holds the symbols' values of sample i; there are at least 6.
  Fitter(std::vector<Quantity> symbols, std::vector<std::vector<int64_t>> samples);

  /// The expression that has `values[i]` at sample i. Nullopt if none of the form has. May append to the table: number
  /// the dims of tensors first, then what is computed from them.
  std::optional<Expr> fit(const std::vector<int64_t> &values);

  const Table &table() const { return quantities; }

  /// The samples leave open which of several derived sizes it is: (symbol, value) of a sample that tells more.
  struct Question {
    unsigned symbol;
    int64_t value;
  };
  const std::vector<Question> &questions() const { return asked; }

private:
  std::optional<Expr> fitPolynomial(const std::vector<int64_t> &values) const;
  std::optional<Expr> fitTerms(const std::vector<const Term *> &terms, const std::vector<int64_t> &values) const;
  std::optional<Expr> fitFloorOf(unsigned base, const std::vector<int64_t> &values);
  std::optional<Expr> fitFloor(const std::vector<int64_t> &values);
  std::optional<Expr> fitQuotient(const std::vector<int64_t> &values);
  /// floor((a · base + b) / c).
  struct Floor {
    unsigned base;
    int64_t a, b, c;
    int64_t at(int64_t value) const { return floorDiv(a * value + b, c); }
  };
  void addFloors(unsigned base, int64_t a, int64_t c, const std::vector<int64_t> &values,
                 std::vector<Floor> &found) const;
  Expr derive(const Expr &numerator, int64_t divisor, const std::string &stem);
  void ask(const std::vector<Floor> &candidates);
  unsigned rootOf(unsigned quantity) const;
  void extendMonomial(const Term &term, unsigned first);
  void listMonomials();
  int64_t monomial(const Term &t, size_t sample) const;

  Table quantities;
  std::vector<std::vector<int64_t>> samples; ///< [sample][quantity]
  std::vector<Term> monomials;               ///< of degree 1 to 4, coefficient 1
  std::map<std::vector<int64_t>, std::optional<Expr>> known;
  std::vector<Question> asked;
};

} // namespace burin::sizes
