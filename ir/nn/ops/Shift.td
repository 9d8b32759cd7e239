include "ir/nn/NnBase.td"

def Nn_ShiftOp : Nn_InferredOp<"shift", [DeclareOpInterfaceMethods<Nn_OpInterface, ["mayOverwrite"]>]> {
  let summary = "A window over a sequence moves on: the first rows leave it, as many new ones follow its last";
  let description = [{
    window [..., N, ...], rows [..., M, ...] with M <= N; y has the window's type: along `axis`, y[i] = window[i + M] for
    i < N - M, and rows[i - (N - M)] behind them. No ONNX operator; it comes from the pass stream-time.
  }];
  let arguments = (ins Nn_Tensor:$window, Nn_Tensor:$rows, I64Attr:$axis);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$window `,` $rows attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
