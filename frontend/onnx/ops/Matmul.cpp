// Matrix products.
#include "ir/nn/ops/Matmul.h"
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Products.h"
#include "frontend/onnx/ops/QuantOperands.h"
#include "ir/nn/ops/Det.h"

namespace burin::importer {
using namespace mlir;

Value numpyMatmul(NodeContext &n, Value a, Value b, Type element) {
  const int64_t aRank = n.rank(a), bRank = n.rank(b);
  if (!n.require(aRank >= 1 && bRank >= 1, "the inputs must have rank 1 or more"))
    return {};
  // A vector is a row on the left and a column on the right; its axis leaves the result again.
  Value left = aRank == 1 ? n.insertAxis(a, 0) : a, right = bRank == 1 ? n.insertAxis(b, 1) : b;
  if (!n.require(n.dim(left, n.rank(left) - 1) == n.dim(right, n.rank(right) - 2), "the inner dims differ"))
    return {};
  Value y = n.makeAs<nn::MatmulOp>(element, left, right, Value(), false, FloatAttr(), FloatAttr());
  if (aRank == 1)
    y = n.removeAxis(y, n.rank(y) - 2);
  return bRank == 1 ? n.removeAxis(y, n.rank(y) - 1) : y;
}

namespace {

void matmul(NodeContext &n) { n.output(numpyMatmul(n, n.input(0), n.input(1))); }

Value scaled(NodeContext &n, Value x, double factor) { return factor == 1 ? x : n.mul(x, n.scalarLike(x, factor)); }

void gemm(NodeContext &n) {
  Value a = n.input(0), b = n.input(1), c = n.input(2);
  if (!n.require(n.rank(a) == 2 && n.rank(b) == 2, "the factors must have rank 2"))
    return;
  const double alpha = n.floatAttr("alpha", 1), beta = n.floatAttr("beta", 1);
  const bool transposeB = n.flag("transB");
  if (n.flag("transA"))
    a = n.transpose(a, {1, 0});
  if (!n.require(n.dim(a, 1) == n.dim(b, transposeB ? 1 : 0), "the inner dims differ"))
    return;
  const int64_t columns = n.dim(b, transposeB ? 0 : 1);
  c = c && beta != 0 ? scaled(n, c, beta) : Value();
  // One row of summands is the bias of the product.
  const Shape cShape = n.shape(c);
  const bool isRow = c && !cShape.empty() && cShape.back() == columns && nn::numElements(cShape) == columns;
  if (isRow && alpha == 1 && n.isFloat(a))
    return n.output(n.matmul(a, b, transposeB, n.reshape(c, {columns})));
  Value y = scaled(n, n.matmul(a, b, transposeB), alpha);
  if (!n.require(!c || !y || nn::broadcastShapes(n.shape(y), cShape) == SmallVector<int64_t>(n.shape(y)),
                 "C doesn't broadcast to the product"))
    return;
  n.output(c ? n.add(y, c) : y);
}

void matmulInteger(NodeContext &n) { n.output(integerProduct(n, n.input(0), n.input(2), n.input(1), n.input(3))); }

void det(NodeContext &n) {
  const Shape s = n.shape(n.input(0));
  if (n.require(s.size() >= 2 && s.back() == s[s.size() - 2], "the matrices aren't square"))
    n.output(n.make<nn::DetOp>(n.input(0)));
}

constexpr OpImporter rows[] = {
    {"Det", 1, 1, det},
    {"Gemm", 2, 3, gemm, types::wideNumbers},
    {"MatMul", 2, 2, matmul, types::wideNumbers},
    {"MatMulInteger", 2, 4, matmulInteger, types::bytes, Half::Move},
};

} // namespace

llvm::ArrayRef<OpImporter> matmulOps() { return rows; }

} // namespace burin::importer
