include "ir/nn/NnBase.td"

def Nn_LoopOp : Nn_Op<"loop", [IsolatedFromAbove, AttrSizedOperandSegments,
                               DeclareOpInterfaceMethods<Nn_OpInterface, ["macs"]>]> {
  let summary = "A body that runs `trips` times, or until a carried condition is false";
  let description = [{
    Turn t = 0 … trips - 1 computes `yield(carried', outs) = body(t, carried, slices, captures)`:

    * t is an i64 scalar; carried is inits in turn 0, then what the turn before yielded, of the same types;
    * slice k is scans[k] at index t of axis scan_axes[k] (trips - 1 - t if scan_reversed[k]), without that axis;
    * captures are the same in every turn;
    * out j of turn t becomes index t (trips - 1 - t if out_reversed[j]) of axis out_axes[j] of its result.

    The results are the carried values after the last turn, then the stacked outs. Axes are not negative. If
    `conditional`, carried value 0 is one bool, looked at before every turn: false ends the loop; there are no outs
    then, whose length would depend on data. trips < 2^31. Source: ONNX Loop-1..25, Scan-8..25.
  }];
  let arguments = (ins Variadic<Nn_Tensor>:$inits, Variadic<Nn_Tensor>:$scans, Variadic<Nn_Tensor>:$captures,
                       I64Attr:$trips, UnitAttr:$conditional, DenseI64ArrayAttr:$scan_axes,
                       DenseBoolArrayAttr:$scan_reversed, DenseI64ArrayAttr:$out_axes,
                       DenseBoolArrayAttr:$out_reversed);
  let results = (outs Variadic<Nn_Tensor>:$results);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = [{
    `(` ($inits^ `:` type($inits))? `)` `over` `(` ($scans^ `:` type($scans))? `)`
    `with` `(` ($captures^ `:` type($captures))? `)` attr-dict-with-keyword (`->` type($results)^)? $body
  }];  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let extraClassDeclaration = [{
    ::mlir::BlockArgument getIndex() { return getBody().getArgument(0); }
    ::mlir::BlockArgument carried(size_t i) { return getBody().getArgument(static_cast<unsigned>(1 + i)); }
    ::mlir::BlockArgument slice(size_t k) {
      return getBody().getArgument(static_cast<unsigned>(1 + getInits().size() + k));
    }
    ::mlir::BlockArgument capture(size_t c) {
      return getBody().getArgument(static_cast<unsigned>(1 + getInits().size() + getScans().size() + c));
    }
    size_t numOuts() { return getOutAxes().size(); }
    ::mlir::Value yielded(size_t i) { return getBody().front().getTerminator()->getOperand(static_cast<unsigned>(i)); }
    ::mlir::Value yieldedOut(size_t j) { return yielded(getInits().size() + j); }
  }];
}
