// Tensors, sparse tensors and types.
#include "frontend/onnx/reader/Checks.h"
#include "frontend/tensors/Files.h"
#include "frontend/tensors/HostTensor.h"

#include <cstring>
#include <fmt/format.h>

using namespace burin;

static std::span<const int64_t> dimsOf(const onnx::TensorProto &tensor) {
  return {tensor.dims().data(), static_cast<size_t>(tensor.dims_size())};
}

bool burin::checkAndLoad(onnx::TensorProto &tensor, ExternalData &external, DiagnosticSink &sink) {
  if (tensor.data_location() == onnx::TensorProto::EXTERNAL) {
    // How many bytes to load follows from type and dims; if one of them is wrong, checkTensor says so.
    std::optional<DType> dtype = dtypeFromOnnx(tensor.data_type());
    std::optional<int64_t> elements = elementCount(dimsOf(tensor));
    if (dtype && elements && !external.load(tensor, packedBytes(*dtype, *elements)))
      return false;
    tensor.clear_data_location();
  }
  return checkTensor(tensor, sink);
}

//===------------------------------------------------------------------------------------------------------------------
// Sparse tensors
//===------------------------------------------------------------------------------------------------------------------

namespace {
/// Row-major positions of the stored values of a sparse tensor.
class SparsePositions {
public:
  SparsePositions(const HostTensor &indices, std::span<const int64_t> dims)
      : indices(indices), dims(dims), width(indices.shape.size() == 2 ? dims.size() : 0) {}

  /// Nothing if an index is outside `dims`.
  std::optional<int64_t> at(int64_t entry) const {
    if (indices.shape.size() == 1)
      return load(entry);
    int64_t position = 0;
    for (size_t axis = 0; axis < width; ++axis) {
      int64_t index = load(entry * static_cast<int64_t>(width) + static_cast<int64_t>(axis));
      if (index < 0 || index >= dims[axis])
        return std::nullopt;
      position = position * dims[axis] + index;
    }
    return position;
  }

private:
  int64_t load(int64_t i) const {
    int64_t value;
    std::memcpy(&value, indices.data.data() + i * 8, 8);
    return value;
  }

  const HostTensor &indices;
  std::span<const int64_t> dims;
  size_t width;
};
} // namespace

static bool sparseError(const onnx::SparseTensorProto &sparse, std::string problem, DiagnosticSink &sink) {
  sink.handle({.code = "BRN1113",
               .message = fmt::format("sparse tensor {} is malformed", quoteName(sparse.values().name())),
               .facts = {std::move(problem)}});
  return false;
}

/// The positions must ascend, inside the dense tensor.
static bool checkPositions(const onnx::SparseTensorProto &sparse, const HostTensor &indices, int64_t denseSize,
                           DiagnosticSink &sink) {
  SparsePositions positions(indices, {sparse.dims().data(), static_cast<size_t>(sparse.dims_size())});
  int64_t previous = -1;
  for (int64_t entry = 0; entry < indices.shape[0]; ++entry) {
    std::optional<int64_t> position = positions.at(entry);
    if (!position || *position < 0 || *position >= denseSize)
      return sparseError(sparse, fmt::format("the index of entry {} lies outside the tensor", entry), sink);
    if (*position <= previous)
      return sparseError(sparse, fmt::format("the index of entry {} doesn't ascend", entry), sink);
    previous = *position;
  }
  return true;
}

bool burin::checkSparse(onnx::SparseTensorProto &sparse, ExternalData &external, DiagnosticSink &sink) {
  if (!checkAndLoad(*sparse.mutable_values(), external, sink) ||
      !checkAndLoad(*sparse.mutable_indices(), external, sink))
    return false;
  const onnx::TensorProto &values = sparse.values(), &indices = sparse.indices();
  std::optional<int64_t> denseSize = elementCount({sparse.dims().data(), static_cast<size_t>(sparse.dims_size())});
  if (!denseSize)
    return sparseError(sparse, "its dims are not those of a tensor", sink);
  auto dtype = static_cast<DType>(values.data_type());
  if (int64_t bytes = packedBytes(dtype, *denseSize); bytes > static_cast<int64_t>(maxFileBytes)) {
    sink.handle({.code = "BRN1005",
                 .message = fmt::format("sparse tensor {} is too large", quoteName(values.name())),
                 .facts = {fmt::format("dense  {} bytes, limit {}", bytes, maxFileBytes)}});
    return false;
  }
  if (dtype == DType::String || values.dims_size() != 1)
    return sparseError(sparse, "its values are not a vector of numbers", sink);
  bool hasRows = indices.dims_size() == 2 && indices.dims(1) == sparse.dims_size();
  if (indices.data_type() != onnx::TensorProto::INT64 || (indices.dims_size() != 1 && !hasRows) ||
      indices.dims(0) != values.dims(0))
    return sparseError(sparse, "its indices are not int64[values] or int64[values,rank]", sink);
  std::optional<HostTensor> host = fromTensorProto(indices, sink);
  return host && checkPositions(sparse, *host, *denseSize, sink);
}

//===------------------------------------------------------------------------------------------------------------------
// Types
//===------------------------------------------------------------------------------------------------------------------

/// Makes each dim unknown, named or ≥ 0.
static bool checkShape(onnx::TensorShapeProto &shape, const std::string &owner, DiagnosticSink &sink) {
  std::vector<int64_t> staticDims;
  for (onnx::TensorShapeProto::Dimension &dim : *shape.mutable_dim()) {
    if ((dim.has_dim_value() && dim.dim_value() < 0) || (dim.has_dim_param() && dim.dim_param().empty()))
      dim.clear_value();
    staticDims.push_back(dim.has_dim_value() ? dim.dim_value() : 1);
  }
  if (elementCount(staticDims))
    return true;
  sink.handle({.code = "BRN1106",
               .message = fmt::format("value {} has dims that no tensor can have", quoteName(owner)),
               .facts = {fmt::format("rank  {}", shape.dim_size())}});
  return false;
}

static bool checkTypeAt(onnx::TypeProto &type, int depth, const std::string &owner, DiagnosticSink &sink) {
  if (depth > maxNesting) {
    sink.handle({.code = "BRN1109", .message = fmt::format("the type of {} is nested too deeply", quoteName(owner))});
    return false;
  }
  switch (type.value_case()) {
  case onnx::TypeProto::kTensorType:
    if (!dtypeFromOnnx(type.tensor_type().elem_type())) {
      type.clear_value();
      return true;
    }
    return !type.tensor_type().has_shape() || checkShape(*type.mutable_tensor_type()->mutable_shape(), owner, sink);
  case onnx::TypeProto::kSparseTensorType:
    if (!dtypeFromOnnx(type.sparse_tensor_type().elem_type())) {
      type.clear_value();
      return true;
    }
    return !type.sparse_tensor_type().has_shape() ||
           checkShape(*type.mutable_sparse_tensor_type()->mutable_shape(), owner, sink);
  case onnx::TypeProto::kSequenceType:
    return checkTypeAt(*type.mutable_sequence_type()->mutable_elem_type(), depth + 1, owner, sink);
  case onnx::TypeProto::kOptionalType:
    return checkTypeAt(*type.mutable_optional_type()->mutable_elem_type(), depth + 1, owner, sink);
  case onnx::TypeProto::kMapType:
    return checkTypeAt(*type.mutable_map_type()->mutable_value_type(), depth + 1, owner, sink);
  default:
    return true;
  }
}

bool burin::checkType(onnx::TypeProto &type, const std::string &owner, DiagnosticSink &sink) {
  return checkTypeAt(type, 0, owner, sink);
}
