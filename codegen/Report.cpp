// report.json: the costs, the plan and the layers, for machines.
#include "codegen/Library.h"
#include "codegen/Parts.h"
#include "codegen/Quantisation.h"
#include "codegen/ReportPlan.h"
#include "codegen/Version.h"
#include "ir/plan/Memory.h"

#include "llvm/Support/JSON.h"

namespace burin::codegen {
using llvm::json::Array;
using llvm::json::OStream;
namespace {

void shape(OStream &j, llvm::StringRef key, mlir::Type type) {
  j.attributeArray(key, [&] {
    for (int64_t d : mlir::cast<mlir::RankedTensorType>(type).getShape())
      j.value(d);
  });
}

void tensors(OStream &j, const Library &library, llvm::StringRef key, const std::vector<Tensor> &list) {
  j.attributeArray(key, [&] {
    for (const Tensor &t : list)
      j.object([&] {
        j.attribute("name", t.onnxName);
        j.attribute("type", describe(t.type));
        shape(j, "shape", t.type);
        if (!t.dims.empty())
          j.attributeArray("dims", [&] {
            for (const sizes::Expr &e : t.dims)
              j.value(library.sizes->table().text(e));
          });
        j.attribute("ctype", t.ctype);
        if (t.isPushed)
          j.attribute("pushed", true);
        else if (t.isPulled)
          j.attribute("pulled", true);
        else
          j.attribute("offset", t.offset);
        if (t.memory >= 0)
          j.attribute("memory", library.memories[static_cast<size_t>(t.memory)].name);
        if (t.isState)
          j.attribute("state", true);
        if (t.quant) {
          j.attribute("scale", t.quant.getScale());
          j.attribute("zero", t.quant.getZeroPoint());
        }
        if (!t.perm.empty())
          j.attributeArray("perm", [&] {
            for (int64_t p : t.perm)
              j.value(p);
          });
      });
  });
}

/// The memories, and which the tables lie in, where they were told of. The buffers' are in the plan.
void printMemories(OStream &j, const Library &library) {
  const auto memories = plan::memoriesOf(library.program);
  if (memories.empty())
    return;
  j.attributeArray("memories", [&] {
    for (plan::MemoryAttr memory : memories)
      j.object([&] {
        j.attribute("name", memory.getName());
        j.attribute("holds", memory.getConstants() ? "constants" : "ram");
        j.attribute("bytes", memory.getBytes());
        j.attribute("used", memory.getUsed());
        j.attribute("slow", memory.getSlow());
        if (memory.getConstants())
          return;
        j.attribute("arena", memory.getArena());
        j.attribute("state", memory.getState());
        j.attribute("lower_bound", memory.getBound());
        j.attribute("optimal", memory.getOptimal());
        if (memory.getProof())
          j.attributeArray("proof", [&] {
            for (mlir::Attribute name : memory.getProof())
              j.value(mlir::cast<mlir::StringAttr>(name).getValue());
          });
      });
  });
  const plan::Accesses accesses(library.program);
  j.attributeArray("tables", [&] {
    for (const Constant &c : library.constants)
      j.object([&] {
        j.attribute("name", c.name);
        j.attribute("bytes", static_cast<int64_t>(c.bytes.size()));
        j.attribute("passes", accesses.of(c.buffer()));
        if (c.memory >= 0)
          j.attribute("memory", library.memories[static_cast<size_t>(c.memory)].name);
      });
  });
}

/// The sizes known only at run time; nothing if there are none.
void printSizes(OStream &j, const Library &library) {
  if (!library.sizes)
    return;
  j.attributeArray("sizes", [&] {
    for (plan::SizeOp s : library.sizes->symbols())
      j.object([&] {
        j.attribute("name", s.getName());
        j.attribute("min", static_cast<int64_t>(s.getMin()));
        j.attribute("max", static_cast<int64_t>(s.getMax()));
        j.attribute("step", static_cast<int64_t>(s.getStep()));
        if (s.getNode())
          j.attribute("found_by", *s.getNode());
      });
  });
}

/// An element type, and how its integers read as reals.
void element(OStream &j, mlir::Type type) {
  j.object([&] {
    j.attribute("element", describeElement(type));
    auto quantised = mlir::dyn_cast<mlir::quant::QuantizedType>(type);
    if (!quantised)
      return;
    const nn::QuantParams p = nn::quantParams(quantised);
    j.attribute("min", quantised.getStorageTypeMin());
    j.attribute("max", quantised.getStorageTypeMax());
    j.attributeArray("scales", [&] {
      for (float scale : p.scales)
        j.value(static_cast<double>(scale));
    });
    j.attributeArray("zeros", [&] {
      for (int64_t zero : p.zeros)
        j.value(zero);
    });
  });
}

/// What a layer computes with and why, and its quantised types if it has any.
void quantisation(OStream &j, const Layer &l, const std::vector<const Layer *> &floats) {
  const bool isFloat = llvm::is_contained(floats, &l);
  auto op = l.op;
  if (l.inner.empty())
    j.attribute("arithmetic", isFloat ? "float" : "integer");
  if (isFloat)
    j.attribute("float_because", whyFloat(l));
  if (auto inexact = op->getAttrOfType<mlir::StringAttr>("nn.inexact"))
    j.attribute("inexact", inexact.getValue());
  const LayerTypes types = typesOf(l);
  if (!types.hasQuantised())
    return;
  j.attributeObject("quantisation", [&] {
    j.attributeArray("operands", [&] {
      for (mlir::Type type : types.operands)
        element(j, type);
    });
    j.attributeBegin("result");
    element(j, types.result);
    j.attributeEnd();
  });
}

void kernelCosts(OStream &j, const KernelChoice &choice) {
  if (choice.chosen.kernel.empty())
    return;
  j.attribute("instructions_estimate", choice.chosen.instructions);
  j.attribute("constants", choice.chosen.bytes);
  j.attributeArray("chosen_over", [&] {
    for (const KernelCost &other : choice.over)
      j.object([&] {
        j.attribute("kernel", other.kernel);
        j.attribute("instructions_more", other.instructions);
        j.attribute("bytes_more", other.bytes);
      });
  });
}

/// `stream`: the one that it is part of, or empty.
void layer(OStream &j, const Layer &l, const std::vector<const Layer *> &floats, llvm::StringRef stream = "") {
  j.object([&] {
    j.attribute("name", l.name);
    j.attribute("kind", l.kind);
    if (!stream.empty())
      j.attribute("stream", stream);
    j.attributeArray("onnx", [&] {
      for (const std::string &n : l.nodes)
        j.value(n);
    });
    j.attribute("kernel", l.kernels.empty() ? "" : l.kernels.front());
    j.attributeArray("kernels", [&] {
      for (const std::string &k : l.kernels)
        j.value(k);
    });
    if (!l.kernelsBecause.empty())
      j.attribute("kernels_because", l.kernelsBecause);
    kernelCosts(j, l.choice);
    auto op = l.op;
    j.attributeArray("inputs", [&] {
      for (mlir::Attribute t : op.getReadTypes())
        j.value(describe(mlir::cast<mlir::TypeAttr>(t).getValue()));
    });
    j.attribute("output", describe(op.getType()));
    shape(j, "shape", op.getType());
    j.attribute("macs", l.macs);
    j.attribute("scratch", l.scratch);
    if (l.removed > 0)
      j.attributeObject("removed_channels", [&] {
        j.attribute("count", l.removed);
        j.attribute("of", l.outOf);
        j.attribute("why", "constant for every input, or never read");
      });
    quantisation(j, l, floats);
    if (!l.slow.empty())
      j.attribute("slow", l.slow);
    if (!l.inner.empty())
      j.attributeArray("layers", [&] {
        for (const Layer &inner : l.inner)
          layer(j, inner, floats);
      });
  });
}

} // namespace

void printProgram(OStream &j, const Library &library) {
  const std::vector<const Layer *> floats = floatLayers(library);
  tensors(j, library, "inputs", library.inputs);
  tensors(j, library, "outputs", library.outputs);
  j.attributeArray("layers", [&] {
    for (const Layer &l : library.layers)
      if (l.kind == "stream") // its layers are as good as those that run alone
        for (const Layer &inner : l.inner)
          layer(j, inner, floats, l.name);
      else
        layer(j, l, floats);
  });
  printPlan(j, library);
}

std::string printReport(const Library &library, int64_t codeBytes) {
  std::string text;
  llvm::raw_string_ostream os(text);
  OStream j(os, /*IndentSize=*/2);
  const LibraryInfo &info = library.info;
  const std::vector<const Layer *> floats = floatLayers(library);
  j.object([&] {
    j.attribute("burin", BURIN_VERSION);
    j.attribute("command", info.commandLine);
    j.attribute("name", info.name);
    j.attribute("model", info.modelFile);
    j.attribute("sha256", info.sha256);
    j.attribute("target", info.target);
    j.attribute("opset", info.opset);
    j.attribute("parameters", info.parameters);
    j.attribute("macs", library.macs);
    j.attribute("integer_only", floats.empty());
    j.attribute("float_layers", static_cast<int64_t>(floats.size()));
    j.attributeObject("ram", [&] {
      j.attribute("arena", library.arenaBytes);
      j.attribute("state", library.stateBytes);
      if (library.pushed)
        j.attribute("rows", library.rowsBytes());
      j.attribute("total", library.arenaBytes + library.stateBytes + library.rowsBytes());
      j.attribute("stack_bound", library.stackBound);
      j.attribute("heap", 0);
    });
    j.attributeObject("flash", [&] {
      j.attribute("constants", library.constantBytes);
      j.attribute("code_estimate", codeBytes);
    });
    printMemories(j, library);
    printSizes(j, library);
    for (const auto &[key, rows] : {std::pair("push", library.pushed), std::pair("pull", library.pulled)})
      if (rows)
        j.attributeObject(key, [&] {
          j.attribute("rows", rows->rows);
          j.attribute("row_elements", rows->elements);
          if (rows->times > 1)
            j.attribute("strips", rows->times);
        });
    if (info.stream)
      j.attributeObject("stream", [&] {
        j.attribute("axis", info.stream->axis);
        j.attribute("step_rows", info.stream->rows);
        j.attribute("window_rows", info.stream->window);
        j.attribute("steps_to_first_window", info.stream->steps());
      });
    printProgram(j, library);
  });
  text += '\n';
  return text;
}

} // namespace burin::codegen
