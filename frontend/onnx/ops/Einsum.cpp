// Einsum as transposes, sums and batched matrix products, one operand after the other.
#include "frontend/onnx/OpTable.h"

#include "llvm/ADT/StringExtras.h"

#include <set>

namespace burin::importer {
using namespace mlir;

namespace {

/// Names of axes: letters, and numbers from `ellipsis` on for those that "..." stands for, counted from the last one.
using Labels = SmallVector<int>;
constexpr int ellipsis = 256;

struct Term {
  Value value;
  Labels labels;
};

struct Equation {
  std::vector<std::string> inputs;
  std::string output;
};

/// "ij,jk->ik" taken apart. Without an arrow the result has the ellipsis and then, in the order of the alphabet, the
/// letters that occur once.
std::optional<Equation> parse(NodeContext &n) {
  std::string text;
  for (char c : n.stringAttr("equation", ""))
    if (c != ' ')
      text += c;
  Equation e;
  const StringRef whole(text);
  const bool isExplicit = whole.contains("->");
  auto [left, right] = whole.split("->");
  SmallVector<StringRef> terms;
  left.split(terms, ',');
  for (StringRef term : terms)
    e.inputs.push_back(term.str());
  e.output = right.str();
  if (!isExplicit) {
    e.output = left.contains("...") ? "..." : "";
    std::multiset<char> letters;
    for (char c : left)
      if (llvm::isAlpha(c))
        letters.insert(c);
    for (char c : std::set<char>(letters.begin(), letters.end()))
      if (letters.count(c) == 1)
        e.output += c;
  }
  return n.require(e.inputs.size() == n.numInputs(), "the equation has another number of terms than there are inputs")
             ? std::optional(e)
             : std::nullopt;
}

/// The labels that `text` gives to a tensor of `rank` axes (rank -1: `ellipsisAxes` of them are the ellipsis).
std::optional<Labels> labelsOf(NodeContext &n, StringRef text, int64_t rank, int64_t ellipsisAxes) {
  Labels labels;
  if (rank >= 0)
    ellipsisAxes = rank - static_cast<int64_t>(text.size()) + 3;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i, 3) == "...") {
      for (int64_t k = ellipsisAxes; k-- > 0;)
        labels.push_back(ellipsis + static_cast<int>(k));
      i += 2;
    } else if (n.require(llvm::isAlpha(text[i]), "the equation has a character that is no letter")) {
      labels.push_back(text[i]);
    } else {
      return std::nullopt;
    }
  }
  if (!n.require(rank < 0 || static_cast<int64_t>(labels.size()) == rank,
                 "a term has another number of axes than its input"))
    return std::nullopt;
  return labels;
}

class Einsum {
public:
  explicit Einsum(NodeContext &n) : n(n) {}

  void run() {
    auto equation = parse(n);
    if (!equation || !readTerms(*equation))
      return;
    Term result = terms.front();
    for (size_t i = 1; i < terms.size() && !n.failed(); ++i)
      result = contract(result, terms[i], neededAfter(i));
    result = sumOut(result, outputLabels);
    if (n.require(result.labels.size() == outputLabels.size(), "the result names an axis that no input has"))
      n.output(n.transpose(result.value, order(result.labels, outputLabels)));
  }

private:
  bool readTerms(const Equation &e) {
    int64_t ellipsisAxes = 0;
    for (unsigned i = 0; i < n.numInputs(); ++i) {
      Value v = n.input(i);
      auto labels = v ? labelsOf(n, e.inputs[i], n.rank(v), 0) : std::nullopt;
      if (!n.require(labels.has_value(), "an input is absent"))
        return false;
      ellipsisAxes = std::max<int64_t>(ellipsisAxes, llvm::count_if(*labels, [](int l) { return l >= ellipsis; }));
      terms.push_back(diagonal({v, *labels}));
    }
    auto output = labelsOf(n, e.output, -1, ellipsisAxes);
    if (!output || !n.require(std::set<int>(output->begin(), output->end()).size() == output->size(),
                              "the result names an axis twice"))
      return false;
    outputLabels = *output;
    return checkSizes();
  }

  /// All axes of one label have one size, or size 1, which broadcasts: such axes are dropped.
  bool checkSizes() {
    std::map<int, int64_t> sizes;
    for (const Term &t : terms)
      for (auto [axis, label] : llvm::enumerate(t.labels)) {
        int64_t &size = sizes.try_emplace(label, 1).first->second;
        const int64_t dim = n.dim(t.value, static_cast<int64_t>(axis));
        if (!n.require(dim == size || dim == 1 || size == 1, "axes of one name have different sizes"))
          return false;
        size = dim == 1 ? size : dim;
      }
    for (Term &t : terms)
      for (size_t axis = t.labels.size(); axis-- > 0;)
        if (n.dim(t.value, static_cast<int64_t>(axis)) == 1 && sizes[t.labels[axis]] != 1) {
          t.value = n.removeAxis(t.value, static_cast<int64_t>(axis));
          t.labels.erase(t.labels.begin() + axis);
        }
    return !n.failed();
  }

