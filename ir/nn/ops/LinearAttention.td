include "ir/nn/NnBase.td"

def Nn_LinearAttentionOp : Nn_InferredOp<"linear_attention",
                                         [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "Attention as a recurrence on a state per key head; gives outputs and the last state";
  let description = [{
    q [B,T,HQ*DK], k [B,T,H*DK], v [B,T,H*DV], state [B,H,DK,DV], decay [B,T,H*DK], [B,T,H] or [1,1,1], beta [B,T,H],
    [B,T,1] or [1,1,1]; y [B,T,HQ*DV], last [B,H,DK,DV], HQ a multiple of H = `heads`. Per step, with S from `state` on:
      S = decay * S;  S += beta k (v - S^T k)^T, without `delta` S += beta k v^T;  y = scale * S^T q
    Of f32 or f64. Source: ONNX LinearAttention-27, whose decay is exp of its input.
  }];
  let arguments = (ins Nn_Tensor:$q, Nn_Tensor:$k, Nn_Tensor:$v, Nn_Tensor:$state, Nn_Tensor:$decay, Nn_Tensor:$beta,
                       I64Attr:$heads, F64Attr:$scale, UnitAttr:$delta);
  let results = (outs Nn_Tensor:$y, Nn_Tensor:$last);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
