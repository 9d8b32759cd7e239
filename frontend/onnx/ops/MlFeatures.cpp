// What stands before and behind the models of ai.onnx.ml: scaling, imputing, encoding, extracting.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/MlScores.h"
#include "ir/nn/ops/Find.h"

#include <cmath>

namespace burin::importer {
using namespace mlir;
using nn::BinaryKind;
using nn::CompareKind;
using nn::ReduceKind;
using nn::UnaryKind;

namespace {

/// One number for all features, or one per feature of `x`, which are its last axis. Null after a failure.
Value perFeature(NodeContext &n, ArrayRef<double> values, Value x, Type element, const char *name) {
  const auto count = static_cast<int64_t>(values.size());
  if (!n.require(count == 1 || (n.rank(x) >= 1 && count == n.shape(x).back()),
                 "\"" + Twine(name) + "\" needs one value, or one per feature"))
    return {};
  return isa<FloatType>(element) ? n.floats(values, {count}, element)
                                 : n.ints(Shape(values.begin(), values.end()), {count}, element);
}

/// y = (x - offset) * scale in float32.
void scaler(NodeContext &n) {
  Value x = n.cast(n.input(0), n.f32());
  Value offset = perFeature(n, realsAttr(n, "offset"), x, n.f32(), "offset"),
        scale = perFeature(n, realsAttr(n, "scale"), x, n.f32(), "scale");
  n.output(n.mul(n.sub(x, offset), scale));
}

/// y = x / norm of the row: its maximum, the sum of |x|, or the root of the sum of squares. A row of norm 0 stays.
void normalizer(NodeContext &n) {
  Value x = n.cast(n.input(0), n.f32());
  const std::string norm = n.stringAttr("norm", "MAX");
  if (!n.require(norm == "MAX" || norm == "L1" || norm == "L2", "\"norm\" must be MAX, L1 or L2") ||
      !n.require(n.rank(x) >= 1, "the input must have rank 1 or more"))
    return;
  const ReduceKind kind = norm == "MAX" ? ReduceKind::max : norm == "L1" ? ReduceKind::l1 : ReduceKind::l2;
  Value size = n.reduce(kind, x, {n.rank(x) == 1 ? 0 : 1});
  Value isZero = n.compare(CompareKind::equal, size, n.scalarLike(size, 0));
  n.output(n.div(x, n.select(isZero, n.scalarLike(size, 1), size)));
}

/// y = the imputed value where x is the replaced one, which may be NaN.
void imputer(NodeContext &n) {
  Value x = n.input(0);
  const Type element = n.element(x);
  Value isReplaced, imputed;
  if (n.isFloat(x)) {
    const double replaced = n.floatAttr("replaced_value_float", 0);
    imputed = perFeature(n, realsAttr(n, "imputed_value_floats"), x, element, "imputed_value_floats");
    isReplaced = std::isnan(replaced) ? n.unary(UnaryKind::is_nan, x)
                                      : n.compare(CompareKind::equal, x, n.scalarLike(x, replaced));
  } else {
    const Shape values = n.intsAttr("imputed_value_int64s", Shape());
    const auto count = static_cast<int64_t>(values.size());
    if (!n.require(count == 1 || (n.rank(x) >= 1 && count == n.shape(x).back()),
                   "\"imputed_value_int64s\" needs one value, or one per feature"))
      return;
    imputed = n.ints(values, {count}, element);
    isReplaced = n.compare(CompareKind::equal, x, n.ints({n.intAttr("replaced_value_int64", 0)}, {}, element));
  }
  n.output(n.select(isReplaced, imputed, x));
}

/// y = 1 where x > threshold, else 0, in the type of x.
void binarizer(NodeContext &n) {
  Value x = n.input(0);
  const double threshold = n.floatAttr("threshold", 0);
  // Integers exceed a threshold if they exceed its integer part, rounded down.
  const double bound = n.isFloat(x) ? threshold : std::floor(std::clamp(threshold, -9e18, 9e18));
  n.output(n.cast(n.compare(CompareKind::greater, x, n.scalarLike(x, bound)), n.element(x)));
}

/// Elements of the last axis at the indices, whatever their shape; a vector is one row.
void arrayFeatureExtractor(NodeContext &n) {
  Value x = n.input(0), indices = n.input(1);
  if (!n.require(n.rank(x) >= 1, "the input must have rank 1 or more"))
    return;
  if (n.rank(x) == 1)
    x = n.insertAxis(x, 0);
  n.output(n.gather(x, n.reshape(indices, {nn::numElements(n.shape(indices))}), n.rank(x) - 1));
}

/// The inputs' features side by side as float32; each is cut or filled with zeros to its "inputdimensions".
void featureVectorizer(NodeContext &n) {
  const Shape sizes = n.intsAttr("inputdimensions", Shape());
  if (!n.require(sizes.empty() || sizes.size() == n.numInputs(), "\"inputdimensions\" needs one size per input"))
    return;
  SmallVector<Value> parts;
  for (auto [i, x] : llvm::enumerate(n.allInputs())) {
    if (!n.require(n.rank(x) == 1 || n.rank(x) == 2, "the inputs must have rank 1 or 2"))
      return;
    Value part = n.cast(n.rank(x) == 1 ? n.insertAxis(x, 0) : x, n.f32());
    const int64_t has = n.dim(part, 1), wanted = sizes.empty() ? has : sizes[i];
    if (!n.require(wanted >= 0 && wanted < maxTensorElements &&
                       n.dim(part, 0) == n.dim(parts.empty() ? part : parts[0], 0),
                   "a size is negative, or the inputs have different numbers of rows"))
      return;
    part = n.sliceAxis(part, 1, 0, std::min(has, wanted));
    if (wanted > has)
      part = n.pad(part, {}, nn::PadMode::constant, {0, 0}, {0, wanted - has});
    parts.push_back(part);
  }
  n.output(n.concat(parts, 1));
}

/// y[..., c] = 1 where x is category c.
void oneHotEncoder(NodeContext &n) {
  auto categories = n.intsAttr("cats_int64s");
  if (!n.support(categories && !n.hasAttr("cats_strings"), "categories that are strings are not supported"))
    return;
  if (!n.flag("zeros", true))
    n.remark("\"zeros\" is 0, and an unknown category gives zeros all the same: the library doesn't stop");
  Value x = n.cast(n.input(0), n.i64());
  Value isCategory = n.compare(CompareKind::equal, n.insertAxis(x, n.rank(x)), n.ints(*categories));
  n.output(n.cast(isCategory, n.f32()));
}

// --- maps ------------------------------------------------------------------------------------------------------------

/// The keys or values of a LabelEncoder: list attributes `kind`_int64s and `kind`_floats, or `kind`_tensor. For
/// strings, their places. Null if there are none.
Value mapSide(NodeContext &n, const std::string &kind) {
  if (auto ints = n.intsAttr(kind + "_int64s"))
    return n.ints(*ints);
  if (auto floats = n.floatsAttr(kind + "_floats"))
    return n.floats(*floats, {static_cast<int64_t>(floats->size())}, n.f32());
  const onnx::AttributeProto *a = n.findAttr(kind + "_tensor");
  if (a && a->type() == onnx::AttributeProto::TENSOR && a->t().data_type() != onnx::TensorProto::STRING) {
    Value tensor = n.tensorAttr(kind + "_tensor");
    return tensor ? n.reshape(tensor, {nn::numElements(n.shape(tensor))}) : Value();
  }
  return {};
}

/// The strings of `kind`_strings, or of `kind`_tensor.
std::vector<std::string> mapStrings(NodeContext &n, const std::string &kind) {
  if (auto strings = n.stringsAttr(kind + "_strings"))
    return *strings;
  const onnx::AttributeProto *a = n.findAttr(kind + "_tensor");
  if (!a || a->type() != onnx::AttributeProto::TENSOR)
    return {};
  return {a->t().string_data().begin(), a->t().string_data().end()};
}

/// The values of a map to strings: their places, the default's behind them.
Value stringPlaces(NodeContext &n, const std::vector<std::string> &names, std::string &list) {
  Shape places;
  for (const auto &[i, name] : llvm::enumerate(names)) {
    places.push_back(static_cast<int64_t>(i));
    if (i < 64)
      list += std::to_string(i) + " " + quoteName(name, 40) + ", ";
  }
  list += names.size() > 64 ? "…, " : "";
  list += std::to_string(names.size()) + " " + quoteName(n.stringAttr("default_string", "_Unused"), 40);
  return n.ints(places);
}

/// default_tensor, or the default of the values' type.
Value mapDefault(NodeContext &n, Value values) {
  if (Value tensor = n.tensorAttr("default_tensor"))
    return n.require(nn::numElements(n.shape(tensor)) == 1, "\"default_tensor\" needs one element")
               ? n.cast(n.reshape(tensor, {1}), n.element(values))
               : Value();
  return n.isFloat(values) ? n.floats({n.floatAttr("default_float", -0.0)}, {1}, n.element(values))
                           : n.ints({n.intAttr("default_int64", -1)}, {1}, n.element(values));
}

/// Where the constant keys lie in ascending order without repetitions: of equal keys the first counts. NaNs are equal
/// and come last; before version 4 they equal nothing and are left out, as in ONNX Runtime.
Shape sortedPlaces(NodeContext &n, Value keys) {
  const SmallVector<double> reals = nn::constantReals(keys).value_or(SmallVector<double>());
  const SmallVector<int64_t> ints = nn::constantInts(keys).value_or(SmallVector<int64_t>());
  auto less = [&](int64_t a, int64_t b) {
    if (reals.empty())
      return ints[a] < ints[b];
    return reals[a] < reals[b] || (!std::isnan(reals[a]) && std::isnan(reals[b]));
  };
  Shape places;
  for (int64_t i = 0; i < n.dim(keys, 0); ++i)
    if (n.opset() >= 4 || reals.empty() || !std::isnan(reals[i]))
      places.push_back(i);
  llvm::sort(places, [&](int64_t a, int64_t b) { return less(a, b) || (!less(b, a) && a < b); });
  places.erase(std::unique(places.begin(), places.end(), [&](int64_t a, int64_t b) { return !less(a, b); }),
               places.end());
  return places;
}

/// values[i] where x is keys[i], else the default.
void labelEncoder(NodeContext &n) {
  Value x = n.input(0);
  // Version 1 maps integers to the strings at these places, or back.
  auto classes = n.stringsAttr("classes_strings");
  std::vector<std::string> names = classes ? *classes : mapStrings(n, "values");
  Value keys = classes ? Value() : mapSide(n, "keys"), values = classes ? Value() : mapSide(n, "values");
  if (n.failed() || !n.support(classes || keys, "keys that are strings are not supported"))
    return;
  std::string list;
  if (!values && n.require(!names.empty(), "the values are missing"))
    values = stringPlaces(n, names, list);
  if (!keys)
    keys = values;
  Value absent = list.empty() ? mapDefault(n, values) : n.ints({static_cast<int64_t>(names.size())});
  if (!n.require(values && absent && n.dim(keys, 0) == n.dim(values, 0), "there are not as many values as keys") ||
      !n.require(n.isFloat(keys) == n.isFloat(x) && !n.element(x).isInteger(1),
                 "the keys have another type than the input"))
    return;
  keys = n.cast(keys, n.element(x));
  Value places = n.ints(sortedPlaces(n, keys));
  Value found = n.make<nn::FindOp>(x, n.gather(keys, places, 0));
  n.output(n.gather(n.concat({n.gather(values, places, 0), absent}, 0), found, 0));
  if (!list.empty())
    n.remark("the values are strings, which a tensor of the library can't hold: it has their places, " + list);
}

/// A map from labels to scores for each row: the tensor holds the same scores, in the order of the labels.
void zipMap(NodeContext &n) {
  n.output(n.input(0));
  n.remark("a map isn't a tensor: the output is the tensor of scores, a column for each label");
}

constexpr OpImporter rows[] = {
    {"ArrayFeatureExtractor", 2, 2, arrayFeatureExtractor, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
    {"Binarizer", 1, 1, binarizer, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
    {"FeatureVectorizer", 1, anyNumber, featureVectorizer, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
    {"Imputer", 1, 1, imputer, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
    {"LabelEncoder", 1, 1, labelEncoder, types::tabular | types::int16, Half::Move, 0,
     "no strings as keys; strings as values are given as their places in the list", 1, 0, mlDomain},
    {"Normalizer", 1, 1, normalizer, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
    {"OneHotEncoder", 1, 1, oneHotEncoder, types::tabular, Half::Move, 0, "no strings", 1, 0, mlDomain},
    {"Scaler", 1, 1, scaler, types::tabular, Half::Move, 0, "", 1, 0, mlDomain},
    {"ZipMap", 1, 1, zipMap, types::float32, Half::Move, 0, "the scores stay one tensor", 1, 0, mlDomain},
};

} // namespace

llvm::ArrayRef<OpImporter> mlFeatureOps() { return rows; }

} // namespace burin::importer
