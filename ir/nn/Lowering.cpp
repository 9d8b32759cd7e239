#include "ir/nn/Lowering.h"

#include "llvm/Support/ErrorHandling.h"

namespace burin::nn {
using namespace mlir;

Lowering::Lowering(Operation *op, bool byRows) : operation(op), isByRows(byRows) {
  auto add = [&](Value v, LoweredBuffer::Kind kind, unsigned index) {
    LoweredBuffer b;
    b.kind = kind;
    b.index = index;
    b.ctype = cType(elementTypeOf(v));
    b.bytes = byteSize(tensorType(v));
    allBuffers.push_back(std::move(b));
  };
  for (auto [i, v] : llvm::enumerate(op->getOperands()))
    add(v, LoweredBuffer::Kind::Operand, static_cast<unsigned>(i));
  for (auto [i, v] : llvm::enumerate(op->getResults()))
    add(v, LoweredBuffer::Kind::Result, static_cast<unsigned>(i));
}

BufferId Lowering::addConstant(StringRef role, StringRef ctype, std::vector<char> data, SmallVector<int64_t> shape) {
  LoweredBuffer b;
  b.kind = LoweredBuffer::Kind::Constant;
  b.ctype = ctype.str();
  b.bytes = static_cast<int64_t>(data.size());
  b.role = role.str();
  b.shape = std::move(shape);
  b.data = std::move(data);
  allBuffers.push_back(std::move(b));
  return static_cast<BufferId>(allBuffers.size() - 1);
}

BufferId Lowering::scratch(StringRef role, StringRef ctype, int64_t elements, bool transient) {
  LoweredBuffer b;
  b.kind = LoweredBuffer::Kind::Scratch;
  b.transient = transient;
  b.ctype = ctype.str();
  b.bytes = elements * plan::elementSize(b.ctype);
  b.role = role.str();
  allBuffers.push_back(std::move(b));
  return static_cast<BufferId>(allBuffers.size() - 1);
}

BufferId Lowering::count() {
  const BufferId id = scratch("count", "uint32_t", 1);
  allBuffers[id].kind = LoweredBuffer::Kind::Count;
  return id;
}

void Lowering::call(const Twine &kernel, std::vector<plan::CallArg> args, ArrayRef<int64_t> loops) {
  plan::Call c;
  const std::string name = ("brn_" + kernel).str();
  c.kernel = kernels::findKernel(name);
  c.loops.assign(loops.begin(), loops.end());
  c.args = std::move(args);
  if (std::string wrong = plan::checkCall(c); !wrong.empty())
    llvm::report_fatal_error(Twine("lowering of ") + operation->getName().getStringRef() + " to " + name + ": " +
                             wrong);
  allCalls.push_back(std::move(c));
}

void Lowering::callInTurns(const Twine &kernel, std::vector<plan::CallArg> args, ArrayRef<int64_t> loops,
                           int64_t first) {
  assert(isByRows && !loops.empty() && "turns are those of a layer computed row by row");
  call(kernel, std::move(args), loops);
  allCalls.back().turned = true;
  allCalls.back().first = first;
}

bool Lowering::hasKernel(const Twine &kernel) { return kernels::findKernel(("brn_" + kernel).str()) != nullptr; }

LogicalResult Lowering::fail(StringRef code, const Twine &message, const Twine &fix) {
  InFlightDiagnostic d = operation->emitError();
  d << code << ": " << message;
  if (std::string text = fix.str(); !text.empty())
    d.attachNote() << "fix: " << text;
  return failure();
}

LogicalResult Lowering::unsupportedType(Type type) {
  std::string text;
  llvm::raw_string_ostream(text) << type;
  return fail("BRN1204", operation->getName().stripDialect() + " has no kernel for element type " + text,
              "cast to float32 or int8 before this node");
}

StridedNest mergeAxes(ArrayRef<int64_t> shape, std::vector<SmallVector<int64_t>> strides) {
  StridedNest nest;
  nest.strides.resize(strides.size());
  for (size_t axis = 0; axis < shape.size(); ++axis) {
    if (shape[axis] == 1)
      continue;
    // The previous axis absorbs this one when every operand walks both with one step.
    bool merge = !nest.shape.empty();
    for (size_t o = 0; merge && o < strides.size(); ++o)
      merge = nest.strides[o].back() == strides[o][axis] * shape[axis];
    if (merge)
      nest.shape.back() *= shape[axis];
    else
      nest.shape.push_back(shape[axis]);
    for (size_t o = 0; o < strides.size(); ++o) {
      if (merge)
        nest.strides[o].back() = strides[o][axis];
      else
        nest.strides[o].push_back(strides[o][axis]);
    }
  }
  if (nest.shape.empty()) {
    nest.shape.push_back(1);
    for (auto &s : nest.strides)
      s.push_back(1);
  }
  return nest;
}

SmallVector<int64_t> broadcastStrides(ArrayRef<int64_t> from, ArrayRef<int64_t> to) {
  SmallVector<int64_t> own = rowMajorStrides(from), out(to.size(), 0);
  for (size_t i = 0; i < from.size(); ++i)
    if (from[i] != 1)
      out[to.size() - from.size() + i] = own[i];
  return out;
}

void emitStridedCopy(Lowering &l, int64_t elementBytes, ArrayRef<int64_t> shape, BufferId x, int64_t xOffset,
                     ArrayRef<int64_t> xStrides, BufferId y, int64_t yOffset, ArrayRef<int64_t> yStrides) {
  if (llvm::is_contained(shape, 0))
    return;
  StridedNest nest = mergeAxes(shape, {SmallVector<int64_t>(xStrides), SmallVector<int64_t>(yStrides)});
  SmallVector<int64_t> loops(nest.shape.begin(), nest.shape.end() - 1);
  SmallVector<int64_t> xLoop(nest.strides[0].begin(), nest.strides[0].end() - 1);
  SmallVector<int64_t> yLoop(nest.strides[1].begin(), nest.strides[1].end() - 1);
  const int64_t run = nest.shape.back(), xStep = nest.strides[0].back(), yStep = nest.strides[1].back();
  if (run == 1 || (xStep == 1 && yStep == 1)) {
    // memcpy counts bytes.
    for (auto *s : {&xLoop, &yLoop})
      for (int64_t &v : *s)
        v *= elementBytes;
    l.call("copy",
           {ptr(x, xOffset * elementBytes, xLoop), ptr(y, yOffset * elementBytes, yLoop), num(run * elementBytes)},
           loops);
    return;
  }
  l.call("copy_strided_" + Twine(elementBytes * 8),
         {ptr(x, xOffset, xLoop), num(xStep), ptr(y, yOffset, yLoop), num(yStep), num(run)}, loops);
}

} // namespace burin::nn
