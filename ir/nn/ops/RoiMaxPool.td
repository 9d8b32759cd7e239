include "ir/nn/NnBase.td"

def Nn_RoiMaxPoolOp : Nn_InferredOp<"roi_max_pool"> {
  let summary = "Maxima over the bins of regions of images";
  let description = [{
    x [N,H,W,C], rois [R,5] (image, x1, y1, x2, y2), y [R,P,Q,C] with `size` = [P,Q]. The corners times `scale` are
    rounded to pixels, halves away from 0, and belong to the region, which has at least one pixel. Bin (p, q) reaches
    from floor(p * rows / P) to ceil((p + 1) * rows / P) downwards, and likewise to the right; empty bins give 0.
    Floats, f16 and bf16 in f32. Source: ONNX MaxRoiPool-1..22.
  }];
  let arguments = (ins Nn_Tensor:$x, Nn_Tensor:$rois, DenseI64ArrayAttr:$size, F64Attr:$scale);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x `,` $rois attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
