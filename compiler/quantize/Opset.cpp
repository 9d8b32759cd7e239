#include "compiler/quantize/Opset.h"

#include <algorithm>

namespace burin::quantize {

namespace {

/// One node on its way from one operator set to another.
struct Step {
  onnx::NodeProto &node;
  onnx::GraphProto &graph; ///< where new initialisers go
  FreshNames &fresh;
  const TensorTypes &types;

  std::string constant(const std::string &what, const HostTensor &values) {
    HostTensor named = values;
    named.name = fresh(node.name() + "_" + what);
    *graph.add_initializer() = toTensorProto(named);
    return named.name;
  }
  std::string ints(const std::string &what, const std::vector<int64_t> &values, bool scalar = false) {
    std::vector<int64_t> shape;
    if (!scalar)
      shape.push_back(static_cast<int64_t>(values.size()));
    return constant(what, makeTensor<int64_t>("", DType::Int64, shape, values));
  }
  void setInput(int i, const std::string &name) {
    while (node.input_size() <= i)
      node.add_input();
    node.set_input(i, name);
  }
  /// A list in an attribute becomes input `i`.
  void listToInput(const char *name, int i) {
    if (attribute(node, name))
      setInput(i, ints(name, intsAttribute(node, name)));
    removeAttribute(node, name);
  }
};

using Rewrite = bool (*)(Step &);

bool refuse(Step &) { return false; }

bool axesToInput(Step &s) { return s.listToInput("axes", 1), true; }
bool splitToInput(Step &s) { return s.listToInput("split", 1), true; }

bool clipBounds(Step &s) {
  int i = 1;
  for (const char *name : {"min", "max"}) {
    if (attribute(s.node, name))
      s.setInput(i, s.constant(name, makeFloats("", {}, {floatAttribute(s.node, name, 0)})));
    removeAttribute(s.node, name);
    ++i;
  }
  return true;
}

bool padAmounts(Step &s) {
  s.listToInput("pads", 1);
  if (attribute(s.node, "value"))
    s.setInput(2, s.constant("value", makeFloats("", {}, {floatAttribute(s.node, "value", 0)})));
  removeAttribute(s.node, "value");
  return true;
}

bool sliceBounds(Step &s) {
  s.listToInput("starts", 1);
  s.listToInput("ends", 2);
  s.listToInput("axes", 3);
  return true;
}

bool topCount(Step &s) {
  s.setInput(1, s.ints("k", {intAttribute(s.node, "k", 1)}));
  removeAttribute(s.node, "k");
  return true;
}

void addText(onnx::NodeProto &node, const char *name, const char *value) {
  onnx::AttributeProto &a = *node.add_attribute();
  a.set_name(name);
  a.set_type(onnx::AttributeProto::STRING);
  a.set_s(value);
}

/// Upsample and the first Resize sample at out / scale, rounded down.
bool oldResize(Step &s) {
  if (attribute(s.node, "coordinate_transformation_mode")) // it was an Upsample
    return true;
  if (const onnx::AttributeProto *scales = attribute(s.node, "scales"))
    s.setInput(1, s.constant("scales", makeFloats("", {scales->floats_size()},
                                                  {scales->floats().begin(), scales->floats().end()})));
  removeAttribute(s.node, "scales");
  const std::string scales = s.node.input(1);
  s.setInput(1, "");
  s.setInput(2, scales);
  s.node.set_op_type("Resize");
  addText(s.node, "coordinate_transformation_mode", "asymmetric");
  addText(s.node, "nearest_mode", "floor");
  return true;
}

/// It used to work on all axes from `axis` on together.
bool softmaxAxis(Step &s) {
  auto type = s.types.find(s.node.input(0));
  if (type == s.types.end())
    return false;
  const std::vector<int64_t> &shape = type->second.shape;
  const auto rank = static_cast<int64_t>(shape.size());
  int64_t axis = intAttribute(s.node, "axis", 1);
  axis += axis < 0 ? rank : 0;
  int64_t wide = -1, count = 0;
  for (int64_t i = axis; i < rank; ++i)
    if (shape[static_cast<size_t>(i)] != 1) {
      wide = i;
      ++count;
    }
  if (count > 1)
    return false;
  removeAttribute(s.node, "axis");
  addAttribute(s.node, "axis", count == 1 ? wide : std::min(axis, rank - 1));
  return true;
}

/// Without training it passes its input on.
bool dropout(Step &s) {
  if (s.node.output_size() > 1)
    return false;
  s.node.set_op_type("Identity");
  s.node.clear_attribute();
  return true;
}

bool plainNormalization(Step &s) {
  const bool perElement = intAttribute(s.node, "spatial", 1) == 0;
  removeAttribute(s.node, "spatial");
  return !perElement;
}

/// Outputs beside the first were for training.
bool oneOutput(Step &s) { return s.node.output_size() == 1; }

bool scatterName(Step &s) { return s.node.set_op_type("ScatterElements"), true; }
bool countOutputs(Step &s) {
  if (s.node.input_size() < 2 || s.node.input(1).empty())
    addAttribute(s.node, "num_outputs", s.node.output_size());
  return true;
}
bool roiPixels(Step &s) {
  if (!attribute(s.node, "coordinate_transformation_mode"))
    addText(s.node, "coordinate_transformation_mode", "output_half_pixel");
  return true;
}
bool gridModes(Step &s) {
  for (onnx::AttributeProto &a : *s.node.mutable_attribute())
    if (a.name() == "mode")
      a.set_s(a.s() == "bilinear" ? "linear" : a.s() == "bicubic" ? "cubic" : a.s());
  return true;
}
/// Operands of different shapes needed an attribute.
bool noBroadcast(Step &s) { return intAttribute(s.node, "broadcast", 0) == 0; }

/// The versions up to 21 in which an operator took on another form or meaning; all others only added to it.
struct Change {
  const char *op;
  int64_t version;
  Rewrite rewrite;
};
constexpr Change changes[] = {
    {"Add", 7, noBroadcast},
    {"Sub", 7, noBroadcast},
    {"Mul", 7, noBroadcast},
    {"Div", 7, noBroadcast},
    {"Pow", 7, noBroadcast},
    {"And", 7, noBroadcast},
    {"Or", 7, noBroadcast},
    {"Xor", 7, noBroadcast},
    {"Equal", 7, noBroadcast},
    {"Less", 7, noBroadcast},
    {"Greater", 7, noBroadcast},
    {"Gemm", 7, noBroadcast},
    {"PRelu", 7, refuse},
    {"RNN", 7, refuse},
    {"GRU", 7, refuse},
    {"LSTM", 7, refuse},
    {"BatchNormalization", 7, refuse},
    {"BatchNormalization", 9, plainNormalization},
    {"BatchNormalization", 14, oneOutput},
    {"Upsample", 10, oldResize},
    {"Resize", 11, oldResize},
    {"Slice", 10, sliceBounds},
    {"TopK", 10, topCount},
    {"Clip", 6, refuse},
    {"Clip", 11, clipBounds},
    {"Pad", 2, refuse},
    {"Pad", 11, padAmounts},
    {"Dropout", 12, dropout},
    {"Scatter", 11, scatterName},
    {"Scan", 9, refuse},
    {"Squeeze", 13, axesToInput},
    {"Unsqueeze", 13, axesToInput},
    {"ReduceSum", 13, axesToInput},
    {"Split", 13, splitToInput},
    {"Split", 18, countOutputs},
    {"Softmax", 13, softmaxAxis},
    {"LogSoftmax", 13, softmaxAxis},
    {"Hardmax", 13, softmaxAxis},
    {"RoiAlign", 16, roiPixels},
    {"ReduceMax", 18, axesToInput},
    {"ReduceMean", 18, axesToInput},
    {"ReduceMin", 18, axesToInput},
    {"ReduceProd", 18, axesToInput},
    {"ReduceL1", 18, axesToInput},
    {"ReduceL2", 18, axesToInput},
    {"ReduceLogSum", 18, axesToInput},
    {"ReduceLogSumExp", 18, axesToInput},
    {"ReduceSumSquare", 18, axesToInput},
    {"GridSample", 20, gridModes},
    {"DFT", 20, refuse},
    {"GroupNormalization", 21, refuse},
};

/// Raises all nodes of `graph`; `at` is told the first that can't be.
bool raise(onnx::GraphProto &graph, int64_t from, int64_t to, const TensorTypes &types, FreshNames &fresh,
           std::string &at) {
  for (onnx::NodeProto &node : *graph.mutable_node()) {
    for (onnx::AttributeProto &a : *node.mutable_attribute()) {
      if (a.has_g() && !raise(*a.mutable_g(), from, to, types, fresh, at))
        return false;
      for (onnx::GraphProto &g : *a.mutable_graphs())
        if (!raise(g, from, to, types, fresh, at))
          return false;
    }
    Step step{node, graph, fresh, types};
    for (const Change &change : changes) // those of one operator in ascending order
      if (isOp(node, change.op) && from < change.version && change.version <= to && !change.rewrite(step)) {
        at = node.name();
        return false;
      }
  }
  return true;
}

} // namespace

bool raiseOpset(onnx::ModelProto &proto, int64_t version, const TensorTypes &types, DiagnosticSink &sink) {
  onnx::OperatorSetIdProto *own = nullptr;
  for (onnx::OperatorSetIdProto &set : *proto.mutable_opset_import())
    if (canonicalDomain(set.domain()).empty())
      own = &set;
  const int64_t from = own ? own->version() : 1;
  constexpr int64_t irOf21 = 10, irOf13 = 7;
  if (from < version) {
    onnx::ModelProto raised = proto;
    FreshNames fresh(raised.graph());
    std::string at;
    if (!raise(*raised.mutable_graph(), from, version, types, fresh, at)) {
      sink.handle({.code = "BRN1523",
                   .node = at,
                   .message = "the quantised model needs opset " + std::to_string(version) +
                              ", in which this node would mean something else",
                   .facts = {"the model has opset " + std::to_string(from)},
                   .fix = "export the model with opset " + std::to_string(version)});
      return false;
    }
    proto = std::move(raised);
    own = nullptr;
    for (onnx::OperatorSetIdProto &set : *proto.mutable_opset_import())
      if (canonicalDomain(set.domain()).empty())
        own = &set;
    if (!own)
      own = proto.add_opset_import();
    own->set_version(version);
  }
  proto.set_ir_version(std::max<int64_t>(proto.ir_version(), version >= 21 ? irOf21 : irOf13));
  return true;
}

} // namespace burin::quantize
