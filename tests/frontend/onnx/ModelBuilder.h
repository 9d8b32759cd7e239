// Small models written node by node, and what the importer makes of them.
#pragma once

#include "frontend/onnx/Importer.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <variant>

namespace burin {

/// A dim of a value: a size, a name, or open ("").
using Dim = std::variant<int64_t, std::string>;

/// Sets attributes of a node.
class NodeRef {
public:
  explicit NodeRef(onnx::NodeProto &node) : node(node) {}
  NodeRef &name(const char *text);
  NodeRef &domain(const char *text);
  NodeRef &i(const char *attribute, int64_t value);
  NodeRef &f(const char *attribute, float value);
  NodeRef &s(const char *attribute, const char *value);
  NodeRef &ints(const char *attribute, std::vector<int64_t> values);
  NodeRef &floats(const char *attribute, std::vector<float> values);
  NodeRef &strings(const char *attribute, std::vector<const char *> values);
  /// The attribute takes the value of the surrounding function's attribute `of`.
  NodeRef &ref(const char *attribute, const char *of, onnx::AttributeProto::AttributeType type);
  onnx::GraphProto &graph(const char *attribute);

private:
  onnx::AttributeProto &add(const char *attribute, onnx::AttributeProto::AttributeType type);
  onnx::NodeProto &node;
};

class ModelBuilder {
public:
  explicit ModelBuilder(int64_t opset = 17);

  /// Another operator set.
  ModelBuilder &imports(const char *domain, int64_t version);

  ModelBuilder &input(const char *name, std::vector<Dim> dims, DType type = DType::Float32);
  /// An input whose shape the model doesn't give.
  ModelBuilder &inputOfAnyShape(const char *name);
  ModelBuilder &output(const char *name);
  ModelBuilder &output(const char *name, std::vector<Dim> dims);
  NodeRef node(const char *op, std::vector<const char *> inputs, std::vector<const char *> outputs);
  ModelBuilder &ints(const char *name, std::vector<int64_t> values);
  ModelBuilder &floats(const char *name, std::vector<int64_t> dims, std::vector<float> values);
  ModelBuilder &bytes(const char *name, DType type, std::vector<int64_t> dims, std::vector<uint8_t> values);

  /// A local function of domain "local", with its own opset.
  onnx::FunctionProto &function(const char *name, std::vector<const char *> inputs, std::vector<const char *> outputs,
                                int64_t opset);

  onnx::ModelProto proto;
};

/// A node of a function or subgraph.
NodeRef addNode(google::protobuf::RepeatedPtrField<onnx::NodeProto> &nodes, const char *op,
                std::vector<const char *> inputs, std::vector<const char *> outputs);

/// A model, imported.
class Imported {
public:
  explicit Imported(const ModelBuilder &builder, ImportOptions options = {});

  bool succeeded() const { return static_cast<bool>(module); }
  mlir::func::FuncOp main();
  /// "float32[1,3]" of an argument or result.
  std::string argument(unsigned i);
  std::string result(unsigned i = 0);
  /// The operators in order, without constants and the return: "transpose conv2d transpose".
  std::string operators();
  /// The first operator of this name; fails the test if there is none.
  template <typename Op> Op first() {
    Op found;
    main().walk([&](Op op) { found = found ? found : op; });
    if (!found)
      llvm::report_fatal_error("no such operator");
    return found;
  }
  /// The integers of a result that import has folded to a constant.
  std::vector<int64_t> folded(unsigned i = 0);
  /// The results of a run on the given inputs, as floats.
  std::vector<float> run(std::vector<std::vector<float>> inputs);

  /// The code and the node of the only error, "BRN1206 conv".
  std::string error() const;
  /// Its message and fix.
  std::string errorText() const;

  CollectingSink sink;

private:
  mlir::MLIRContext context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
};

} // namespace burin
