// Every pass: its name, what it does, what it needs. Implementations: passes/<phase>/<Name>.cpp.
#ifndef BURIN_PASSES_PASSES_TD
#define BURIN_PASSES_PASSES_TD

include "mlir/Pass/PassBase.td"

// nn: simplify/
def FoldStorageCasts : Pass<"fold-storage-casts"> {
  let summary = "Quantised values stay quantised between Q and DQ: casts to plain integers move and cancel";
}

def SimplifyAlgebra : Pass<"simplify-algebra"> {
  let summary = "Small identities: clamps, extremes, powers, broadcasts, transposed products";
}

def FoldConstants : Pass<"fold-constants"> {
  let summary = "Evaluate operators whose operands are all constants";
  let description = "A result that would be more than 8 times as large as its operands (and 1 KiB) stays an operator.";
  let options = [Option<"dequantize", "dequantize", "bool", "true", "also dequantisations, which quadruple their constant">];
}

def FuseBias : Pass<"fuse-bias"> {
  let summary = "A constant added per output channel becomes the bias of the convolution or product";
}

def FoldBatchNorm : Pass<"fold-batch-norm"> {
  let summary = "Constant factors per channel around a convolution or product move into its weights, or into their scales";
}

def FuseActivation : Pass<"fuse-activation"> {
  let summary = "A clamp becomes the bounds of the convolution, product or binary operator before it";
}

def FoldPads : Pass<"fold-pads"> {
  let summary = "Constant padding becomes the padding of the convolution or pool behind it";
}

def NarrowWideTypes : Pass<"narrow-wide-types"> {
  let summary = "int64 and double become int32 and float32 inside, where the values' ranges prove that nothing changes";
}

// nn: kernels/
def ChooseKernels : Pass<"choose-kernels"> {
  let summary = "Says of each convolution and product which kernels it is lowered to";
  let description = [{
    Each can have several forms, which trade instructions for flash: tiles of more or fewer pixels, of two sizes or of one,
    weights of 8 or 16 bits, Winograd's form. What each costs follows from its calls and constants (passes/cost/Kernels.h),
    code is shared by all operators of a form. `optimize` says what the choice is for, `bytes` what constants and code of
    these operators may take.
  }];
  let options = [Option<"kernels", "kernels", "std::string", "", "the target's family: pairs, lanes or dots">,
                 Option<"pixels", "pixels", "int64_t", "4", "pixels of a tile, at most">,
                 Option<"winograd", "winograd", "bool", "true", "convolutions by Winograd's F(4, 3) where that is faster">,
                 Option<"wideWeights", "wide-weights", "bool", "false", "weights of 16 bits">,
                 Option<"joinedPixels", "joined-pixels", "bool", "false", "two pixels share a multiplication">,
                 Option<"skipZeros", "skip-zeros", "bool", "false", "of a single pixel, inputs that are zero are skipped">,
           Option<"onlyWinograd", "only-winograd", "bool", "false", "Winograd's form wherever that is faster, whatever it costs">,
           Option<"onlyWide", "only-wide", "bool", "false", "likewise weights of 16 bits">,
           Option<"optimize", "optimize", "std::string", "\"balanced\"", "speed, balanced or size">,
           Option<"vocabulary", "vocabulary", "std::string", "\"c99\"", "the target's vocabulary">,
           Option<"byRows", "by-rows", "bool", "true", "operators will be computed row by row">,
           Option<"bytes", "bytes", "int64_t", "-1", "flash for these operators; -1: any">,
           Option<"refresh", "refresh", "bool", "false", "choose nothing, but bring the costs up to date">];
}

// nn: quantize/
def RecogniseQuantisation : Pass<"recognise-quantisation"> {
  let summary = "Rounding to a grid, written as arithmetic on floats, becomes quantize and dequantize";
  let description = [{
    clamp(round(x / s) + z), in the orders that exporters write, turned to integers by a cast or back to reals by a factor s,
    and the integers turned to reals by a cast, a zero point and a factor. Where x is multiplied by 1 / s instead, the result is
    that of the division, which may differ next to a tie.
  }];
}

def QuantizeToInteger : Pass<"quantize-to-integer"> {
  let summary = "DQ -> operator -> Q becomes the operator on quantised types";
  let description = [{
    Dequantisations sink, quantisations rise through data movement; between them convolutions, products, sums, pools, means,
    unary operators, clamps and softmax become integer operators (exact accumulation, one rounding). What can't keeps its
    float form and says why in the attribute `nn.float_because`.
  }];
}

def BoundaryQuantisation : Pass<"boundary-quantisation", "::mlir::func::FuncOp"> {
  let summary = "Inputs and outputs marked nn.io_quantized become integers; integers say their quantisation in nn.quant";
  let description = [{
    The first quantisation of a marked input and the last dequantisation of a marked output go to the caller. Fails with
    BRN1508 where there is none. Every integer input and output that is quantised gets the attribute `nn.quant`.
  }];
}

def KeepWeights : Pass<"keep-weights"> {
  let summary = "Quantised constant weights of float convolutions and products stay integers where that saves flash";
  let description = [{
    The dequantisation becomes part of the operator, whose kernel makes floats of the weights as it goes. Scales per tensor,
    per output or, of products, per block of the inner dimension.
  }];
}

