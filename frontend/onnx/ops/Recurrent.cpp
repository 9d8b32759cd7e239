// RNN, GRU and LSTM: the inputs' part as one matrix product over all steps, then the recurrence.
#include "ir/nn/ops/Recurrent.h"
#include "frontend/onnx/OpTable.h"

#include "llvm/ADT/StringExtras.h"
#include <limits>

namespace burin::importer {
using namespace mlir;
using nn::RecurrentKind;

namespace {

/// An activation by ONNX's name. The number is the kernels' (brn_activate_f32); the parameters are those of a node that
/// gives none. `alphas` and `betas`: how many of the attributes' values it takes.
struct Activation {
  const char *name;
  int64_t kind;
  double alpha, beta;
  int alphas, betas;
};
constexpr Activation known[] = {
    {"sigmoid", 0, 0, 0, 0, 0},      {"tanh", 1, 0, 0, 0, 0},
    {"relu", 2, 0, 0, 0, 0},         {"affine", 3, 1, 0, 1, 1},
    {"leakyrelu", 4, 0.01, 0, 1, 0}, {"thresholdedrelu", 5, 1, 0, 1, 0},
    {"scaledtanh", 6, 1, 1, 1, 1},   {"hardsigmoid", 7, 0.2, 0.5, 1, 1},
    {"elu", 8, 1, 0, 1, 0},          {"softsign", 9, 0, 0, 0, 0},
    {"softplus", 10, 0, 0, 0, 0},
};

/// One node on its way to nn.recurrent.
class Recurrent {
public:
  Recurrent(NodeContext &n, RecurrentKind kind) : n(n), kind(kind) {}

  void run() {
    if (!readAttributes() || !readShapes() || !readActivations())
      return;
    Value x = batchFirst ? n.transpose(n.input(0), {1, 0, 2}) : n.input(0);
    Value weights = n.reshape(n.input(1), {directions * gates * units, inputs});
    Value projected = n.matmul(x, weights, /*transposeB=*/true, inputBias());
    Value h = n.makeWith<nn::RecurrentOp>(resultTypes(), kind, projected, n.input(2), n.input(7), resetBias(),
                                          n.input(4), initial(5), initial(6), kinds, alphas, betas, llvm::APFloat(clip),
                                          direction == "reverse", inputForget, resetAfter);
    if (!h)
      return;
    auto op = h.getDefiningOp<nn::RecurrentOp>();
    if (n.hasOutput(0))
      n.output(0, batchFirst ? n.transpose(op.getY(), {2, 0, 1, 3}) : op.getY());
    if (n.hasOutput(1))
      n.output(1, batchFirst ? n.transpose(op.getH(), {1, 0, 2}) : op.getH());
    if (n.hasOutput(2))
      n.output(2, batchFirst ? n.transpose(op.getC(), {1, 0, 2}) : op.getC());
  }

private:
  bool isLstm() const { return kind == RecurrentKind::lstm; }

  bool readAttributes() {
    direction = llvm::StringRef(n.stringAttr("direction", "forward")).lower();
    batchFirst = n.flag("layout");
    inputForget = isLstm() && n.flag("input_forget");
    resetAfter = kind == RecurrentKind::gru && n.flag("linear_before_reset");
    clip = n.floatAttr("clip", 0);
    gates = kind == RecurrentKind::rnn ? 1 : kind == RecurrentKind::gru ? 3 : 4;
    directions = direction == "bidirectional" ? 2 : 1;
    return n.require(directions == 2 || direction == "forward" || direction == "reverse",
                     "\"direction\" is none of forward, reverse and bidirectional") &&
           n.require(clip >= 0, "\"clip\" is negative or no number");
  }

  bool hasShape(unsigned input, llvm::StringRef name, Shape expected) {
    return !n.hasInput(input) || n.require(n.shape(n.input(input)) == expected,
                                           name + " has shape " + describeShape(n.shape(n.input(input))) +
                                               ", expected " + describeShape(expected));
  }