  /// A label that a term has twice selects the diagonal: the two axes as one, of which every (size + 1)th element
  /// stays.
  Term diagonal(Term t) {
    for (size_t a = 0; a < t.labels.size(); ++a)
      for (size_t b = a + 1; b < t.labels.size() && !n.failed(); ++b) {
        if (t.labels[a] != t.labels[b])
          continue;
        Labels moved = t.labels;
        moved.erase(moved.begin() + b);
        moved.erase(moved.begin() + a);
        Shape perm, kept;
        for (size_t i = 0; i < t.labels.size(); ++i)
          if (i != a && i != b) {
            perm.push_back(static_cast<int64_t>(i));
            kept.push_back(n.dim(t.value, static_cast<int64_t>(i)));
          }
        perm.append({static_cast<int64_t>(a), static_cast<int64_t>(b)});
        const int64_t size = n.dim(t.value, static_cast<int64_t>(a));
        if (!n.require(size == n.dim(t.value, static_cast<int64_t>(b)), "a diagonal of axes of different sizes"))
          return t;
        Shape flat = kept, steps(kept.size(), 1), starts(kept.size() + 1, 0);
        flat.push_back(size * size);
        steps.push_back(size + 1);
        kept.push_back(size);
        moved.push_back(t.labels[a]);
        t.value = n.slice(n.reshape(n.transpose(t.value, perm), flat), starts, steps, kept);
        t.labels = moved;
        b = a; // the labels have moved: look again
      }
    return t;
  }

  std::set<int> neededAfter(size_t i) const {
    std::set<int> needed(outputLabels.begin(), outputLabels.end());
    for (size_t k = i + 1; k < terms.size(); ++k)
      needed.insert(terms[k].labels.begin(), terms[k].labels.end());
    return needed;
  }

  /// `t` summed over the axes that `keep` doesn't name.
  template <typename Set> Term sumOut(Term t, const Set &keep) {
    Shape axes, dims;
    Labels labels;
    for (auto [axis, label] : llvm::enumerate(t.labels)) {
      if (!llvm::is_contained(keep, label)) {
        axes.push_back(static_cast<int64_t>(axis));
        continue;
      }
      labels.push_back(label);
      dims.push_back(n.dim(t.value, static_cast<int64_t>(axis)));
    }
    return axes.empty() ? t : Term{n.reshape(n.reduce(nn::ReduceKind::sum, t.value, axes), dims), labels};
  }

  /// The permutation that brings axes `from` into the order `to`.
  static Shape order(ArrayRef<int> from, ArrayRef<int> to) {
    Shape perm;
    for (int label : to)
      perm.push_back(llvm::find(from, label) - from.begin());
    return perm;
  }

  /// `t` with axes [those of `a`..., those of `b`..., those of `c`...] merged to three.
  Value asMatrices(const Term &t, const Labels &a, const Labels &b, const Labels &c) {
    Labels all = a;
    all.append(b);
    all.append(c);
    Value moved = n.transpose(t.value, order(t.labels, all));
    const Shape dims = n.shape(moved);
    const ArrayRef<int64_t> rest(dims);
    if (n.failed())
      return {};
    return n.reshape(moved,
                     {nn::numElements(rest.take_front(a.size())), nn::numElements(rest.slice(a.size(), b.size())),
                      nn::numElements(rest.take_back(c.size()))});
  }

  /// Sum of products over the labels that both have and nobody needs later: a product of [batch, a, sum] and [batch, b,
  /// sum].
  Term contract(Term a, Term b, const std::set<int> &needed) {
    std::set<int> keepA = needed, keepB = needed;
    keepA.insert(b.labels.begin(), b.labels.end());
    keepB.insert(a.labels.begin(), a.labels.end());
    a = sumOut(a, keepA);
    b = sumOut(b, keepB);
    Labels batch, summed, onlyA, onlyB;
    for (int label : a.labels) {
      const bool shared = llvm::is_contained(b.labels, label);
      (!shared ? onlyA : needed.count(label) ? batch : summed).push_back(label);
    }
    for (int label : b.labels)
      if (!llvm::is_contained(a.labels, label))
        onlyB.push_back(label);
    Shape dims;
    auto append = [&](const Term &t, const Labels &labels) {
      for (int64_t axis : order(t.labels, labels))
        dims.push_back(n.dim(t.value, axis));
    };
    append(a, batch);
    append(a, onlyA);
    append(b, onlyB);
    Value y = n.matmul(asMatrices(a, batch, onlyA, summed), asMatrices(b, batch, onlyB, summed), /*transposeB=*/true);
    Labels labels = batch;
    labels.append(onlyA);
    labels.append(onlyB);
    return {n.reshape(y, dims), labels};
  }

  NodeContext &n;
  std::vector<Term> terms;
  Labels outputLabels;
};

void einsum(NodeContext &n) { Einsum(n).run(); }

constexpr OpImporter rows[] = {
    {"Einsum", 1, anyNumber, einsum, types::numbers, Half::Compute, 0, "", 12},
};

} // namespace

llvm::ArrayRef<OpImporter> einsumOps() { return rows; }

} // namespace burin::importer
