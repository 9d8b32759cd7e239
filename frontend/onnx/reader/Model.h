// An ONNX file that has been read and checked: what the importer may rely on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <onnx/onnx_pb.h>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace burin {

/// The opset imports of a model or a function: domain → version. The domain "ai.onnx" is stored as "".
using OpsetVersions = std::map<std::string, int64_t, std::less<>>;

/// "ai.onnx" and "" name the same domain.
inline std::string_view canonicalDomain(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

/// What names a model-local function: domain (canonical), name, and overload (IR 10).
struct FunctionKey {
  std::string domain, name, overload;
  bool operator==(const FunctionKey &) const = default;
};

/// A model whose protobuf satisfies these invariants (in the main graph, in all subgraphs, and in all functions):
///  - every element type is an ONNX type up to 26 (INT2); dims of tensors are ≥ 0, ranks ≤ 16, products fit int64;
///  - tensors hold exactly their data, in the file's memory: none is external, none is segmented;
///  - in each scope names are defined once; every name that is used is defined, in its scope or an outer one; nodes are
///    sorted, so that definitions precede uses (also uses inside a node's subgraphs). A name defined in a subgraph hides
///    the same name outside it, everywhere in that subgraph;
///  - every node has an operator, a name (a nameless node gets "OpType_index"), and a domain that is imported or defined
///    by a local function; its attributes have distinct names, and their type says which field holds the value
///    (ONNX's defaults, such as 0 for an absent INT, included); `ref_attr_name` occurs only in functions;
///  - functions have distinct keys, call no function that calls them back, and expand to a bounded number of nodes;
///  - in value types a dim is unknown, a nonempty `dim_param`, or a `dim_value` ≥ 0 (exporters write −1 for unknown);
///    inputs of the main graph have a type;
///  - training information is gone.
struct Model {
  onnx::ModelProto proto;
  std::filesystem::path path;
  std::string name;     ///< file name, for messages: "kws.onnx"
  std::string sha256;   ///< of the file's bytes (without external data), 64 lower-case hex digits
  OpsetVersions opsets; ///< of the main graph

  const onnx::GraphProto &graph() const { return proto.graph(); }

  /// The version of the operator set that the main graph imports.
  std::optional<int64_t> opset(std::string_view domain = "") const;

  /// The inputs that a caller supplies. An initialiser listed among the graph's inputs is a constant, whatever the IR
  /// version: before IR 4 every initialiser had to be listed so; since IR 4 the listing means that a caller may override
  /// the value, which a compiled model doesn't offer.
  std::vector<const onnx::ValueInfoProto *> runtimeInputs() const;

  /// The local function that `node` calls, or null. Functions win over operators of the same name, as in ONNX.
  const onnx::FunctionProto *functionFor(const onnx::NodeProto &node) const;

  std::unordered_map<std::string, int> functionIndex; ///< by `functionId`
};

FunctionKey functionKey(const onnx::FunctionProto &function);
FunctionKey calleeKey(const onnx::NodeProto &node);

/// A string that is unique to `key`: the key of `Model::functionIndex`.
std::string functionId(const FunctionKey &key);

/// The opset imports of `function`.
OpsetVersions functionOpsets(const onnx::FunctionProto &function);

/// The attributes of `function` that have default values (`attribute_proto`, IR 9).
std::vector<onnx::AttributeProto> defaultAttributes(const onnx::FunctionProto &function);

} // namespace burin