  bool readShapes() {
    if (!n.require(n.rank(n.input(0)) == 3 && n.rank(n.input(1)) == 3 && n.rank(n.input(2)) == 3,
                   "X, W and R must have rank 3"))
      return false;
    units = n.dim(n.input(2), 2);
    inputs = n.dim(n.input(0), 2);
    steps = n.dim(n.input(0), batchFirst ? 1 : 0);
    batch = n.dim(n.input(0), batchFirst ? 0 : 1);
    const Shape state = batchFirst ? Shape{batch, directions, units} : Shape{directions, batch, units};
    return n.require(n.intAttr("hidden_size", units) == units, "\"hidden_size\" isn't the last dim of R") &&
           hasShape(1, "W", {directions, gates * units, inputs}) &&
           hasShape(2, "R", {directions, gates * units, units}) && hasShape(3, "B", {directions, 2 * gates * units}) &&
           hasShape(4, "sequence_lens", {batch}) && hasShape(5, "initial_h", state) &&
           hasShape(6, "initial_c", state) && hasShape(7, "P", {directions, 3 * units});
  }

  /// Values are taken from the attributes in the order of the activations, by those that have such a parameter.
  bool readActivations() {
    const std::vector<std::string> defaults = isLstm() ? std::vector<std::string>{"Sigmoid", "Tanh", "Tanh"}
                                              : kind == RecurrentKind::gru ? std::vector<std::string>{"Sigmoid", "Tanh"}
                                                                           : std::vector<std::string>{"Tanh"};
    std::vector<std::string> names;
    for (int64_t d = 0; d < directions; ++d)
      names.insert(names.end(), defaults.begin(), defaults.end());
    if (const auto *attr = n.findAttr("activations")) {
      if (!n.require(attr->strings_size() == static_cast<int>(names.size()),
                     "\"activations\" needs " + llvm::Twine(names.size()) + " names"))
        return false;
      names.assign(attr->strings().begin(), attr->strings().end());
    }
    const auto givenAlphas = n.floatsAttr("activation_alpha"), givenBetas = n.floatsAttr("activation_beta");
    size_t nextAlpha = 0, nextBeta = 0;
    for (const std::string &name : names) {
      const auto *found =
          llvm::find_if(known, [&](const Activation &a) { return llvm::StringRef(name).equals_insensitive(a.name); });
      if (!n.require(found != std::end(known), "activation \"" + name + "\" is unknown"))
        return false;
      auto take = [](const auto &given, size_t &next, int count, double absent) {
        return count > 0 && given && next < given->size() ? (*given)[next++] : absent;
      };
      kinds.push_back(found->kind);
      alphas.push_back(take(givenAlphas, nextAlpha, found->alphas, found->alpha));
      betas.push_back(take(givenBetas, nextBeta, found->betas, found->beta));
    }
    return !n.failed();
  }

  /// Part of the biases [directions, ...]: elements [start, start + size) of each direction, in units.
  Value biasPart(int64_t start, int64_t size) { return n.sliceAxis(n.input(3), 1, start * units, size * units); }

  /// What is added to the inputs' products, [directions * gates * units]: both biases, but for the one that is reset.
  Value inputBias() {
    if (!n.hasInput(3))
      return {};
    Value sum = resetAfter ? n.concat({n.add(biasPart(0, 2), biasPart(3, 2)), biasPart(2, 1)}, 1)
                           : n.add(biasPart(0, gates), biasPart(gates, gates));
    return n.reshape(sum, {directions * gates * units});
  }
  Value resetBias() { return resetAfter && n.hasInput(3) ? biasPart(5, 1) : Value(); }

  Value initial(unsigned input) {
    Value v = n.input(input);
    return v && batchFirst ? n.transpose(v, {1, 0, 2}) : v;
  }

  SmallVector<Type> resultTypes() {
    Type element = n.element(n.input(0));
    Type state = n.tensor({directions, batch, units}, element);
    SmallVector<Type> types = {state};
    if (isLstm())
      types.push_back(state);
    types.push_back(n.tensor({steps, directions, batch, units}, element));
    return types;
  }

  NodeContext &n;
  RecurrentKind kind;
  std::string direction;
  bool batchFirst = false, inputForget = false, resetAfter = false;
  double clip = 0;
  int64_t gates = 1, directions = 1, units = 0, inputs = 0, steps = 0, batch = 0;
  SmallVector<int64_t> kinds;
  SmallVector<double> alphas, betas;
};

void rnn(NodeContext &n) { Recurrent(n, RecurrentKind::rnn).run(); }
void gru(NodeContext &n) { Recurrent(n, RecurrentKind::gru).run(); }
void lstm(NodeContext &n) { Recurrent(n, RecurrentKind::lstm).run(); }

constexpr OpImporter rows[] = {
    {"GRU", 3, 6, gru},
    {"LSTM", 3, 8, lstm},
    {"RNN", 3, 6, rnn},
};

} // namespace

llvm::ArrayRef<OpImporter> recurrentOps() { return rows; }

} // namespace burin::importer
