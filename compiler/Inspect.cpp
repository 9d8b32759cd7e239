// burin inspect: what a model holds and what it will cost, without writing anything.
#include "codegen/Sizes.h"
#include "compiler/Boundary.h"
#include "compiler/Pipeline.h"
#include "compiler/QuantisationReport.h"

#include <cstdio>

namespace burin {

namespace {

/// The program in one of its forms, for IR developers: `burin-opt` reads it.
int printIr(Compilation &c, const std::string &stage) {
  if (!c.import() || (stage != "import" && !c.optimise()) || (stage == "plan" && !c.plan()))
    return ExitUserError;
  std::fputs(c.text().c_str(), stdout);
  return ExitSuccess;
}

/// The sizes known only at run time, and those that follow from them; which layers depend on them shows in their
/// shapes.
void printSizes(const codegen::Library &library) {
  const sizes::Table &table = library.sizes->table();
  for (plan::SizeOp size : library.sizes->symbols()) {
    std::printf("size        %s = %lld..%lld", size.getName().str().c_str(), static_cast<long long>(size.getMin()),
                static_cast<long long>(size.getMax()));
    if (size.getStep() > 1)
      std::printf(":%lld", static_cast<long long>(size.getStep()));
    std::printf("%s\n", size.getNode() ? (", found by " + quoteName(size.getNode()->str())).c_str() : "");
  }
  for (const sizes::Quantity &q : table.quantities)
    if (q.divisor != 0)
      std::printf("size        %s = floor((%s) / %lld)\n", q.name.c_str(), table.text(q.numerator).c_str(),
                  static_cast<long long>(q.divisor));
}

/// A line a layer; those inside a stream, a loop or a branch stand below it.
void printLayers(const codegen::Library &library, llvm::ArrayRef<codegen::Layer> layers, int indent) {
  for (const codegen::Layer &layer : layers) {
    auto op = layer.op;
    std::printf("%*s%-*s %-24s %12s MAC  %s%s%s\n", indent, "", 22 - indent, layer.name.c_str(),
                codegen::describe(library, op, "type", op.getType()).c_str(), codegen::grouped(layer.macs).c_str(),
                layer.nodes.empty() || !layer.inner.empty() ? "" : layer.nodes.front().c_str(),
                layer.slow.empty() ? "" : "  slow: ", layer.slow.c_str());
    for (const std::string &other : codegen::choiceLines(layer.choice))
      std::printf("%*s%s, %s\n", indent + 4, "", layer.choice.chosen.kernel.substr(4).c_str(), other.c_str());
    printLayers(library, layer.inner, indent + 2);
  }
}

} // namespace

int inspectCommand(const CompileOptions &options, DiagnosticSink &sink) {
  std::unique_ptr<Compilation> c = Compilation::load(options, sink);
  if (!c)
    return ExitUserError;
  if (!options.ir.empty())
    return printIr(*c, options.ir);
  std::map<std::string, int> ops;
  for (const onnx::NodeProto &node : c->model.graph().node())
    ++ops[(node.domain().empty() ? "" : node.domain() + ".") + node.op_type()];
  std::printf("model       %s\n", c->model.name.c_str());
  std::printf("opset       %lld\n", static_cast<long long>(c->model.opset().value_or(0)));
  std::printf("nodes       %d:", c->model.graph().node_size());
  for (const auto &[op, count] : ops)
    std::printf(" %s %d", op.c_str(), count);
  std::printf("\n");
  // What isn't supported is reported here, node by node.
  if (!c->import() || !c->optimise() || !c->plan())
    return ExitUserError;
  const codegen::Library library = c->library({});
  std::printf("parameters  %s\n", codegen::grouped(library.info.parameters).c_str());
  std::printf("MACs        %s\n", codegen::grouped(library.macs).c_str());
  std::printf("constants   %s B\n", codegen::grouped(library.constantBytes).c_str());
  std::printf("arena       %s B (%s %s B)\n", codegen::grouped(library.arenaBytes).c_str(),
              library.optimal ? "optimal; bound" : "lower bound", codegen::grouped(library.bound).c_str());
  for (const codegen::Memory &memory : library.memories)
    std::printf("memory      %s %s of %s B%s\n", memory.name.c_str(), codegen::grouped(memory.used).c_str(),
                codegen::grouped(memory.bytes).c_str(), memory.isSlow ? ", slow" : "");
  for (const codegen::Tensor &t : library.inputs)
    std::printf("input       %s %s\n", quoteName(t.onnxName).c_str(), codegen::describe(library, t).c_str());
  for (const codegen::Tensor &t : library.outputs)
    std::printf("output      %s %s\n", quoteName(t.onnxName).c_str(), codegen::describe(library, t).c_str());
  if (library.sizes)
    printSizes(library);
  if (options.quantisation) {
    printQuantisation(library);
    return ExitSuccess;
  }
  std::printf("layers      %zu\n", library.layers.size());
  printLayers(library, library.layers, 2);
  return ExitSuccess;
}

} // namespace burin
