// Makes nn operators for the importer: checked, folded when all operands are constants, and silent after the first
// failure.
#ifndef BURIN_FRONTEND_ONNX_NNBUILDER_H
#define BURIN_FRONTEND_ONNX_NNBUILDER_H

#include "ir/nn/Constants.h"
#include "ir/nn/Nn.h"

#include <map>
#include <set>
#include <string>
#include <vector>

namespace burin::importer {

using Shape = llvm::SmallVector<int64_t>;

/// "float32[1,3,224,224]", as ONNX names types.
std::string describeType(mlir::Type type);
/// The element type part of it.
std::string describeElementType(mlir::Type elementType);
/// "[1,3,224,224]".
std::string describeShape(llvm::ArrayRef<int64_t> shape);

/// The most elements a tensor may have: kernels count with 32 bits.
inline constexpr int64_t maxTensorElements = int64_t(1) << 31;
/// The most elements of a constant that follows from shapes and attributes: nothing real asks for longer ones.
inline constexpr int64_t maxGenerated = int64_t(1) << 24;

/// Shared by all nodes of a model: bounds the memory and the time that folding may take, what is known of loops, and
/// the counts known at run time (nn::RunTimeCount).
struct FoldBudget {
  int64_t bytesLeft = int64_t(1) << 30;
  int64_t turnsLeft = int64_t(1) << 14; ///< of loops: those within others multiply
  bool isTrying = false;                ///< whether a loop around can be computed now
  /// The indices of the loops whose bodies are being imported, and what they stay below.
  llvm::DenseMap<mlir::Value, int64_t> turns;
  std::map<std::string, int64_t> counts{}; ///< to import the program for; by default the largest
  std::set<std::string> countNames{};      ///< that are in use
};

/// Builds operators at one place with one location.
///
/// The first failure is reported through `report`; from then on every method returns a null value, and null operands
/// give null results. So a sequence of operators reads without checks in between, and whoever ends the sequence asks
/// `failed()`.
class NnBuilder {
public:
  NnBuilder(mlir::OpBuilder &builder, mlir::Location loc, FoldBudget &budget)
      : builder(builder), location(loc), budget(budget) {}
  virtual ~NnBuilder() = default;

  bool failed() const { return hasFailed; }
  mlir::MLIRContext *context() const { return builder.getContext(); }
  mlir::Location loc() const { return location; }

  /// Reports that the model is wrong or not supported, once; always null, to be returned.
  mlir::Value fail(llvm::StringRef code, const llvm::Twine &message, const llvm::Twine &fix = "");

  /// Makes an operator whose result type follows from its operands and `args` (the arguments of its ODS builder).
  template <typename Op, typename... Args> mlir::Value make(Args &&...args) {
    mlir::OperationState state(location, Op::getOperationName());
    Op::build(builder, state, builder.getNoneType(), std::forward<Args>(args)...);
    return finish(state, &Op::inferReturnTypes);
  }
  /// The same with element type `element` (if not null) stated for the result: quantised results, integer accumulators.
  template <typename Op, typename... Args> mlir::Value makeAs(mlir::Type element, Args &&...args) {
    mlir::OperationState state(location, Op::getOperationName());
    Op::build(builder, state, builder.getNoneType(), std::forward<Args>(args)...);
    return finish(state, &Op::inferReturnTypes, element);
  }
  /// Makes an operator with result type `type`; null if there is no such type.
  template <typename Op, typename... Args> mlir::Value makeTyped(mlir::RankedTensorType type, Args &&...args) {
    if (!type)
      return {};
    mlir::OperationState state(location, Op::getOperationName());
    Op::build(builder, state, type, std::forward<Args>(args)...);
    return finish(state, nullptr);
  }

