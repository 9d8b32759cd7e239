// Small models for the reader's tests.
#pragma once

#include "frontend/onnx/reader/Reader.h"

#include <vector>

namespace burin {

/// float32 x[1,4] → Add with initialiser w[4] → Relu → y, opset 17.
onnx::ModelProto smallModel();

/// `smallModel` with If and Loop subgraphs that take values from outside, attributes of many types, a local function,
/// sparse and packed tensors: something of everything that the reader looks at.
onnx::ModelProto richModel();

onnx::NodeProto &addNode(onnx::GraphProto &graph, const char *op, std::vector<const char *> inputs,
                         std::vector<const char *> outputs, const char *name = "");

onnx::TensorProto &addInitializer(onnx::GraphProto &graph, const char *name, std::vector<float> values);

void addValue(google::protobuf::RepeatedPtrField<onnx::ValueInfoProto> &values, const char *name,
              std::vector<int64_t> dims);

/// Adds local function domain::name with one node `op`(a, b) → c.
onnx::FunctionProto &addFunction(onnx::ModelProto &model, const char *name, const char *op,
                                 const char *domain = "local", const char *nodeDomain = "");

/// Adds attribute `name` of type GRAPH.
onnx::GraphProto &addSubgraph(onnx::NodeProto &node, const char *name);

/// Reads the bytes of `proto`, and expects success without a diagnostic.
Model readGood(const onnx::ModelProto &proto);

/// Reads the bytes of `proto`, and expects exactly one error.
Diagnostic readBad(const onnx::ModelProto &proto);

/// The same for any bytes.
Diagnostic readBadBytes(std::string_view bytes);

/// The names of a graph's nodes, in order.
std::vector<std::string> nodeNames(const onnx::GraphProto &graph);

} // namespace burin
