include "ir/nn/NnBase.td"

def Nn_FourierOp : Nn_InferredOp<"fourier", [DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "Discrete Fourier transforms along the last axis but one, of lines or of windowed frames";
  let description = [{
    x [..., L, C]: C = 1 real, 2 complex (real, imaginary). y[k] = sum over i < n of z[i] exp(-2 pi j i k / n), with
    `inverse` exp(+...) / n; z[i] = x[i] * window[i], 0 beyond L; no window is 1.
    y [..., n, 2]; with `onesided` forward the bins k <= n / 2, [..., n / 2 + 1, 2]; with `onesided` and `inverse` x
    holds the bins up to n / 2 of a conjugate-symmetric spectrum and y is real, [..., n, 1].
    `step` > 0 takes frames: y [..., F, K, 2] with F = (L - n) / step + 1, frame f from x[f * step], L >= n.
    n >= 1. Floats (f16 and bf16 in f32; the window in the type of x).
    Source: ONNX DFT-17..20, STFT-17.
  }];
  let arguments = (ins Nn_Tensor:$x, Optional<Nn_Tensor>:$window, I64Attr:$n, I64Attr:$step, UnitAttr:$inverse,
                       UnitAttr:$onesided);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "$x (`,` $window^)? attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
