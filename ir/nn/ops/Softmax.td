include "ir/nn/NnBase.td"

def Nn_SoftmaxOp : Nn_InferredOp<"softmax", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite", "rowRule"]>]> {
  let summary = "softmax, log_softmax or hardmax along one axis";
  let description = [{
    softmax: exp(x_i) / sum_j exp(x_j), without overflow; log_softmax its logarithm; hardmax: 1 at the first maximum,
    else 0. Floats; f16 and bf16 are computed in f32. Quantised per tensor, one of x and y with 16 bits or both with 8
    and one storage: softmax as Q(softmax(DQ(x))) with tables of exponentials and integer division; else BRN1401. Source: ONNX Softmax-13,
    LogSoftmax-13, Hardmax-13 (older opsets are flattened by the importer).
  }];
  let arguments = (ins Nn_SoftmaxKind:$kind, Nn_Tensor:$x, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$kind $x attr-dict `:` functional-type(operands, results)";
}
