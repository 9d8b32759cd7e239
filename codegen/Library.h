// The facts of one generated library, gathered once from the plan; every printed file is a view of them.
#ifndef BURIN_CODEGEN_LIBRARY_H
#define BURIN_CODEGEN_LIBRARY_H

#include "codegen/KernelCosts.h"
#include "ir/nn/Nn.h"
#include "ir/plan/Plan.h"
#include "ir/plan/ProgramSizes.h"

#include <optional>
#include <string>
#include <vector>

namespace burin::codegen {

/// One vector of inputs and what the reference gave for it, or none. Storage bytes in the library's own layout; of a
/// stream, the input has all steps of one window, and the outputs are those of the last.
struct GoldenVectors {
  std::vector<std::vector<char>> inputs, outputs;
  std::vector<int64_t> sizes; ///< of each plan.size, those that are found included
  std::string source;         ///< "test_data_set_0", "ONNX Runtime 1.31", "burin's interpreter"
  double rtol = 1e-3, atol = 1e-4;
  int64_t steps = 2; ///< integers: largest allowed difference
  bool none() const { return inputs.empty() && outputs.empty(); }
};

/// The rows of a windowed model's output that a step delivers: `count` from `first` on along `axis` of the model's
/// tensor.
struct TimeRows {
  int64_t axis = 0, first = 0, count = 0;
};

/// The library is a step of a network over a moving window.
struct TimeStream {
  int64_t axis = 0;                             ///< of the library's input: time
  int64_t rows = 1;                             ///< that a step takes
  int64_t window = 1;                           ///< rows of the windowed model's input
  std::vector<std::optional<TimeRows>> outputs; ///< nothing: the model's whole output
  /// Steps until a whole window has been seen.
  int64_t steps() const { return (window + rows - 1) / rows; }
};

/// What holds the constant tables.
enum class WeightFiles {
  One,     ///< NAME_weights.c
  Several, ///< that and NAME_weights_2.c ..., each with a part
  Binary   ///< NAME_weights.bin, and NAME_weights.S, which brings it into the program
};

/// What the caller knows of the library besides the plan.
struct LibraryInfo {
  std::string name;          ///< C identifier, lower case: prefix of every symbol
  std::string whole;         ///< of a library of several models, in which this is one of the runs, the name; else empty
  std::string target;        ///< "c99"
  std::string isa = "c99";   ///< vocabulary of its kernels
  std::string level = "-O2"; ///< what the C compiler is asked for
  std::string commandLine;   ///< as it can be repeated, without paths of this machine
  std::string modelFile;     ///< base name
  std::string sha256;        ///< of the .onnx, 64 hex digits
  bool fusesProducts = false; ///< the target's build makes one operation of a float product and a sum
  int64_t opset = 0, nodes = 0, parameters = 0;
  int64_t pointerBytes = 8; ///< on the target, for the stack bound
  WeightFiles weights = WeightFiles::One;
  bool traced = false; ///< working layers call NAME_enter(index) and NAME_leave(), which aren't in the library
  std::optional<TimeStream> stream;
  GoldenVectors golden;
  std::vector<GoldenVectors> moreGolden; ///< of other samples, or at other sizes
};

/// One input or output as the header presents it.
struct Tensor {
  std::string onnxName;
  std::string cName; ///< lower case identifier, unique among inputs and outputs
  mlir::RankedTensorType type;
  int64_t offset = 0;  ///< bytes into the arena, or into the state
  int64_t memory = -1; ///< where `Library::memories` has any for the arena, the number of its own
  bool isState = false;
  bool isPushed = false; ///< the caller brings it row by row: it has no place
  bool isPulled = false; ///< likewise, the caller gets it
  std::string ctype, view;
  mlir::quant::UniformQuantizedType quant; ///< how the integers read as reals, where known
  std::vector<sizes::Expr> dims;           ///< where they depend on sizes; `type` is then that of the largest
  llvm::SmallVector<int64_t> perm;         ///< ONNX axis of each axis; empty: the model's own layout
  int64_t elements() const { return nn::numElements(type.getShape()); }
};

struct Layer {
  plan::LayerOp op;
  std::string name, kind;
  std::vector<std::string> nodes; ///< ONNX nodes
  std::vector<std::string> kernels;
  int64_t macs = 0, scratch = 0;
  std::string slow;
  std::string kernelsBecause;     ///< what is special of these; else empty
  KernelChoice choice;            ///< what they were chosen over
  int64_t removed = 0, outOf = 0; ///< channels that the model computes here, and the library needn't
  int64_t first = 0, last = 0;    ///< its number, and that of the last layer inside it: what lifetimes count in
  bool turned = false;            ///< it depends on the turn of the loop around it
  std::vector<Layer> inner;       ///< the layers of the loop or of the branches that it consists of
};

struct Constant {
  plan::ConstantOp op;
  std::string name;   ///< without the library's prefix
  std::string symbol; ///< in C; that of another run where an equal table is stored for that
  std::string ctype;  ///< as the kernels read it
  llvm::ArrayRef<char> bytes;
  std::vector<char> storage; ///< behind `bytes` where the attribute holds another form
  llvm::SmallVector<int64_t> shape;
  std::string usedBy;      ///< the first layer that reads it
  int64_t memory = -1;     ///< where `Library::memories` has any for constants, the number of its own
  unsigned packedBits = 0; ///< packed weights (ir/nn/PackedWeights.h) of so many bits; 0: anything else
  mlir::Value buffer() const { return const_cast<plan::ConstantOp &>(op).getResult(); }
};

/// A memory of the target that the caller told of, and what the library has in it (plan::MemoryAttr).
struct Memory {
  std::string name, macro; ///< as it was told, and in upper case behind the library's prefix: "KWS_DTCM"
  int64_t bytes = 0, used = 0;
  bool isSlow = false, forConstants = false;
  int64_t arenaBytes = 0, bound = 0; ///< of the part of the arena that lies in it, rounded up to the alignment
  bool optimal = false, holdsState = false;
};

/// What a part of the state holds before the first run.
struct Reset {
  int64_t offset = 0, bytes = 0;
  std::string constant; ///< symbol of the table
};

/// How the input comes, or the output is handed out, row by row. The first layer is a stream; its first layer takes the
/// rows of the input, its last one hands out those of the output, and is then the last of all.
struct CallersRows {
  int64_t rows = 0, elements = 0; ///< so many rows of so many elements
  int64_t times = 1;              ///< all of them so often: once for each strip of columns
  plan::BufferOp keptIn;          ///< the ring or the buffer that they are copied to, or lie in
  int64_t asOne = 1;              ///< so many rows of which are one of these
  int64_t total() const { return rows * times; }
};

struct Library {
  LibraryInfo info;
  plan::ProgramOp program;
  std::optional<plan::ProgramSizes> sizes; ///< if there are any known only at run time
  std::vector<Tensor> inputs, outputs;
  std::vector<Layer> layers; ///< what NAME_run_next does in one step each
  std::optional<CallersRows> pushed;
  std::optional<CallersRows> pulled; ///< with `pushed` only
  std::vector<Constant> constants;
  std::vector<Memory> memories; ///< those of --memory, RAM first
  int64_t arenaBytes = 0, arenaAlign = 1, bound = 0, constantBytes = 0, macs = 0, maxStepMacs = 0, stackBound = 0;
  int64_t numbers = 0; ///< of layers, inner ones included
  bool optimal = false, usesMath = false;
  std::string upper;                   ///< info.name in upper case: prefix of every macro
  std::vector<std::string> views;      ///< C types that the arena is accessed as
  std::vector<std::string> stateViews; ///< those of the state; empty: the library has none
  std::vector<Reset> resets;           ///< the rest of the state starts as zeros
  int64_t stateBytes = 0, stateAlign = 1;
  bool hasState() const { return !stateViews.empty(); }
  /// The memories that the arena lies in; empty where its caller didn't tell of memories.
  std::vector<const Memory *> arenaMemories() const;
  /// Whether the arena lies in several memories: NAME_arena is then a struct of pointers to its parts.
  bool isDivided() const { return arenaMemories().size() > 1; }
  /// What the arena's members are accessed through: "arena->", or "arena->dtcm->" of memory `memory`.
  std::string inArena(llvm::StringRef arena, int64_t memory) const;
  std::string inArena(llvm::StringRef arena, plan::BufferOp buffer) const {
    return inArena(arena, static_cast<int64_t>(buffer.getMemory().value_or(0)));
  }
  /// The C expression that is true if a pointer to the arena, or to a part of it, is missing: "arena == NULL".
  std::string arenaIsNull() const;
  /// Of NAME_rows, which the caller keeps while rows come: a counter for each layer that takes turns, and whether a row
  /// is there.
  int64_t rowsBytes() const {
    return pushed ? plan::bytesOfCounters(static_cast<int64_t>(layers.front().inner.size()), pulled.has_value()) : 0;
  }
  uint32_t modelId() const; ///< first 32 bits of the model's hash
  /// The prefix of what all runs have in common, the arena's type and the status codes, and the same for macros.
  const std::string &common() const { return info.whole.empty() ? info.name : info.whole; }
  std::string commonUpper() const;
  /// An entry point: "kws_run", or "pair_run_kws" where kws is one run of the library pair.
  std::string entry(llvm::StringRef what) const;
};

Library gather(plan::ProgramOp program, LibraryInfo info);

struct File {
  std::string name, text;
};

/// All files of the library, in memory.
std::vector<File> printLibrary(const Library &library);

// The parts of it.
std::string printHeader(const Library &library);
std::string printSource(const Library &library);
/// NAME_weights.h and the files that hold the tables.
std::vector<File> printWeights(const Library &library);
/// Those of them that a build compiles or assembles.
std::vector<std::string> weightSources(const Library &library);
std::string printTest(const Library &library);
std::string printCMake(const Library &library);
/// Bytes of code that compilers make of `source`, the text of the library, about.
int64_t estimateCodeBytes(const Library &library, llvm::StringRef source);
/// `codeBytes`: of the source, estimated.
std::string printReport(const Library &library, int64_t codeBytes);
/// The layer functions and their table, shared by the source and by the verifier's driver.
std::string printLayers(const Library &library);

// Helpers the printers share.
/// Member of the arena union that reads it as `ctype`: "s8", "f32" …
std::string viewOf(llvm::StringRef ctype);
/// "int8[1,49,10,1]".
std::string describe(mlir::Type tensorType);
/// Text that can stand in a C comment or string.
std::string commentSafe(llvm::StringRef text);
/// A lower-case C identifier made of `text`.
std::string identifier(llvm::StringRef text);
/// Digits in groups of three: "12 501 632".
std::string grouped(int64_t value);
/// What a layer gets, as C parameters: "kws_arena *a", or with state "kws_state *s, kws_arena *a".
std::string layerParameters(const Library &library);
/// What the entry points take before their own parameters, and as arguments of a layer.
std::string memoryParameters(const Library &library);
std::string memoryArguments(const Library &library);
/// The C expression of the first element of an input or output, from variables `state` and `arena`.
std::string placeCall(const Library &library, const Tensor &tensor, llvm::StringRef direction, llvm::StringRef address);
/// Variables that an arena consists of, and `arena`: "static kws_arena arena;".
std::vector<std::string> arenaVariables(const Library &library);
/// Whether it is the layer that takes the rows of an input that is pushed: the entry point does that itself.
bool takesPushedRows(const Layer &layer);
/// Whether it is the layer that hands out the rows of an output that is pulled: likewise.
bool givesPulledRows(const Layer &layer);
/// Whether it is one of these two.
bool movesCallersRows(const Layer &layer);
/// The layers that are functions which call kernels, and not others, in the order of the text.
std::vector<const Layer *> workingLayers(const std::vector<Layer> &layers);
/// The macro that holds a buffer's place: "KWS_AT_CONV2D_0".
std::string placeMacro(const Library &library, plan::BufferOp buffer);

} // namespace burin::codegen

#endif
