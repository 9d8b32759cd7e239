include "ir/nn/NnBase.td"

def Nn_NonMaxSuppressionOp : Nn_Op<"non_max_suppression"> {
  let summary = "Boxes by falling score, without those that overlap a better one of the same class";
  let description = [{
    boxes (f32) [B, N, 4]: two opposite corners (y1, x1, y2, x2) or, if `center`, (x, y, width, height); scores (f32)
    [B, C, N]; scalars: most (i64), the largest number of boxes per batch and class; overlap (f32): a box goes if its
    intersection over union with a selected one is greater; score (f32): it must be exceeded. y (i64) [K, 3]: batch, class, box.
    Equal scores: the smaller index first. K <= B·C·N is known at run time (`nn.count`). Source: ONNX NonMaxSuppression-11.
  }];
  let arguments = (ins Nn_Tensor:$boxes, Nn_Tensor:$scores, Nn_Tensor:$most, Nn_Tensor:$overlap, Nn_Tensor:$score,
                       BoolAttr:$center);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
