// The checks that make a parsed protobuf a Model, in the order in which they run. Each returns false after an error.
#pragma once

#include "frontend/onnx/reader/ExternalData.h"
#include "frontend/onnx/reader/Model.h"

namespace burin {

/// Fills `model.opsets` and `model.functions`: BRN1104, BRN1111, BRN1115, BRN1118, and what `checkContents` reports for
/// default attributes.
bool collectFunctions(Model &model, ExternalData &external, DiagnosticSink &sink);

/// Checks each node, attribute, tensor and type by itself, loads external data, names nameless nodes, and drops what
/// later code must not see: BRN1005 to BRN1008, BRN1104 to BRN1109, BRN1112 to BRN1117. Needs the functions.
bool checkContents(Model &model, ExternalData &external, DiagnosticSink &sink);

/// Checks that calls of local functions end, stay shallow, and don't explode: BRN1005, BRN1109, BRN1110, BRN1116. Needs
/// sane contents.
bool checkCalls(const Model &model, DiagnosticSink &sink);

/// Checks that names are defined once and before their use, and sorts nodes where they aren't: BRN1101 to BRN1103.
/// Needs sane contents.
bool checkNames(Model &model, DiagnosticSink &sink);

/// Checks the attributes of one node, or the default attributes of a function.
bool checkAttributes(google::protobuf::RepeatedPtrField<onnx::AttributeProto> &attributes, const std::string &node,
                     bool inFunction, ExternalData &external, DiagnosticSink &sink);

/// Loads `tensor` if it is external, and checks it.
bool checkAndLoad(onnx::TensorProto &tensor, ExternalData &external, DiagnosticSink &sink);

/// Checks a sparse tensor: BRN1113, and what `checkTensor` reports.
bool checkSparse(onnx::SparseTensorProto &sparse, ExternalData &external, DiagnosticSink &sink);

/// Drops unknown dims and types from `type`; false, and BRN1106 or BRN1109, if what is left can't be.
bool checkType(onnx::TypeProto &type, const std::string &owner, DiagnosticSink &sink);

} // namespace burin
