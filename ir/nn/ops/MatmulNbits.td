include "ir/nn/NnBase.td"

def Nn_MatmulNbitsOp : Nn_InferredOp<"matmul_nbits", [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "y = a . w^T with weights of 2, 4 or 8 bits, a scale and a zero point for each block of a row";
  let description = [{
    y[i, j] = sum_c scale[j, c] * sum_{d in block c} a[i, d] * (w[j, d] - zero[j, c]). a [M, K], w ui8 [N, C, B]: C =
    ceil(K / block) blocks of B = block * bits / 8 bytes, the weights from the lowest bits of a byte on; scale and zero
    [N, C], or one zero [1, 1] for all; y [M, N]. All but w are f32. block * bits is a multiple of 8. Source: MatMulNBits of com.microsoft.
  }];
  let arguments = (ins Nn_Tensor:$a, Nn_Tensor:$w, Nn_Tensor:$scale, Nn_Tensor:$zero, I64Attr:$bits, I64Attr:$block);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
