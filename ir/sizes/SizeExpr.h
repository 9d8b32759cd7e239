// Numbers that depend on sizes known only at run time: polynomials of named quantities. A plain algorithm: no MLIR.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace burin::sizes {

/// coefficient · Π quantity[factors[i]]; `factors` are sorted, a power repeats its factor.
struct Term {
  int64_t coefficient = 0;
  std::vector<unsigned> factors{};
  bool operator==(const Term &) const = default;
};

/// A sum of terms with different factors and no zero coefficients, the constant last. No terms: 0.
struct Expr {
  std::vector<Term> terms{};
  bool operator==(const Expr &) const = default;

  static Expr constant(int64_t value);
  static Expr quantity(unsigned index);
  /// The value, if it depends on nothing.
  std::optional<int64_t> asConstant() const;
};

Expr operator+(const Expr &a, const Expr &b);
Expr operator*(const Expr &a, int64_t factor);
Expr operator*(const Expr &a, const Expr &b);
Expr operator-(const Expr &a, const Expr &b);

/// A symbol (`divisor` 0), whose value the caller or a layer gives, min <= value <= max, a multiple of step; or
/// floor(numerator / divisor) of quantities before it.
struct Quantity {
  std::string name;
  int64_t min = 0, max = 0, step = 1;
  Expr numerator{};
  int64_t divisor = 0;
};

/// Quantities in order, each symbol before what is derived from it.
class Table {
public:
  std::vector<Quantity> quantities;

  /// The values of all quantities, given those of the symbols in order.
  std::vector<int64_t> evaluate(const std::vector<int64_t> &symbols) const;
  /// A bound that no value within the symbols' bounds exceeds (falls below); sharp for expressions that grow in each of
  /// them.
  int64_t upperBound(const Expr &e) const;
  int64_t lowerBound(const Expr &e) const;
  /// The quantities that `e` needs, with those that they are derived from, in the table's order.
  std::vector<unsigned> needed(const Expr &e) const;

  /// "t * t_2 * 64 + t - 3": terms with a positive coefficient first. `suffix` follows each number ("u" in C).
  std::string text(const Expr &e, std::string_view suffix = "") const;
  /// Reads what `text` writes without a suffix; nullopt for anything else, and for unknown names.
  std::optional<Expr> parse(std::string_view text) const;

private:
  struct Range {
    int64_t min, max;
  };
  Range range(const Expr &e) const;
  Range range(const Quantity &q) const;
};

/// The value of `e`, given those of all quantities.
int64_t evaluate(const Expr &e, const std::vector<int64_t> &quantities);

/// floor(a / b) for b > 0.
int64_t floorDiv(int64_t a, int64_t b);

} // namespace burin::sizes
