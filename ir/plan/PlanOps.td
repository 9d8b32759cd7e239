// The plan dialect: what is executed. Buffers with offsets, constants, and layers of kernel calls in order.
#ifndef BURIN_IR_PLAN_PLANOPS_TD
#define BURIN_IR_PLAN_PLANOPS_TD

include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"
include "mlir/IR/OpAsmInterface.td"
include "mlir/IR/OpBase.td"
include "mlir/IR/SymbolInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Plan_Dialect : Dialect {
  let name = "plan";
  let cppNamespace = "::burin::plan";
  let summary = "What is executed: buffers with offsets, and layers of kernel calls";
  let useDefaultAttributePrinterParser = 1;
  let useDefaultTypePrinterParser = 1;
  let extraClassDeclaration = [{ void registerAttributes(); void registerTypes(); }];
}

def Plan_BufferType : TypeDef<Plan_Dialect, "Buffer"> {
  let mnemonic = "buffer";
  let summary = "Bytes at a fixed place: in the arena, in the state, or constant";
}

class Plan_Attr<string name, string attrMnemonic> : AttrDef<Plan_Dialect, name> { let mnemonic = attrMnemonic; }

def Plan_PtrAttr : Plan_Attr<"Ptr", "ptr"> {
  let summary = "Pointer argument: operand `buffer` of the call, element offset, element stride per loop";
  let parameters = (ins "unsigned":$buffer, "int64_t":$offset, OptionalArrayRefParameter<"int64_t">:$strides);
  let assemblyFormat = "`<` $buffer `+` $offset (`,` `[` $strides^ `]`)? `>`";
}
def Plan_WindowAttr : Plan_Attr<"Window", "window"> {
  let summary = "Row window argument: pointers to `count` rows; NULL for a row outside [0, height)";
  let description = "Row k is index(loop)*stride - pad + k*dilation. loop = -1: index 0.";
  let parameters = (ins "PtrAttr":$image, "int64_t":$loop, "int64_t":$stride, "int64_t":$pad, "int64_t":$dilation,
                        "int64_t":$count, "int64_t":$height, "int64_t":$row);
  let assemblyFormat = "`<` struct(params) `>`";
}
def Plan_NumAttr : Plan_Attr<"Num", "num"> {
  let summary = "Integer argument that depends on the loop indices: value + sum of index * stride";
  let parameters = (ins "int64_t":$value, ArrayRefParameter<"int64_t">:$strides);
  let assemblyFormat = "`<` $value `,` `[` $strides `]` `>`";
}

