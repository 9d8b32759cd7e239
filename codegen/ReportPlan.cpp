#include "codegen/ReportPlan.h"

#include "ir/nn/RowForm.h"
#include "ir/plan/Memory.h"

#include "llvm/ADT/SetVector.h"

#include <cmath>

namespace burin::codegen {
using llvm::json::OStream;
namespace {

using Buffers = llvm::SetVector<mlir::Value>;

llvm::StringRef nameOf(mlir::Value buffer) { return buffer.getDefiningOp<plan::BufferOp>().getName(); }

void names(OStream &j, llvm::StringRef key, const Buffers &buffers) {
  if (!buffers.empty())
    j.attributeArray(key, [&] {
      for (mlir::Value b : buffers)
        j.value(nameOf(b));
    });
}

/// What the calls of a layer use, constants aside.
struct Uses {
  Buffers read; ///< what was there before the layer
  Buffers written;
};

Uses usesOf(plan::LayerOp op) {
  Uses uses;
  for (mlir::Value v : op.getReads())
    uses.read.insert(v);
  for (auto callOp : op.getBody().getOps<plan::CallOp>()) {
    const plan::Call call = plan::toCall(callOp);
    for (bool isConst : {true, false}) // what a call reads was there before it writes
      for (auto [arg, param] : llvm::zip(call.args, call.kernel->params)) {
        const auto *p = std::get_if<plan::PointerArg>(&arg);
        if (const auto *w = std::get_if<plan::WindowArg>(&arg))
          p = &w->image;
        if (!p || param.isConst != isConst)
          continue;
        mlir::Value buffer = callOp.getBuffers()[p->buffer];
        if (!buffer.getDefiningOp<plan::BufferOp>())
          continue;
        if (!isConst)
          uses.written.insert(buffer);
        else if (!uses.written.contains(buffer))
          uses.read.insert(buffer);
      }
  }
  return uses;
}

/// What a layer of calls reads and writes, and in which turns.
void calls(OStream &j, plan::LayerOp op) {
  Uses uses = usesOf(op);
  uses.written.remove(op.getResult());
  if (op.getTurns()) {
    j.attribute("turns", static_cast<int64_t>(*op.getTurns()));
    if (op.getRowsMade() > 1)
      j.attribute("rows_made", static_cast<int64_t>(op.getRowsMade()));
    if (op.getAccumulates())
      j.attribute("accumulates", true);
    if (op.getLazy())
      j.attribute("lazy", true);
  }
  const llvm::ArrayRef<int64_t> overwrites = op.getOverwrites().value_or(llvm::ArrayRef<int64_t>());
  const auto read = [&](mlir::Value buffer, plan::RowsAttr rows, bool isOverwritable) {
    j.object([&] {
      j.attribute("buffer", nameOf(buffer));
      if (op.getTurns()) {
        const int64_t all =
            nn::rowsOf(mlir::cast<mlir::RankedTensorType>(buffer.getDefiningOp<plan::BufferOp>().getType())).rows;
        j.attribute("stride", rows ? rows.getStride() : 0);
        j.attribute("first", rows ? rows.getFirst() : 0);
        j.attribute("span", rows ? rows.getSpan() : all);
      }
      if (isOverwritable)
        j.attribute("overwritable", true);
    });
  };
  j.attributeArray("reads", [&] {
    for (auto [i, buffer] : llvm::enumerate(op.getReads())) {
      const auto rows = op.getRowReadsAttr() ? mlir::cast<plan::RowsAttr>(op.getRowReadsAttr()[i]) : plan::RowsAttr();
      read(buffer, rows, llvm::is_contained(overwrites, static_cast<int64_t>(i)));
      uses.read.remove(buffer);
    }
    for (mlir::Value buffer : uses.read)
      read(buffer, {}, false);
  });
  j.attribute("result", nameOf(op.getResult()));
  Buffers transient;
  for (mlir::Value buffer : uses.written)
    if (op.getTurns() && buffer.getDefiningOp<plan::BufferOp>().getTransient())
      transient.insert(buffer);
  for (mlir::Value buffer : transient)
    uses.written.remove(buffer);
  names(j, "writes", uses.written);
  names(j, "transient", transient);
}

void step(OStream &j, const Library &library, plan::LayerOp op, int64_t &number);

void body(OStream &j, const Library &library, llvm::StringRef key, mlir::Region &region, int64_t &number) {
  j.attributeArray(key, [&] {
    for (auto inner : region.getOps<plan::LayerOp>())
      step(j, library, inner, number);
  });
}

void step(OStream &j, const Library &library, plan::LayerOp op, int64_t &number) {
  j.object([&] {
    j.attribute("step", number++);
    j.attribute("name", op.getName());
    bool isCalls = true;
    for (mlir::Operation &inner : op.getBody().front()) {
      isCalls &= inner.getNumRegions() == 0;
      if (auto stream = mlir::dyn_cast<plan::StreamOp>(&inner))
        body(j, library, "stream", stream.getBody(), number);
      if (auto loop = mlir::dyn_cast<plan::LoopOp>(&inner)) {
        if (mlir::Value condition = loop.getCondition())
          j.attribute("condition", nameOf(condition));
        if (loop.getCondition() || loop.getTrips() == 0 || (library.sizes && library.sizes->varying(loop, "trips")))
          j.attribute("may_skip", true);
        body(j, library, "loop", loop.getBody(), number);
      }
      if (auto choice = mlir::dyn_cast<plan::IfOp>(&inner)) {
        j.attribute("condition", nameOf(choice.getCondition()));
        body(j, library, "then", choice.getThen(), number);
        body(j, library, "otherwise", choice.getOtherwise(), number);
      }
    }
    if (isCalls)
      calls(j, op);
  });
}

void buffer(OStream &j, const Library &library, const std::optional<plan::Accesses> &accesses, plan::BufferOp b) {
  j.object([&] {
    j.attribute("name", b.getName());
    j.attribute("space", b.getState() ? "state" : "arena");
    if (b.getPushed())
      j.attribute("pushed", true);
    if (b.getPulled())
      j.attribute("pulled", true);
    if (b.getKept())
      j.attribute("kept", static_cast<int64_t>(*b.getKept()));
    if (b.getOffset())
      j.attribute("offset", static_cast<int64_t>(*b.getOffset()));
    j.attribute("bytes", static_cast<int64_t>(b.getBytes()));
    j.attribute("align", static_cast<int64_t>(b.getAlign()));
    j.attribute("first", b.getLive()[0]);
    j.attribute("last", b.getLive()[1]);
    if (b.getMemory()) {
      j.attribute("memory", library.memories[*b.getMemory()].name);
      j.attribute("accesses", std::llround(accesses->of(b.getResult())));
    }
    const nn::TensorRows rows = nn::rowsOf(mlir::cast<mlir::RankedTensorType>(b.getType()));
    auto program = library.program;
    if (!program.getRowwise() || rows.rows <= 1)
      return;
    j.attribute("rows", rows.rows);
    j.attribute("row_bytes", b.getRowBytes() ? static_cast<int64_t>(*b.getRowBytes())
                                             : static_cast<int64_t>(b.getBytes()) / rows.rows);
    if (b.getRing())
      j.attribute("ring", static_cast<int64_t>(*b.getRing()));
  });
}

} // namespace

void printPlan(OStream &j, const Library &library) {
  plan::ProgramOp program = library.program;
  Buffers inputs, outputs;
  for (auto op : program.getBody().getOps<plan::InputOp>())
    inputs.insert(op.getBuffer());
  for (auto op : program.getBody().getOps<plan::OutputOp>())
    outputs.insert(op.getBuffer());
  j.attributeObject("plan", [&] {
    j.attribute("arena", static_cast<int64_t>(program.getArena()));
    j.attribute("state", static_cast<int64_t>(program.getState()));
    j.attribute("lower_bound", library.bound);
    j.attribute("optimal", library.optimal);
    if (mlir::ArrayAttr proof = program.getProofAttr())
      j.attributeArray("proof", [&] {
        for (mlir::Attribute name : proof)
          j.value(mlir::cast<mlir::StringAttr>(name).getValue());
      });
    j.attribute("by_rows", program.getRowwise());
    j.attribute("steps", library.numbers);
    std::optional<plan::Accesses> accesses;
    if (!library.memories.empty())
      accesses.emplace(program);
    j.attributeArray("buffers", [&] {
      for (auto b : program.getBody().getOps<plan::BufferOp>())
        buffer(j, library, accesses, b);
    });
    names(j, "inputs", inputs);
    names(j, "outputs", outputs);
    int64_t number = 0;
    j.attributeArray("layers", [&] {
      for (auto op : program.getBody().getOps<plan::LayerOp>())
        step(j, library, op, number);
    });
  });
}

} // namespace burin::codegen
