// An ONNX file that has been read and checked: what the importer may rely on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <onnx/onnx_pb.h>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace burin {

/// The opset imports of a model or a function: domain → version. The domain "ai.onnx" is stored as "".
using OpsetVersions = std::map<std::string, int64_t, std::less<>>;

/// "ai.onnx" and "" name the same domain.
inline std::string_view canonicalDomain(std::string_view domain) { return domain == "ai.onnx" ? "" : domain; }

/// What names a model-local function: domain (canonical), name, and overload (IR 10).
struct FunctionKey {
  std::string domain, name, overload;
  auto operator<=>(const FunctionKey &) const = default;
};

FunctionKey functionKey(const onnx::FunctionProto &function);

/// The key of the function that `node` calls, if it calls one.
FunctionKey calleeKey(const onnx::NodeProto &node);

/// A model-local function, with what libonnx's classes are too old to show.
struct LocalFunction {
  const onnx::FunctionProto *proto = nullptr;
  OpsetVersions opsets;
  std::vector<onnx::AttributeProto> defaults; ///< attributes with default values (`attribute_proto`, IR 9)
};

/// A model whose protobuf satisfies these invariants (in the main graph, in all subgraphs, and in all functions):
///  - every element type is an ONNX type up to 26 (INT2); tensors have valid shapes (`elementCount`) and hold exactly
///  their
///    data, in memory: none is external, none is segmented; sparse tensors have ascending indices inside their shape;
///  - in each scope names are defined once; every name that is used is defined, in its scope or an outer one; nodes are
///    sorted, so that definitions precede uses (also uses inside a node's subgraphs). A name defined in a subgraph
///    hides the same name outside it, everywhere in that subgraph;
///  - every node has an operator, a name (a nameless node gets "OpType_index"), and a domain that is imported or
///  defined
///    by a local function; its attributes have distinct names, and `type` says which field holds the value (absent
///    INT, FLOAT, STRING and lists mean 0, "" and empty); `ref_attr_name` occurs only in functions;
///  - functions have distinct keys, call no function that calls them back, and expand to a bounded number of nodes;
///    subgraphs and calls nest at most `maxNesting` deep together;
///  - in value types a dim is unknown, a nonempty `dim_param`, or a `dim_value` ≥ 0 (exporters write −1 for unknown),
///  and
///    static shapes are valid; `runtimeInputs` have a type; a type that isn't known is absent;
///  - training information is gone.
struct Model {
  onnx::ModelProto proto;
  std::filesystem::path path;
  std::string name;       ///< file name, for messages: "kws.onnx"
  bool isDerived = false; ///< made in memory of what `path` holds: no file has it
  std::string sha256;     ///< of the file's bytes (without external data), 64 lower-case hex digits
  OpsetVersions opsets;   ///< of the main graph
  std::map<FunctionKey, LocalFunction> functions;
  std::set<std::string, std::less<>> overridable; ///< inputs that are run-time inputs although they have initialisers

  const onnx::GraphProto &graph() const { return proto.graph(); }

  /// The version of the operator set that the main graph imports.
  std::optional<int64_t> opset(std::string_view domain = "") const;

  /// The inputs that a caller supplies. An initialiser listed among the graph's inputs is a constant, whatever the IR
  /// version: before IR 4 every initialiser had to be listed so; since IR 4 the listing means that a caller may
  /// override the value, which a compiled model offers for those in `overridable` only.
  std::vector<const onnx::ValueInfoProto *> runtimeInputs() const;

  /// The local function that `node` calls, or null. Functions win over operators of the same name, as in ONNX.
  const LocalFunction *functionFor(const onnx::NodeProto &node) const;
};

/// Subgraphs within subgraphs and calls within functions, together.
inline constexpr int maxNesting = 64;

} // namespace burin
