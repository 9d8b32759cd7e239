#include "compiler/TimeStream.h"

#include "compiler/Boundary.h"
#include "ir/interpreter/Interpreter.h"

namespace burin {
using namespace mlir;

static codegen::TimeRows rowsOf(DenseI64ArrayAttr attr, ArrayRef<int64_t> perm) {
  const int64_t axis = attr[0];
  return {perm.empty() ? axis : perm[static_cast<size_t>(axis)], attr[1], attr[2]};
}

std::optional<codegen::TimeStream> timeStreamOf(func::FuncOp function) {
  auto steps = function->getAttrOfType<DenseI64ArrayAttr>("nn.stream");
  if (!steps)
    return std::nullopt;
  codegen::TimeStream stream{.axis = steps[0], .rows = steps[1], .window = steps[2], .outputs = {}};
  const std::vector<codegen::Tensor> outputs = functionOutputs(function);
  for (auto [i, output] : llvm::enumerate(outputs)) {
    auto rows = function.getResultAttrOfType<DenseI64ArrayAttr>(static_cast<unsigned>(i), "nn.stream");
    stream.outputs.push_back(rows ? std::optional(rowsOf(rows, output.perm)) : std::nullopt);
  }
  return stream;
}

codegen::Tensor windowOf(const codegen::TimeStream &stream, codegen::Tensor input) {
  input.type = nn::resized(input.type, stream.axis, stream.window);
  return input;
}

std::vector<codegen::Tensor> modelInputs(Compilation &c) {
  std::vector<codegen::Tensor> inputs = functionInputs(c.function());
  if (c.stream)
    inputs.front() = windowOf(*c.stream, inputs.front());
  return inputs;
}

std::vector<char> stepsOf(const codegen::TimeStream &stream, const codegen::Tensor &window, ArrayRef<char> bytes) {
  ArrayRef<int64_t> shape = window.type.getShape();
  const auto axis = static_cast<size_t>(stream.axis);
  const int64_t outer = nn::numElements(shape.take_front(axis)), before = stream.steps() * stream.rows - stream.window;
  const auto row = static_cast<int64_t>(bytes.size()) / outer / stream.window;
  std::vector<char> steps;
  for (int64_t step = 0; step < stream.steps(); ++step)
    for (int64_t o = 0; o < outer; ++o)
      for (int64_t r = step * stream.rows - before, end = r + stream.rows; r < end; ++r) {
        if (r < 0)
          steps.insert(steps.end(), static_cast<size_t>(row), 0);
        else
          llvm::append_range(steps,
                             bytes.slice(static_cast<size_t>((o * stream.window + r) * row), static_cast<size_t>(row)));
      }
  return steps;
}

/// Rows [first, first + count) of axis `axis`.
static HostTensor sliced(const HostTensor &t, size_t axis, int64_t first, int64_t count) {
  HostTensor out = t;
  out.shape[axis] = count;
  out.data.clear();
  const int64_t outer = nn::numElements(ArrayRef<int64_t>(t.shape).take_front(axis)), rows = t.shape[axis];
  const int64_t row = static_cast<int64_t>(t.data.size()) / std::max<int64_t>(outer * rows, 1);
  for (int64_t o = 0; o < outer; ++o) {
    const auto from = t.data.begin() + (o * rows + first) * row;
    out.data.insert(out.data.end(), from, from + count * row);
  }
  return out;
}

std::vector<HostTensor> deliveredRows(Compilation &c, std::vector<HostTensor> outputs) {
  if (!c.stream || outputs.size() != c.stream->outputs.size())
    return outputs;
  for (auto [tensor, rows] : llvm::zip(outputs, c.stream->outputs)) {
    const auto axis = static_cast<size_t>(rows ? rows->axis : 0);
    if (rows && axis < tensor.shape.size() && rows->first + rows->count <= tensor.shape[axis])
      tensor = sliced(tensor, axis, rows->first, rows->count);
  }
  return outputs;
}

std::optional<std::vector<std::vector<char>>> interpretModel(Compilation &c,
                                                             const std::vector<std::vector<char>> &inputs) {
  SmallVector<ArrayRef<char>> views(inputs.begin(), inputs.end());
  func::FuncOp function = c.function();
  if (!c.stream) {
    FailureOr<std::vector<TensorBytes>> results = interpret(function, views);
    return failed(results) ? std::nullopt : std::optional(std::move(*results));
  }
  const std::vector<char> steps = stepsOf(*c.stream, modelInputs(c).front(), views.front());
  const size_t step = steps.size() / static_cast<size_t>(c.stream->steps()), shown = c.stream->outputs.size();
  std::vector<TensorBytes> state, results;
  for (Type type : function.getArgumentTypes().drop_front())
    state.emplace_back(static_cast<size_t>(nn::byteSize(cast<RankedTensorType>(type))), 0);
  for (size_t at = 0; at < steps.size(); at += step) {
    SmallVector<ArrayRef<char>> given{ArrayRef<char>(steps).slice(at, step)};
    given.append(state.begin(), state.end());
    FailureOr<std::vector<TensorBytes>> all = interpret(function, given);
    if (failed(all))
      return std::nullopt;
    state.assign(std::make_move_iterator(all->begin() + static_cast<ptrdiff_t>(shown)),
                 std::make_move_iterator(all->end()));
    all->resize(shown);
    results = std::move(*all);
  }
  return results;
}

std::optional<std::vector<std::vector<char>>> runModel(Compilation &c, const std::vector<HostTensor> &inputs,
                                                       DiagnosticSink &sink) {
  std::vector<std::vector<char>> bytes;
  for (auto [tensor, as] : llvm::zip_equal(inputs, modelInputs(c))) {
    std::optional<std::vector<char>> b = toLibrary(tensor, as, sink);
    if (!b)
      return std::nullopt;
    bytes.push_back(std::move(*b));
  }
  return interpretModel(c, bytes);
}

} // namespace burin
