include "ir/nn/NnBase.td"

def Nn_RecurrentOp : Nn_Op<"recurrent", [
    AttrSizedOperandSegments, DeclareOpInterfaceMethods<Nn_OpInterface, ["macs", "mayOverwrite"]>]> {
  let summary = "The recurrence of an RNN, GRU or LSTM layer over all steps, in one or both directions";
  let description = [{
    Inputs times weights plus biases are computed before: x [T,B,D*G*H] for T steps, B sequences, D directions of G gates
    (rnn 1, gru 3: u r c, lstm 4: i o f c) of H units. Weights r [D,G*H,H], peepholes [D,3*H] (lstm: i o f), the bias
    inside the reset [D,H] (gru with `reset_after`), lengths [B] (i32, clamped to [0,T]), initial_h and initial_c [D,B,H].
    Results: the last states h and (lstm) c [D,B,H], and y [T,D,B,H], the state after each step, 0 beyond a length.
    A step, for the activations f, g, k, all arguments of f and g clamped to [-clip, clip] if clip isn't 0, "." by element:
      rnn   h = f(x + r h)
      gru   u = f(xu + ru h), v = f(xr + rr h), c = g(xc + rc (v . h)), h = (1 - u) . c + u . h
            with reset_after: c = g(xc + v . (rc h + bias))
      lstm  i = f(xi + ri h + pi . c), e = f(xf + rf h + pf . c) or, with input_forget, 1 - i,
            c = e . c + i . g(xc + rc h), o = f(xo + ro h + po . c), h = o . k(c)
    `reverse`: the first direction goes from a sequence's end to its start; of two, the second always does.
    `activations`: per direction f, g, k by number (see brn_activate_f32), with `alphas` and `betas`.
    f32, f64. Source: ONNX RNN-1..22, GRU-1..22, LSTM-1..22.
  }];
  let arguments = (ins Nn_RecurrentKind:$kind, Nn_Tensor:$x, Nn_Tensor:$r, Optional<Nn_Tensor>:$peepholes,
                       Optional<Nn_Tensor>:$bias, Optional<Nn_Tensor>:$lengths, Optional<Nn_Tensor>:$initial_h,
                       Optional<Nn_Tensor>:$initial_c, DenseI64ArrayAttr:$activations, DenseF64ArrayAttr:$alphas,
                       DenseF64ArrayAttr:$betas, F64Attr:$clip, UnitAttr:$reverse, UnitAttr:$input_forget,
                       UnitAttr:$reset_after);
  let results = (outs Nn_Tensor:$h, Optional<Nn_Tensor>:$c, Nn_Tensor:$y);
  let assemblyFormat = [{
    $kind $x `,` $r (`peepholes` $peepholes^)? (`bias` $bias^)? (`lengths` $lengths^)? (`h` $initial_h^)?
    (`c` $initial_c^)? attr-dict `:` functional-type(operands, results)
  }];
  let hasVerifier = 1;
}
