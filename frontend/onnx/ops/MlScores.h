// What the models of ai.onnx.ml have in common: numbers in attributes, class labels, and how scores become results.
#ifndef BURIN_FRONTEND_ONNX_OPS_MLSCORES_H
#define BURIN_FRONTEND_ONNX_OPS_MLSCORES_H

#include "frontend/onnx/NodeContext.h"

namespace burin::importer {

inline constexpr const char *mlDomain = "ai.onnx.ml";

/// "post_transform" of a model.
enum class PostTransform { None, Softmax, Logistic, SoftmaxZero, Probit }; // in the order of TreeEnsemble-5

/// The numbers of list attribute `name`, or of tensor attribute `name`_as_tensor, which takes double precision; empty
/// if both are absent.
llvm::SmallVector<double> realsAttr(NodeContext &n, llvm::StringRef name);
/// Whether realsAttr's numbers are those of a tensor of doubles.
bool isDoubleAttr(NodeContext &n, llvm::StringRef name);

/// The string attribute "post_transform".
PostTransform postTransformAttr(NodeContext &n);

/// Class labels: int64 [K] of attribute `intsName`; of classlabels_strings, their places 0 ... K - 1, with a remark
/// that lists the names, for a tensor of the library holds no strings. Fails if both are absent.
mlir::Value classLabels(NodeContext &n, llvm::StringRef intsName);

/// Input 0 as a matrix [N, F] of floats: a vector is one row; integers become float32, float64 stays only with
/// `keepDouble`. Null after a failure.
mlir::Value featureMatrix(NodeContext &n, bool keepDouble = false);

/// The transform of each row of `scores` [N, K].
///   Logistic: 1 / (1 + exp(-v)).  Softmax: exp(v - max) / sum.
///   SoftmaxZero: as softmax, but |v| <= 1e-7 gives v * exp(-max) / sum and isn't part of the sum.
///   Probit: sqrt(2) erfinv(2 v - 1) by Winitzki's approximation of erfinv, as ONNX Runtime computes it.
mlir::Value transformScores(NodeContext &n, mlir::Value scores, PostTransform transform);

/// [N, 2] of the one score s [N, 1] of a model of two classes: the logistic of [-s, s]; for probabilities [1 - s, s],
/// else [-s, s]. Probit gives [probit(s), 0]. Source: ONNX Runtime's write_scores.
mlir::Value twoClassScores(NodeContext &n, mlir::Value score, PostTransform transform, bool isProbability);

/// labels[place of the first maximum of each row of `scores`], int64 [N].
mlir::Value bestLabel(NodeContext &n, mlir::Value labels, mlir::Value scores);
/// labels[1] where `isSecond` (bool [N, 1] or [N]) holds, else labels[0]: int64 [N].
mlir::Value secondLabelWhere(NodeContext &n, mlir::Value labels, mlir::Value isSecond);

} // namespace burin::importer

#endif
