include "ir/nn/NnBase.td"

def Nn_PairwiseCouplingOp : Nn_InferredOp<"pairwise_coupling"> {
  let summary = "Class probabilities from the probabilities of all pairs of classes";
  let description = [{
    r [N, K, K] f32: r[n, i, j] is the probability of class i if it is i or j, in (0, 1), and r[n, j, i] the rest of 1;
    the diagonal isn't read. y [N, K], K >= 1. Iterates as LIBSVM does, at most 100 steps. Source: Wu, Lin, Weng (2004),
    algorithm 2; ONNX ai.onnx.ml SVMClassifier-1.
  }];
  let arguments = (ins Nn_Tensor:$r);
  let results = (outs Nn_Tensor:$y);
  let assemblyFormat = "operands attr-dict `:` functional-type(operands, results)";
  let hasVerifier = 1;
}
