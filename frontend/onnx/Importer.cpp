#include "frontend/onnx/Importer.h"

#include "frontend/onnx/Body.h"
#include "frontend/onnx/GraphImporter.h"
#include "frontend/onnx/InputBinding.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace burin {
using namespace mlir;
using namespace importer;

namespace {

class ModelImporter {
public:
  ModelImporter(MLIRContext &context, const Model &model, const ImportOptions &options, DiagnosticSink &sink)
      : builder(&context), model(model), options(options), sink(sink, model.name),
        graphs(builder, budget, model, this->sink) {
    budget.counts = options.counts;
  }

  OwningOpRef<ModuleOp> run() {
    auto inputs = bindInputs(model, options, sink);
    if (!inputs || !graphs.checkOperators(model.graph()))
      return {};
    OwningOpRef<ModuleOp> module = ModuleOp::create(builder.getUnknownLoc());
    builder.setInsertionPointToEnd(module->getBody());
    auto main = func::FuncOp::create(builder, builder.getUnknownLoc(), "main", builder.getFunctionType({}, {}));
    builder.setInsertionPointToEnd(main.addEntryBlock());
    Scope scope;
    scope.opsets = &model.opsets;
    if (!bindConstants(scope) || !addArguments(main, *inputs, scope) || !graphs.importGraph(model.graph(), scope) ||
        !addResults(main, scope))
      return {};
    nameArguments(main, *inputs);
    eraseDeadOps(main.getBody().front());
    return module;
  }

private:
  NodeContext contextFor(const std::string &name, const onnx::NodeProto &holder) {
    return NodeContext({builder, budget, sink, model.opsets, nullptr, name}, holder, {});
  }

  bool bindConstants(Scope &scope) {
    onnx::NodeProto holder;
    holder.set_op_type("input");
    for (const auto &[name, tensor] : options.constants)
      if (!(scope.values[name] = contextFor(name, holder).constant(tensor)))
        return false;
    return true;
  }

  bool addArguments(func::FuncOp main, const std::vector<BoundInput> &inputs, Scope &scope) {
    onnx::NodeProto holder;
    holder.set_op_type("input");
    for (const BoundInput &input : inputs) {
      NodeContext context = contextFor(input.name, holder);
      Type element = elementTypeFor(builder.getContext(), input.dtype);
      if (!element) {
        context.fail("BRN1205", "element type " + Twine(StringRef(info(input.dtype).name)) + " is not supported");
        return false;
      }
      RankedTensorType type = context.tensor(input.shape, element);
      if (!type)
        return false;
      scope.values[input.name] = main.getBody().addArgument(type, context.loc());
    }
    return true;
  }

  bool addResults(func::FuncOp main, Scope &scope) {
    SmallVector<Value> results;
    for (const onnx::ValueInfoProto &output : model.graph().output()) {
      Value v = graphs.lookUp(output.name(), scope);
      if (!v)
        return false;
      results.push_back(v);
    }
    func::ReturnOp::create(builder, builder.getUnknownLoc(), results);
    main.setType(builder.getFunctionType(main.getBody().getArgumentTypes(), ValueRange(results).getTypes()));
    return true;
  }

  void nameArguments(func::FuncOp main, const std::vector<BoundInput> &inputs) {
    for (auto [i, input] : llvm::enumerate(inputs))
      main.setArgAttr(static_cast<unsigned>(i), "nn.name", builder.getStringAttr(input.name));
    for (auto [i, output] : llvm::enumerate(model.graph().output()))
      main.setResultAttr(static_cast<unsigned>(i), "nn.name", builder.getStringAttr(output.name()));
  }

  OpBuilder builder;
  const Model &model;
  const ImportOptions &options;
  ContextSink sink;
  FoldBudget budget;
  GraphImporter graphs;
};

} // namespace

OwningOpRef<ModuleOp> importModel(MLIRContext &context, const Model &model, const ImportOptions &options,
                                  DiagnosticSink &sink) {
  context.loadDialect<nn::NnDialect, func::FuncDialect, quant::QuantDialect>();
  return ModelImporter(context, model, options, sink).run();
}

} // namespace burin
