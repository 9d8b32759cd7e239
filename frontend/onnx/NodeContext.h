// What the importer of one operator sees of its node: inputs, attributes, outputs, and the means to complain.
#ifndef BURIN_FRONTEND_ONNX_NODECONTEXT_H
#define BURIN_FRONTEND_ONNX_NODECONTEXT_H

#include "frontend/onnx/NnBuilder.h"
#include "frontend/onnx/reader/Model.h"
#include "frontend/tensors/HostTensor.h"
#include "ir/diagnostics/Diagnostics.h"

#include <functional>

namespace burin::importer {

/// The attributes of the function call that surrounds a node, by name: what `ref_attr_name` refers to.
using AttributeBindings = std::map<std::string, const onnx::AttributeProto *, std::less<>>;

/// The nn element type that holds ONNX elements of `type`; null for types that have no kernels.
mlir::Type elementTypeFor(mlir::MLIRContext *context, DType type);
/// The ONNX type of an nn element type (of its storage if quantised).
DType dtypeFor(mlir::Type elementType);

class NodeContext : public NnBuilder {
public:
  struct Where {
    mlir::OpBuilder &builder;
    FoldBudget &budget;
    DiagnosticSink &sink;
    const OpsetVersions &opsets;       ///< of the graph or function that holds the node
    const AttributeBindings *bindings; ///< null outside functions
    std::string nodeName;              ///< with the names of the calls around it
  };
  NodeContext(const Where &where, const onnx::NodeProto &node, std::vector<mlir::Value> inputs);

  const onnx::NodeProto &node() const { return proto; }
  /// Version of the operator set that the node belongs to.
  int64_t opset() const { return version; }

  // Inputs: null when absent.
  unsigned numInputs() const { return static_cast<unsigned>(inputs.size()); }
  mlir::Value input(unsigned i) const { return i < inputs.size() ? inputs[i] : mlir::Value(); }
  bool hasInput(unsigned i) const { return static_cast<bool>(input(i)); }
  /// All inputs, none of them absent (the variadic operators): fails otherwise.
  llvm::SmallVector<mlir::Value> allInputs();
  /// The integers of an input that must be known now. Fails naming the input and what it decides ("the shape").
  std::optional<Shape> constantInts(unsigned i, llvm::StringRef what);
  std::optional<llvm::SmallVector<double>> constantNumbers(unsigned i, llvm::StringRef what);
  /// The one number of an input that must be known now, or `absent` if the node doesn't have the input.
  std::optional<double> constantNumber(unsigned i, llvm::StringRef what, double absent);
  /// Reports that input `i` must be known now.
  void failNotConstant(unsigned i, llvm::StringRef what);

  // Attributes. A value of another type than asked for is an error.
  bool hasAttr(llvm::StringRef name) const { return findAttr(name) != nullptr; }
  int64_t intAttr(llvm::StringRef name, int64_t absent);
  bool flag(llvm::StringRef name, bool absent = false) { return intAttr(name, absent) != 0; }
  double floatAttr(llvm::StringRef name, double absent);
  std::string stringAttr(llvm::StringRef name, llvm::StringRef absent);
  std::optional<Shape> intsAttr(llvm::StringRef name);
  Shape intsAttr(llvm::StringRef name, Shape absent);
  std::optional<llvm::SmallVector<double>> floatsAttr(llvm::StringRef name);
  std::optional<std::vector<std::string>> stringsAttr(llvm::StringRef name);
  /// The constant that a tensor attribute holds; null if it is absent.
  mlir::Value tensorAttr(llvm::StringRef name);
  const onnx::AttributeProto *findAttr(llvm::StringRef name) const;
  /// The attribute, which the operator requires and which must be of `type`; null after the failure.
  const onnx::AttributeProto *requiredAttr(llvm::StringRef name, onnx::AttributeProto::AttributeType type);