def Plan_RowsAttr : Plan_Attr<"Rows", "rows"> {
  let summary = "Rows that a layer reads of an operand: turn t reads rows t*stride + first and the span - 1 behind it";
  let description = "Of these, those that exist: a window may reach beyond the tensor.";
  let parameters = (ins "int64_t":$stride, "int64_t":$first, "int64_t":$span);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Plan_MemoryAttr : Plan_Attr<"Memory", "memory"> {
  let summary = "A memory of the target: its bytes, and what the program has in it";
  let description = [{
    With `constants` it holds tables, `used` bytes of them. Otherwise `arena` bytes of buffers, whose offsets count from the
    start of that, `bound` being what `bound` of the program is, for these buffers alone, and `proof` likewise; `used`
    counts what lives between two runs as well, where that is in this memory (`state`).
  }];
  let parameters = (ins StringRefParameter<>:$name, "int64_t":$bytes, "bool":$slow, "bool":$constants,
                        "int64_t":$used, "int64_t":$arena, "int64_t":$bound, "bool":$optimal, "bool":$state,
                        OptionalParameter<"::mlir::ArrayAttr">:$proof);
  let assemblyFormat = "`<` struct(params) `>`";
}

def Plan_ProgramOp : Op<Plan_Dialect, "program", [IsolatedFromAbove, NoTerminator, SingleBlock, Symbol]> {
  let summary = "One library: its buffers and constants, then its layers in execution order";
  let description = [{
    `arena`: bytes of the arena, 0 until offsets are assigned; `bound`: no arena can be smaller. That is the largest sum of
    bytes alive at once, or, where `proof` names buffers, what these need by themselves.
    `state`: bytes of what lives between two runs, a memory of its own.
    `rowwise`: buffers are placed by the lifetimes of their rows, not by those of the whole buffers.
    `memories`: those of the target, in the order of preference, where they are known (#plan.memory): RAM first, then those
    of constants. `arena` and `bound` are then the sums of theirs.
  }];
  let arguments = (ins SymbolNameAttr:$sym_name, DefaultValuedAttr<I64Attr, "0">:$arena,
                       DefaultValuedAttr<I64Attr, "0">:$bound, UnitAttr:$optimal,
                       DefaultValuedAttr<I64Attr, "0">:$state, UnitAttr:$rowwise,
                       OptionalAttr<StrArrayAttr>:$proof, OptionalAttr<ArrayAttr>:$memories);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$sym_name attr-dict-with-keyword $body";
}

def Plan_BufferOp : Op<Plan_Dialect, "buffer", [DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "Arena bytes, or with `state` bytes that live between two runs, or with `pushed` or `pulled` the caller's";
  let description = [{
    Alive from layer `live[0]` (-1: from the start, an input) to layer `live[1]` (the number of layers: to the end, an
    output), inclusive. `offset` is absent until planned. `type` is the tensor it first holds.
    A buffer with `state` is alive throughout, its offset counts from the start of the state, and it is both an input and
    an output of the program: the value before a run and the value after it. Without a plan.reset it starts as zeros.
    A buffer with `ring` keeps that many rows of its tensor, each of `row_bytes` bytes: row r lies at row r mod `ring`.
    A buffer with `pushed` is the program's input as its caller brings it: a ring of one row, which in turn t of the layer
    that reads it holds row t. It lies in the caller's memory and has no offset. One with `pulled` is the program's output
    as its caller gets it: row t in turn t of the layer that writes it. Where it lies is the caller's affair, too.
    A buffer with `kept` is result number `kept` of a trunk, a program that several others begin with. In these it is an
    input and, untouched, an output; in all of them it has one offset.
    A buffer with `transient` is scratch of a layer with turns: it holds nothing from one turn to the next.
    `memory`: the number of its memory among the program's, if there are any; the offset counts within that.
  }];
  let arguments = (ins StrAttr:$name, I64Attr:$bytes, I64Attr:$align, DenseI64ArrayAttr:$live, OptionalAttr<I64Attr>:$offset,
                       TypeAttr:$type, UnitAttr:$state, OptionalAttr<I64Attr>:$ring, OptionalAttr<I64Attr>:$row_bytes,
                       UnitAttr:$pushed, UnitAttr:$pulled, OptionalAttr<I64Attr>:$kept, UnitAttr:$transient,
                       OptionalAttr<I64Attr>:$memory);
  let results = (outs Plan_BufferType:$result);
  let builders = [OpBuilder<(ins "::mlir::Type":$result, "::mlir::StringAttr":$name, "::mlir::IntegerAttr":$bytes, "::mlir::IntegerAttr":$align,
                                 "::mlir::DenseI64ArrayAttr":$live, "::mlir::IntegerAttr":$offset, "::mlir::TypeAttr":$type, CArg<"::mlir::UnitAttr", "{}">:$state),
    [{ build($_builder, $_state, result, name, bytes, align, live, offset, type, state, /*ring=*/{},
             /*row_bytes=*/{}, /*pushed=*/::mlir::UnitAttr(), /*pulled=*/::mlir::UnitAttr(), /*kept=*/{}, /*transient=*/::mlir::UnitAttr(), /*memory=*/{}); }]>];
  let assemblyFormat = "$name $type attr-dict";
  let extraClassDeclaration = [{
    /// Whether the bytes are the arena's: neither state nor the caller's.
    bool isInArena() { return !getState() && !isCallers(); }
    /// Whether they are the caller's, a row at a time.
    bool isCallers() { return getPushed() || getPulled(); }
  }];
}

def Plan_ResetOp : Op<Plan_Dialect, "reset"> {
  let summary = "What a buffer of the state holds before the first run: the bytes of a constant";
  let arguments = (ins Plan_BufferType:$buffer, Plan_BufferType:$value);
  let assemblyFormat = "$buffer `to` $value attr-dict";
}

def Plan_ConstantOp : Op<Plan_Dialect, "constant", [DeclareOpInterfaceMethods<OpAsmOpInterface, ["getAsmResultNames"]>]> {
  let summary = "Bytes in flash; `type` gives the C element type and the shape of the table, `memory` says which flash";
  let arguments = (ins StrAttr:$name, ElementsAttr:$value, TypeAttr:$type, OptionalAttr<I64Attr>:$memory);
  let results = (outs Plan_BufferType:$result);
  let assemblyFormat = "$name $type attr-dict $value";
}

def Plan_InputOp : Op<Plan_Dialect, "input"> {
  let summary = "The program's next input: its ONNX name, its type, where it lies";
  let arguments = (ins StrAttr:$name, TypeAttr:$type, Plan_BufferType:$buffer);
  let assemblyFormat = "$name $type `in` $buffer attr-dict";
}
def Plan_OutputOp : Op<Plan_Dialect, "output"> {
  let summary = "The program's next output: its ONNX name, its type, where it lies";
  let arguments = (ins StrAttr:$name, TypeAttr:$type, Plan_BufferType:$buffer);
  let assemblyFormat = "$name $type `in` $buffer attr-dict";
}

def Plan_SizeOp : Op<Plan_Dialect, "size"> {
  let summary = "A size known only at run time: the uint32 in `buffer`";
  let description = [{
    min <= size <= max, and a multiple of `step`. The caller gives it, or, where there is a `node`, the layer of that ONNX
    node writes it. What depends on sizes carries a dictionary `plan.varies`: which of its numbers ("loops.0",
    "args.2.offset", "type.1": those of its attributes are their values at the largest sizes) is which expression of sizes.
  }];
  let arguments = (ins StrAttr:$name, I64Attr:$min, I64Attr:$max, DefaultValuedAttr<I64Attr, "1">:$step,
                       OptionalAttr<StrAttr>:$node, Plan_BufferType:$buffer);
  let assemblyFormat = "$name `in` $buffer attr-dict";
}
def Plan_DerivedSizeOp : Op<Plan_Dialect, "derived_size"> {
  let summary = "A size that follows from those before it: floor(numerator / divisor)";
  let arguments = (ins StrAttr:$name, StrAttr:$numerator, I64Attr:$divisor);
  let assemblyFormat = "$name `=` $numerator `over` $divisor attr-dict";
}

def Plan_LayerOp : Op<Plan_Dialect, "layer", [NoTerminator, SingleBlock]> {
  let summary = "What one nn operator became: kernel calls in order";
  let description = [{
    `kind` is the operator ("conv2d"), `result` the buffer and type of what it computes. The location names the ONNX nodes.
    `slow` says why the layer isn't on a fast path; absent if it is. Attribute `nn.kernels_because` says why it
    has these kernels, where there are others. Attribute `nn.removed` [n, of]: so many of so many
    channels that the model computes here are constant or never read, and don't exist in the program.
    `nn.operand_elements` has the element types of the operator's operands, constants included; `nn.float_because` says why
    it computes with floats beside quantised values, `nn.inexact` what of its integers isn't exact.

    The body holds calls, or one plan.loop or plan.if with further layers. Layers are numbered in the order of the text,
    outer ones before those inside: lifetimes of buffers are intervals of these numbers.

    A layer with `turns` works row by row: turn t reads of each operand the rows that `row_reads` says and writes the
    `rows_made` rows of the result from row t*rows_made on, those that exist, or with `accumulates` the whole result in
    the last turn. The rows of one turn lie one behind the other: a ring has a multiple of them. It may write over the
    rows that it reads in the same turn of the operands `overwrites`, if they lie at the same place.
  }];
  let arguments = (ins StrAttr:$name, StrAttr:$kind, I64Attr:$macs, Variadic<Plan_BufferType>:$reads,
                       Plan_BufferType:$result, TypeArrayAttr:$read_types, TypeAttr:$type, OptionalAttr<StrAttr>:$slow,
                       OptionalAttr<I64Attr>:$turns, OptionalAttr<ArrayAttr>:$row_reads,
                       OptionalAttr<DenseI64ArrayAttr>:$overwrites, UnitAttr:$accumulates, UnitAttr:$lazy,
                       DefaultValuedAttr<I64Attr, "1">:$rows_made);
  let regions = (region SizedRegion<1>:$body);
  let builders = [OpBuilder<(ins "::llvm::StringRef":$name, "::llvm::StringRef":$kind, "int64_t":$macs, "::mlir::ValueRange":$reads,
                                 "::mlir::Value":$result, "::mlir::ArrayAttr":$read_types, "::mlir::Type":$type, "::mlir::StringAttr":$slow),
    [{ build($_builder, $_state, name, kind, macs, reads, result, read_types, type, slow, /*turns=*/{},
             /*row_reads=*/{}, /*overwrites=*/{}, /*accumulates=*/false, /*lazy=*/false, /*rows_made=*/1); }]>];
  let assemblyFormat = [{
    $name $kind `(` $reads `:` $read_types `)` `->` $result `:` $type attr-dict-with-keyword $body
  }];
  let hasVerifier = 1;
}

def Plan_LoopOp : Op<Plan_Dialect, "loop", [NoTerminator, SingleBlock]> {
  let summary = "Layers that run `trips` times in order, or until the bool in `condition` is found false before a turn";
  let arguments = (ins I64Attr:$trips, Optional<Plan_BufferType>:$condition);
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "$trips (`while` $condition^)? attr-dict-with-keyword $body";
}

def Plan_StreamOp : Op<Plan_Dialect, "stream", [NoTerminator, SingleBlock]> {
  let summary = "Layers that advance together, row by row";
  let description = [{
    Each layer inside has `turns`. The next turn is always that of the last layer in the text that can take one: it has turns
    left, and of every operand that the stream computes the rows that the turn reads are there. A `lazy` layer also waits
    until the next turn of a layer that reads its result lacks a row of it. The stream ends when the layers whose results
    aren't rings have taken all turns.
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict-with-keyword $body";
}

def Plan_IfOp : Op<Plan_Dialect, "if", [NoTerminator, SingleBlock]> {
  let summary = "The layers of `then` if the bool in `condition` is true, else those of `otherwise`";
  let arguments = (ins Plan_BufferType:$condition);
  let regions = (region SizedRegion<1>:$then, SizedRegion<1>:$otherwise);
  let assemblyFormat = "$condition attr-dict-with-keyword `then` $then `else` $otherwise";
}

def Plan_CallOp : Op<Plan_Dialect, "call"> {
  let summary = "A kernel inside a loop nest";
  let description = [{
    `turned`: the first of `loops` is the plan.loop or the plan.stream around the layer, whose turn less `first` is its
    index; the call runs in those turns alone.

    `args` has one attribute per parameter of the kernel: #plan.ptr, #plan.window, #plan.num or an integer, a float, or unit
    (a NULL pointer). Pointers index `buffers`.
  }];
  let arguments = (ins StrAttr:$kernel, Variadic<Plan_BufferType>:$buffers, DenseI64ArrayAttr:$loops,
                       ArrayAttr:$args, UnitAttr:$turned, DefaultValuedAttr<I64Attr, "0">:$first);
  let assemblyFormat = "$kernel `(` $buffers `)` `loops` $loops `args` $args attr-dict";
  let hasVerifier = 1;
}
#endif
