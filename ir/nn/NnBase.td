// The nn dialect: what a network computes, as pure values on ranked tensors.
#ifndef BURIN_IR_NN_NNBASE_TD
#define BURIN_IR_NN_NNBASE_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpBase.td"
include "ir/nn/NnInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Nn_Dialect : Dialect {
  let name = "nn";
  let cppNamespace = "::burin::nn";
  let summary = "What a network computes: pure values on ranked tensors";
  let description = [{
    Spatial operators are NHWC with OHWI weights. Element types are `f32 f64 f16 bf16`, floats of 8 and 4 bits, `i1`
    (bool), signless `iN` (ONNX intN), `uiN` (ONNX uintN) and `!quant.uniform`. Every operator's meaning is the kernel calls its `lower` emits.
  }];
  let dependentDialects = ["::mlir::quant::QuantDialect"];
  let useDefaultAttributePrinterParser = 1;
  let extraClassDeclaration = [{ void registerAttributes(); }];
}

class Nn_Attr<string name, string attrMnemonic> : AttrDef<Nn_Dialect, name> {
  let mnemonic = attrMnemonic;
}

def Nn_OriginAttr : Nn_Attr<"Origin", "origin"> {
  let summary = "The ONNX tensor that a value holds";
  let description = [{
    Axis `perm[i]` of the ONNX tensor is axis `i` of the value; an empty `perm` is the identity. Where the value has only
    some of the tensor's channels, they are the indices `kept` of the tensor's axis `axis`. Carried as the discardable
    attribute `nn.origin` of the defining operator, kept by every rewrite (`copyOrigin`), read by the layer-by-layer verifier.
  }];
  let parameters = (ins "::mlir::StringAttr":$tensor, OptionalArrayRefParameter<"int64_t">:$perm,
                        OptionalArrayRefParameter<"int64_t">:$kept, DefaultValuedParameter<"int64_t", "0">:$axis);
  let builders = [AttrBuilder<(ins "::mlir::StringAttr":$tensor, "::llvm::ArrayRef<int64_t>":$perm), [{
    return $_get($_ctxt, tensor, perm, ::llvm::ArrayRef<int64_t>(), 0);
  }]>];
  let assemblyFormat = "`<` $tensor (`,` `[` $perm^ `]`)? (`,` `kept` `=` `[` $kept^ `]` `of` $axis)? `>`";
}

class Nn_KindEnum<string name, list<string> cases> : I32EnumAttr<name, "", !foldl(
    []<I32EnumAttrCase>, cases, acc, case, !listconcat(acc, [I32EnumAttrCase<case, !size(acc)>]))> {
  let cppNamespace = "::burin::nn";
  let genSpecializedAttr = 0;
}
class Nn_Kind<string name, string enumMnemonic, list<string> cases>
    : EnumAttr<Nn_Dialect, Nn_KindEnum<name, cases>, enumMnemonic> {
  let assemblyFormat = "$value";
}

// Element-wise y = f(x). Parameters alpha, beta where the formula has them (see ops/Unary.td).
def Nn_UnaryKind : Nn_Kind<"UnaryKind", "unary", [
  "abs", "neg", "exp", "log", "sqrt", "ceil", "floor", "round", "sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh",
  "tanh", "asinh", "acosh", "atanh", "erf", "sigmoid", "softplus", "softsign", "sign", "reciprocal", "relu", "hardswish",
  "mish", "gelu", "gelu_tanh", "bitwise_not", "logical_not", "leaky_relu", "elu", "celu", "selu", "hard_sigmoid",
  "thresholded_relu", "shrink", "swish", "is_nan", "is_inf"]>;
def Nn_BinaryKind : Nn_Kind<"BinaryKind", "binary", [
  "add", "sub", "mul", "div", "min", "max", "pow", "mod", "fmod", "prelu", "bitwise_and", "bitwise_or", "bitwise_xor",
  "shift_left", "shift_right", "logical_and", "logical_or", "logical_xor"]>;
def Nn_CompareKind : Nn_Kind<"CompareKind", "compare", ["equal", "less", "less_equal", "greater", "greater_equal"]>;
def Nn_ReduceKind : Nn_Kind<"ReduceKind", "reduce", [
  "sum", "mean", "prod", "max", "min", "l1", "l2", "sum_square", "log_sum", "log_sum_exp"]>;
def Nn_ArgKind : Nn_Kind<"ArgKind", "arg", ["arg_max", "arg_min"]>;
def Nn_ScanKind : Nn_Kind<"ScanKind", "scan", ["cumsum", "cumprod"]>;
def Nn_PoolKind : Nn_Kind<"PoolKind", "pool", ["max_pool", "avg_pool", "lp_pool"]>;
def Nn_SoftmaxKind : Nn_Kind<"SoftmaxKind", "softmax", ["softmax", "log_softmax", "hardmax"]>;
def Nn_NormKind : Nn_Kind<"NormKind", "norm", ["layer_norm", "rms_norm"]>;
def Nn_TreeKind : Nn_Kind<"TreeKind", "tree", ["tree_sum", "tree_min", "tree_max"]>;
def Nn_RecurrentKind : Nn_Kind<"RecurrentKind", "recurrent", ["rnn", "gru", "lstm"]>;
def Nn_SampleMode : Nn_Kind<"SampleMode", "sample_mode", ["nearest", "linear", "cubic"]>;
def Nn_SampleBorder : Nn_Kind<"SampleBorder", "sample_border", ["zeros", "border", "reflection"]>;
def Nn_RoiKind : Nn_Kind<"RoiKind", "roi", ["avg", "max"]>;
def Nn_PadMode : Nn_Kind<"PadMode", "pad_mode", ["constant", "edge", "reflect", "wrap"]>;
def Nn_ScatterKind : Nn_Kind<"ScatterKind", "scatter", ["none", "add", "mul", "min", "max"]>;

class Nn_Op<string mnemonic, list<Trait> traits = []> : Op<Nn_Dialect, mnemonic,
    !listconcat([Pure, DeclareOpInterfaceMethods<Nn_OpInterface, ["lower"]>], traits)>;

// Result types are checked against the inferred ones before the operator's own verifier runs, which may then rely on
// whatever inference demands (axes in range, equal ranks). MLIR itself checks them only afterwards.
def Nn_ResultsAreInferred : NativeOpTrait<"ResultsAreInferred"> {
  let cppNamespace = "::burin::nn";
}

// An operator whose result types follow from operands and attributes. Where a type is quantised, the result's is stated
// explicitly and only its shape is checked against the inferred one.
class Nn_InferredOp<string mnemonic, list<Trait> traits = []> : Nn_Op<mnemonic, !listconcat([
    InferTypeOpAdaptorBase<[{
      static bool isCompatibleReturnTypes(::mlir::TypeRange inferred, ::mlir::TypeRange actual) {
        return ::burin::nn::areCompatibleResults(inferred, actual);
      }
    }]>, Nn_ResultsAreInferred], traits)>;

defvar Nn_Tensor = AnyRankedTensor;
#endif