  /// Makes an operator with results of the types of `types`; null if one of them is null. Gives the first result.
  template <typename Op, typename... Args> mlir::Value makeWith(mlir::TypeRange types, Args &&...args) {
    if (hasFailed || llvm::is_contained(types, mlir::Type()))
      return {};
    mlir::OperationState state(location, Op::getOperationName());
    Op::build(builder, state, types, std::forward<Args>(args)...);
    return finish(state, nullptr);
  }

  /// What the index of a loop stays below; nullopt for any other value.
  std::optional<int64_t> turnsOf(mlir::Value index) const {
    auto known = budget.turns.find(index);
    return known == budget.turns.end() ? std::nullopt : std::optional(known->second);
  }

  // Types. `tensor` fails on negative or too many elements.
  mlir::RankedTensorType tensor(llvm::ArrayRef<int64_t> shape, mlir::Type element);
  mlir::Type f32() const { return mlir::Float32Type::get(context()); }
  mlir::Type f64() const { return mlir::Float64Type::get(context()); }
  mlir::Type i1() const { return intType(1); }
  mlir::Type i8() const { return intType(8); }
  mlir::Type ui8() const { return mlir::IntegerType::get(context(), 8, mlir::IntegerType::Unsigned); }
  mlir::Type i32() const { return intType(32); }
  mlir::Type i64() const { return intType(64); }
  mlir::Type intType(unsigned bits) const { return mlir::IntegerType::get(context(), bits); }

  // Constants.
  mlir::Value constant(mlir::RankedTensorType type, std::vector<char> bytes);
  mlir::Value ints(llvm::ArrayRef<int64_t> values); ///< i64 [n]
  mlir::Value ints(llvm::ArrayRef<int64_t> values, llvm::ArrayRef<int64_t> shape, mlir::Type element);
  /// Fails if `element` is no float type.
  mlir::Value floats(llvm::ArrayRef<double> values, llvm::ArrayRef<int64_t> shape, mlir::Type element);
  /// 0, 1, ... as i64 of `shape`, all of whose dims but one are 1. Fails beyond `maxGenerated` elements.
  mlir::Value positions(llvm::ArrayRef<int64_t> shape);
  /// One value in every element of `shape`.
  mlir::Value fill(double value, llvm::ArrayRef<int64_t> shape, mlir::Type element);
  /// A scalar (rank 0) of the element type of `like`.
  mlir::Value scalarLike(mlir::Value like, double value);
  /// The constant's values as reals, whether it holds integers or floats; nullopt for other values.
  static std::optional<llvm::SmallVector<double>> numbers(mlir::Value v);

  // Shapes and types of values: empty, 1 and f32 for null.
  static Shape shape(mlir::Value v);
  static int64_t rank(mlir::Value v) { return static_cast<int64_t>(shape(v).size()); }
  static int64_t dim(mlir::Value v, int64_t axis);
  mlir::Type element(mlir::Value v) const;
  bool isFloat(mlir::Value v) const { return mlir::isa<mlir::FloatType>(element(v)); }