  /// The results of the subgraph in attribute `name` for `inputs`, its names being those around the node otherwise.
  /// Empty after a failure.
  using SubgraphImporter =
      std::function<llvm::SmallVector<mlir::Value>(const onnx::GraphProto &, llvm::ArrayRef<mlir::Value> inputs)>;
  llvm::SmallVector<mlir::Value> subgraph(llvm::StringRef name, llvm::ArrayRef<mlir::Value> inputs);
  void setSubgraphImporter(SubgraphImporter importer) { importSubgraph = std::move(importer); }

  /// The axis with negative values counted from the end; fails outside [-rank, rank).
  int64_t axis(int64_t value, int64_t rank);
  int64_t axisAttr(llvm::StringRef name, int64_t absent, int64_t rank) { return axis(intAttr(name, absent), rank); }
  /// Normalised, distinct, ascending axes.
  std::optional<Shape> axes(llvm::ArrayRef<int64_t> values, int64_t rank);

  /// Fails with `message` unless `condition` holds: the model contradicts ONNX (BRN1206).
  bool require(bool condition, const llvm::Twine &message);
  /// Fails unless `condition` holds: right in ONNX, but not supported here (BRN1202).
  bool support(bool condition, const llvm::Twine &message, const llvm::Twine &fix = "");

  /// Tells the user how this node was understood, where ONNX has something that a tensor can't hold.
  void remark(const llvm::Twine &message);

  /// Makes an operator with a count known at run time, at most `bound`, named after the node's first output.
  /// `shapes(count)` are those of its results, all i64.
  template <typename Op, typename Shapes, typename... Args>
  std::vector<mlir::Value> counted(int64_t bound, Shapes shapes, Args &&...args) {
    return makeCounted<Op>(countName(), bound, shapes, std::forward<Args>(args)...);
  }

  // Outputs.
  unsigned numOutputs() const { return static_cast<unsigned>(proto.output_size()); }
  bool hasOutput(unsigned i) const { return i < numOutputs() && !proto.output(static_cast<int>(i)).empty(); }
  void output(mlir::Value v) { output(0, v); }
  void output(unsigned i, mlir::Value v);
  /// An output that stays float32 where the others are narrowed to 16-bit floats.
  void outputWide(unsigned i, mlir::Value v);
  const std::vector<mlir::Value> &results() const { return outputs; }
  /// The static shape that the model declares for output `i`, if it does.
  std::optional<Shape> declaredShape(unsigned i) const { return i < declared.size() ? declared[i] : std::nullopt; }
  void setDeclaredShapes(std::vector<std::optional<Shape>> shapes) { declared = std::move(shapes); }

  /// A constant of the elements of `t`; fails for types without kernels.
  mlir::Value constant(const onnx::TensorProto &t);
  mlir::Value constant(const onnx::SparseTensorProto &t);
  mlir::Value constant(HostTensor t);
  using NnBuilder::constant;

  /// The first result of ai.onnx operator `op` as of opset `opset` on `operands`, with this node's attributes: for
  /// operators that are others in a new guise. Null after a failure.
  mlir::Value resultOf(llvm::StringRef op, int64_t opset, std::vector<mlir::Value> operands);

  /// Computes in float32 what has 16-bit floats: inputs are widened here, and outputs narrowed again. Without effect on
  /// nodes whose inputs have other types.
  void computeHalfInFloat();

protected:
  void report(llvm::StringRef code, const std::string &message, std::vector<std::string> facts,
              const std::string &fix) override;
  std::vector<std::string> inputFacts() const override;

private:
  std::string countName();
  /// The attribute, null if absent; fails if it isn't of `type`.
  const onnx::AttributeProto *typedAttr(llvm::StringRef name, onnx::AttributeProto::AttributeType type);

  const onnx::NodeProto &proto;
  std::vector<mlir::Value> inputs, outputs;
  std::vector<std::optional<Shape>> declared;
  SubgraphImporter importSubgraph;
  DiagnosticSink &sink;
  const AttributeBindings *bindings;
  std::string nodeName;
  int64_t version;
  mlir::Type halfType; ///< what outputs are narrowed to, or null
};

} // namespace burin::importer

#endif
