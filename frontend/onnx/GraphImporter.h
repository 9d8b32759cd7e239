// Walks graphs, local functions and the bodies of If, Loop and Scan, and imports their nodes one by one.
#ifndef BURIN_FRONTEND_ONNX_GRAPHIMPORTER_H
#define BURIN_FRONTEND_ONNX_GRAPHIMPORTER_H

#include "frontend/onnx/OpTable.h"

namespace burin::importer {
class Body;

/// The names that nodes of one graph or function can see.
struct Scope {
  Scope *outer = nullptr; ///< the graph around a branch; null in functions
  Body *body = nullptr;   ///< what the graph becomes, if not a part of what is around it
  const OpsetVersions *opsets = nullptr;
  const AttributeBindings *bindings = nullptr;         ///< of the surrounding function call
  std::string prefix;                                  ///< names of the surrounding calls and branches: "block1/"
  std::unordered_map<std::string, mlir::Value> values; ///< null: an absent optional input
  /// Made constants when first used.
  std::unordered_map<std::string, const onnx::TensorProto *> initializers;
  std::unordered_map<std::string, const onnx::SparseTensorProto *> sparseInitializers;
  std::unordered_map<std::string, Shape> declaredShapes; ///< static shapes that the graph states
};

class GraphImporter {
public:
  GraphImporter(mlir::OpBuilder &builder, FoldBudget &budget, const Model &model, DiagnosticSink &sink)
      : builder(builder), budget(budget), model(model), sink(sink) {}

  /// Imports the nodes of `graph` into `scope`. False after the first failure.
  bool importGraph(const onnx::GraphProto &graph, Scope &scope);

  /// The value of tensor `name`: made a constant if it is an initialiser. Null for an absent one.
  mlir::Value lookUp(const std::string &name, Scope &scope);

  /// Reports every operator of `graph` that can't be imported, each once. False if there is one.
  bool checkOperators(const onnx::GraphProto &graph);

private:
  using Values = llvm::SmallVector<mlir::Value>;
  struct LoopNode;
  struct ScanNode;
  using Nodes = google::protobuf::RepeatedPtrField<onnx::NodeProto>;
  mlir::Value makeInitializer(const std::string &name, Scope &owner);
  bool importNodes(const Nodes &nodes, Scope &scope);
  bool importNode(const onnx::NodeProto &node, Scope &scope);
  bool importOperator(const OpImporter &op, NodeContext &context, Scope &scope);
  bool importFunctionCall(const LocalFunction &local, NodeContext &context, Scope &scope);
  /// The results of a subgraph for `inputs`; empty after a failure.
  llvm::SmallVector<mlir::Value> importSubgraph(const onnx::GraphProto &graph, llvm::ArrayRef<mlir::Value> inputs,
                                                Scope &scope, const std::string &prefix);

  // Control flow, in ControlFlow.cpp and Loops.cpp.
  bool importControlFlow(NodeContext &context, Scope &scope);
  bool importIf(NodeContext &context, Scope &scope);
  bool importTaken(NodeContext &context, Scope &scope, bool condition);
  bool importChoice(NodeContext &context, Scope &scope);
  bool importLoop(NodeContext &context, Scope &scope);
  bool importScan(NodeContext &context, Scope &scope);
  /// The scope of graph attributes of a node.
  Scope scopeInside(NodeContext &context, Scope &outer, Body *body = nullptr) const;
  /// Imports `graph` with its first inputs bound to `inputs`; its outputs, or nullopt after the failure.
  std::optional<Values> importBody(NodeContext &context, const onnx::GraphProto &graph, Scope &scope,
                                   llvm::ArrayRef<mlir::Value> inputs);
  std::optional<Values> foldLoop(NodeContext &context, Scope &scope, const LoopNode &loop);
  std::optional<Values> makeLoop(NodeContext &context, Scope &scope, const LoopNode &loop);
  std::optional<Values> scanOver(NodeContext &context, Scope &scope, const ScanNode &scan);
  std::optional<Values> scanBatches(NodeContext &context, Scope &scope, const ScanNode &scan, mlir::Value lengths);

  bool bindOutputs(NodeContext &context, Scope &scope);
  bool failUnknown(const onnx::NodeProto &node, const std::string &nodeName, int64_t opset,
                   const OpImporter *otherVersion);

  mlir::OpBuilder &builder;
  FoldBudget &budget;
  const Model &model;
  DiagnosticSink &sink;
};

} // namespace burin::importer

#endif