  // Operators that change shapes. Each returns its operand where there is nothing to do. Reshape and transpose act on
  // the integers of dequantised constants, so that weights stay what the quantise pass looks for.
  mlir::Value reshape(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  mlir::Value transpose(mlir::Value x, llvm::ArrayRef<int64_t> perm);
  mlir::Value expand(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  mlir::Value slice(mlir::Value x, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> sizes);
  mlir::Value slice(mlir::Value x, llvm::ArrayRef<int64_t> starts, llvm::ArrayRef<int64_t> steps,
                    llvm::ArrayRef<int64_t> sizes);
  /// Elements [start, start + size) of one axis.
  mlir::Value sliceAxis(mlir::Value x, int64_t axis, int64_t start, int64_t size);
  mlir::Value concat(llvm::ArrayRef<mlir::Value> xs, int64_t axis);
  /// `x` with axes of length 1 inserted so that its axis 0 lies at `axis` of `rank`: [C] as [1,C,1,1].
  mlir::Value alignAxis(mlir::Value x, int64_t axis, int64_t rank);
  mlir::Value insertAxis(mlir::Value x, int64_t axis);
  mlir::Value removeAxis(mlir::Value x, int64_t axis);

  // Elementwise operators.
  /// `overflow` and `round` as in nn.cast.
  mlir::Value cast(mlir::Value x, mlir::Type element, bool overflow = false, llvm::StringRef round = "up");
  mlir::Value storageCast(mlir::Value x, mlir::Type element);
  mlir::Value unary(nn::UnaryKind kind, mlir::Value x, double alpha = 0, double beta = 0);
  mlir::Value binary(nn::BinaryKind kind, mlir::Value a, mlir::Value b);
  mlir::Value compare(nn::CompareKind kind, mlir::Value a, mlir::Value b);
  mlir::Value select(mlir::Value c, mlir::Value a, mlir::Value b);
  mlir::Value clamp(mlir::Value x, double lo, double hi);
  mlir::Value add(mlir::Value a, mlir::Value b) { return binary(nn::BinaryKind::add, a, b); }
  mlir::Value sub(mlir::Value a, mlir::Value b) { return binary(nn::BinaryKind::sub, a, b); }
  mlir::Value mul(mlir::Value a, mlir::Value b) { return binary(nn::BinaryKind::mul, a, b); }
  mlir::Value div(mlir::Value a, mlir::Value b) { return binary(nn::BinaryKind::div, a, b); }

  mlir::Value reduce(nn::ReduceKind kind, mlir::Value x, llvm::ArrayRef<int64_t> axes);
  mlir::Value matmul(mlir::Value a, mlir::Value b, bool transposeB = false, mlir::Value bias = {});
  mlir::Value gather(mlir::Value x, mlir::Value indices, int64_t axis);
  mlir::Value pad(mlir::Value x, mlir::Value value, nn::PadMode mode, llvm::ArrayRef<int64_t> lo,
                  llvm::ArrayRef<int64_t> hi);

protected:
  /// Fails without a message: one has been emitted.
  mlir::Value failReported() { return hasFailed = true, mlir::Value(); }
  virtual void report(llvm::StringRef code, const std::string &message, std::vector<std::string> facts,
                      const std::string &fix) = 0;
  /// The types of the node's inputs, for messages.
  virtual std::vector<std::string> inputFacts() const { return {}; }

  mlir::OpBuilder &builder;

protected:
  /// The results of an operator whose count isn't known, for one of its values; `shapes(count)`: of the results, all
  /// i64.
  template <typename Op, typename Shapes, typename... Args>
  std::vector<mlir::Value> makeCounted(const std::string &name, int64_t bound, Shapes shapes, Args &&...args) {
    llvm::SmallVector<mlir::Type> types;
    auto given = budget.counts.find(name);
    for (const Shape &s : shapes(given == budget.counts.end() ? bound : given->second))
      types.push_back(tensor(s, i64()));
    if (hasFailed)
      return std::vector<mlir::Value>(types.size());
    mlir::OperationState state(location, Op::getOperationName());
    Op::build(builder, state, mlir::TypeRange(types), std::forward<Args>(args)...);
    return finishCounted(state, name, bound);
  }
  std::vector<mlir::Value> finishCounted(mlir::OperationState &state, const std::string &name, int64_t bound);
  FoldBudget &shared() { return budget; }

private:
  using InferTypes = llvm::LogicalResult (*)(mlir::MLIRContext *, std::optional<mlir::Location>, mlir::ValueRange,
                                             mlir::DictionaryAttr, mlir::OpaqueProperties, mlir::RegionRange,
                                             llvm::SmallVectorImpl<mlir::Type> &);
  mlir::Value finish(mlir::OperationState &state, InferTypes infer, mlir::Type element = {});
  bool inferTypes(mlir::OperationState &state, InferTypes infer);
  mlir::Value foldOrKeep(mlir::Operation *op);

  mlir::Location location;
  FoldBudget &budget;
  bool hasFailed = false;
};

} // namespace burin::importer

#endif