def PackWeights : Pass<"pack-weights"> {
  let summary = "Weights of 4 bits or fewer that only kernels which unpack them read are packed in the library";
  let description = "They get the fewest of 2 and 4 bits that hold their values: nn.packed_bits of nn.constant.";
}

// nn: layout/
def BoundaryLayout : Pass<"boundary-layout", "::mlir::func::FuncOp"> {
  let summary = "Inputs and outputs marked nn.io_nhwc change their axes: channels last, said in nn.perm";
  let description = "Axis i at the boundary is axis nn.perm[i] of the ONNX tensor. Fails with BRN1508 on ranks below 3.";
}

def NhwcLayout : Pass<"nhwc-layout", "::mlir::func::FuncOp"> {
  let summary = "Compute in the axis orders that move the fewest bytes: transposes sink, rise and cancel";
  let description = [{
    Convolutions and pools are NHWC; operators between them that work in any axis order get the one for which the transposes
    left over move the fewest bytes. Transposes of unit axes become reshapes. The bytes moved never grow.
  }];
}

def TransposeWeights : Pass<"transpose-weights"> {
  let summary = "Constant matmul weights: one row per output, columns in the order of the flattened activation";
}

// nn: prune/
def RemoveChannels : Pass<"remove-channels", "::mlir::func::FuncOp"> {
  let summary = "Channels of integer networks that are constant for every input, that equal others, or that nobody reads, go";
  let description = [{
    Interval analysis finds, channel by channel, what convolutions, products, sums, pools and tables can give, clamps
    included. A constant channel becomes part of the bias of what reads it (behind padding only where it is the zero point
    that is padded with); then it goes, with its weights, from every layer that it passes through. Of channels that are computed alike one stays,
    whose readers' weights are the sums, where these fit their type. No output changes.
  }];
}

// nn: strips/
def SplitColumns : Pass<"split-columns", "::mlir::func::FuncOp"> {
  let summary = "The first operators on an image are computed in strips of columns, one after the other";
  let description = [{
    Each strip has operators of its own, which compute the columns that it needs, those next to its borders once more; their
    results are concatenated. The function then takes as many images as there are strips, one below the other, and says so in
    nn.strips of its argument: its caller brings the same one as often.
  }];
  let options = [Option<"strips", "strips", "int64_t", "2", "how many">,
                 Option<"length", "length", "int64_t", "1", "of the first so many operators, constants not counted">];
}

// plan: lower/
// nn: stream/
def StreamTime : Pass<"stream-time", "::mlir::func::FuncOp"> {
  let summary = "A temporal network over a moving window becomes a step that computes only what is new";
  let description = [{
    The input has the rows of one step, `nn.stream` of the function says [axis, rows a step, rows of the window]; windows over
    inner values become states that the boundary doesn't show (`nn.hidden`). A result along time has the last rows of the
    windowed network's that saw no padding: its `nn.stream` says [axis, first row, number of rows]. Fails with BRN1513 where the results
    wouldn't be those of the windowed network.
  }];
  let options = [Option<"axis", "axis", "int64_t", "-1", "of the input; -1: the one that costs least">];
}

def LowerToPlan : Pass<"lower-to-plan", "::mlir::ModuleOp"> {
  let summary = "Turn the nn function into a plan program: one layer an operator, kernel calls, buffers without offsets";
  let description = [{
    With schedule `overlap`, `streams` or `auto`, tensors live row by row, and (the last two) layers may run as streams.
    Functions with loops or branches are always scheduled by `layers`.

    With push-rows the one input comes row by row: a layer `push` brings its rows, and the stream that it begins keeps those
    that are still needed. Fails with BRN1514 where that can't be. With pull-rows, too, a layer `pull` at the end hands out
    the rows of the one output, and all layers are one stream; fails with BRN1515 where that can't be.
  }];
  let options = [Option<"schedule", "schedule", "std::string", "\"layers\"", "layers, overlap, streams or auto">,
                 Option<"pushRows", "push-rows", "bool", "false", "the input comes row by row">,
                 Option<"pullRows", "pull-rows", "bool", "false", "the output is handed out row by row">,
                 Option<"ram", "ram", "int64_t", "0", "auto takes the fastest schedule that fits, not the smallest">,
                 Option<"planTime", "plan-time", "int64_t", "10", "seconds for the search of a schedule, about">];
  let dependentDialects = ["::burin::plan::PlanDialect"];
}

def ShareTrunks : Pass<"share-trunks", "::mlir::ModuleOp"> {
  let summary = "Functions that begin with the same computation get a trunk, which leaves what they go on with";
  let description = [{
    For IR tests; the compiler calls `share::splitTrunks`. Of each trunk come the trunk itself and the rest of its users, in
    place of the functions; what the trunk leaves has attribute `nn.kept` as its result or argument and as their argument.
  }];
}

def AssignOffsets : Pass<"assign-offsets", "::mlir::ModuleOp"> {
  let summary = "Place every arena buffer of the plan and re-check the placement with the independent validator";
  let options = [Option<"planTime", "plan-time", "int64_t", "10", "seconds for the search of places and proofs, about">];
}
#endif
