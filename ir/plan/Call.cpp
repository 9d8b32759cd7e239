#include "ir/plan/Call.h"

#include <cassert>

namespace burin::plan {
namespace {

int64_t affine(int64_t base, llvm::ArrayRef<int64_t> strides, llvm::ArrayRef<int64_t> index) {
  for (size_t i = 0; i < strides.size() && i < index.size(); ++i)
    base += strides[i] * index[i];
  return base;
}

/// Evaluates one argument at one point of the loop nest; row pointers are kept alive in `rows`.
struct Evaluator {
  llvm::ArrayRef<std::byte *> buffers;
  llvm::ArrayRef<Ring> rings;
  llvm::ArrayRef<int64_t> index;
  int64_t size; // bytes of the parameter's element
  std::vector<const void *> &rows;

  /// The element that lies `elements` behind the one that `p` names.
  std::byte *address(const PointerArg &p, int64_t elements = 0) const {
    const int64_t offset = (affine(p.offset, p.strides, index) + elements) * size;
    return buffers[p.buffer] + (rings.empty() ? offset : rings[p.buffer].at(offset));
  }
  kernels::Arg operator()(const PointerArg &p) const { return {.p = address(p)}; }
  kernels::Arg operator()(const WindowArg &w) const {
    const int64_t first = (w.rowLoop >= 0 ? index[w.rowLoop] : 0) * w.stride - w.pad;
    rows.clear();
    for (int64_t k = 0; k < w.count; ++k) {
      const int64_t r = first + k * w.dilation;
      rows.push_back(r < 0 || r >= w.height ? nullptr : address(w.image, r * w.rowElements));
    }
    return {.p = rows.data()};
  }
  kernels::Arg operator()(const IntArg &a) const { return {.i = affine(a.value, a.strides, index)}; }
  kernels::Arg operator()(const FloatArg &a) const { return {.f = a.value}; }
  kernels::Arg operator()(const NullArg &) const { return {.p = nullptr}; }
};

} // namespace

int64_t elementSize(std::string_view ctype) {
  if (ctype == "double" || ctype == "int64_t" || ctype == "uint64_t")
    return 8;
  if (ctype == "float" || ctype == "int32_t" || ctype == "uint32_t")
    return 4;
  if (ctype == "int16_t" || ctype == "uint16_t")
    return 2;
  return 1;
}

void execute(const Call &call, llvm::ArrayRef<std::byte *> buffers, int64_t turn, llvm::ArrayRef<Ring> rings) {
  if (call.turned && (turn < call.first || turn - call.first >= call.loops[0]))
    return;
  for (int64_t n : call.loops)
    if (n == 0)
      return;
  llvm::SmallVector<int64_t, 4> index(call.loops.size(), 0);
  const size_t outermost = call.turned ? 1 : 0;
  if (call.turned)
    index[0] = turn - call.first;
  std::vector<std::vector<const void *>> rows(call.args.size());
  std::vector<kernels::Arg> args(call.args.size());
  while (true) {
    for (size_t a = 0; a < args.size(); ++a)
      args[a] =
          std::visit(Evaluator{buffers, rings, index, elementSize(call.kernel->params[a].elem), rows[a]}, call.args[a]);
    call.kernel->invoke(args.data());
    size_t level = index.size();
    while (level > outermost && ++index[level - 1] == call.loops[level - 1])
      index[--level] = 0;
    if (level == outermost)
      return;
  }
}

std::string checkCall(const Call &call) {
  if (!call.kernel)
    return "no such kernel";
  if (call.turned && call.loops.empty())
    return "turned, but without a loop around it";
  const std::string name(call.kernel->name);
  if (call.args.size() != call.kernel->params.size())
    return name + " takes " + std::to_string(call.kernel->params.size()) + " arguments, given " +
           std::to_string(call.args.size());
  for (size_t i = 0; i < call.args.size(); ++i) {
    const kernels::Param &param = call.kernel->params[i];
    const CallArg &arg = call.args[i];
    bool fits = false;
    switch (param.kind) {
    case kernels::ParamKind::Pointer:
      fits = std::holds_alternative<PointerArg>(arg) || std::holds_alternative<NullArg>(arg);
      break;
    case kernels::ParamKind::Rows:
      fits = std::holds_alternative<WindowArg>(arg);
      break;
    case kernels::ParamKind::Int:
      fits = std::holds_alternative<IntArg>(arg);
      break;
    case kernels::ParamKind::Float:
      fits = std::holds_alternative<FloatArg>(arg);
      break;
    }
    if (!fits)
      return name + ": argument '" + std::string(param.name) + "' is of the wrong kind";
    if (auto *w = std::get_if<WindowArg>(&arg); w && w->rowLoop >= static_cast<int>(call.loops.size()))
      return name + ": window over a loop that isn't there";
  }
  return "";
}

} // namespace burin::plan
