include "ir/nn/NnBase.td"

def Nn_RoiAlignOp : Nn_InferredOp<"roi_align"> {
  let summary = "Regions of images, resampled to one size";
  let description = [{
    x [N,H,W,C], rois [R,4] (x1, y1, x2, y2), image i64 [R] (clamped to 0 .. N-1), y [R,P,Q,C] with `size` = [P,Q].
    A corner is in pixels what its number times `scale` less half a pixel (`half_pixel`) is. Without `half_pixel`
    regions have at least one pixel. Each of the P x Q bins is the mean (avg) of its samples, or the largest (max)
    weighted neighbour of any sample; `grid` x `grid` samples, or ceil(bin) each way for 0, at most 4096. Samples
    interpolate linearly, and are 0 where they lie more than a pixel outside.
    Floats, f16 and bf16 in f32. Source: ONNX RoiAlign-10..22.
  }];
  let arguments = (ins Nn_RoiKind:$kind, Nn_Tensor:$x, Nn_Tensor:$rois, Nn_Tensor:$image, DenseI64ArrayAttr:$size,
    F64Attr:$scale, I64Attr:$grid, UnitAttr:$half_pixel);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x `,` $rois `,` $image attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
