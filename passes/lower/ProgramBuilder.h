// nn -> plan, as one function's program is built: layers and buffers first, with lifetimes, then the operators of the
// plan.
#ifndef BURIN_PASSES_LOWER_PROGRAMBUILDER_H
#define BURIN_PASSES_LOWER_PROGRAMBUILDER_H

#include "ir/nn/Lowering.h"
#include "ir/nn/RowForm.h"
#include "ir/nn/ops/Constant.h"
#include "ir/nn/ops/If.h"
#include "ir/nn/ops/Loop.h"
#include "ir/plan/Plan.h"
#include "passes/lower/LayerNames.h"
#include "passes/memory/RowSchedule.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringSet.h"

#include <map>
#include <memory>

namespace burin {

/// An arena buffer while its lifetime is still being found.
struct ArenaBuffer {
  std::string name;
  int64_t bytes, align;
  int64_t first, last; // layers, inclusive; -1 = from the start
  mlir::Type type;
  bool isOutput = false;
  bool isState = false;   // lives between two runs
  bool isPushed = false;  // the caller's: one row of the input at a time
  bool isPulled = false;  // likewise, of the output
  int64_t kept = -1;      // number among the results of a trunk; -1: none of them
  int64_t ring = 0;       // rows that are kept of it; 0: all
  bool isTransient = false; // holds nothing between two turns of its layer
  bool isNeeded = true;   // false: scratch of a form of its layer that wasn't chosen
  mlir::Value value = {}; // the plan.buffer, once created
};

/// Where the bytes of an nn value lie: an arena buffer, or a constant.
struct Place {
  int arena = -1;
  nn::ConstantOp constant = {};
};

/// The ONNX tensor that a value holds: that of its operator, or of the input it is. Unit if it holds none.
mlir::Attribute originOf(mlir::Value v);

/// Transposes of which the rows [1, rows, …] stay where they are, but for axes of one element, become such that say so,
/// between reshapes: [1, H, W, b, b, 1] to [1, 1, H, b, W, b], say.
void exposeRows(mlir::func::FuncOp function);

/// An image's rows as a caller brings or takes them: `type` as [1, rows, …], leading axes of one element left out. Null
/// if it has less than two, or is more than one image.
mlir::RankedTensorType imageRows(mlir::RankedTensorType type);

class ProgramBuilder {
public:
  /// Without a `schedule` buffers live as wholes, layer by layer. With one, the input may be pushed row by row, and
  /// then the output be pulled so; and the program is to fit into `ram` bytes if that is given.
  ProgramBuilder(mlir::func::FuncOp function, plan::ProgramOp program,
                 std::optional<memory::ScheduleKind> schedule = std::nullopt, bool pushRows = false,
                 bool pullRows = false, int64_t ram = 0, int64_t planTime = 10)
      : function(function), program(program), schedule(schedule), pushRows(pushRows), pullRows(pullRows), ram(ram),
        planTime(planTime), b(mlir::OpBuilder::atBlockEnd(&program.getBody().front())) {}

  llvm::LogicalResult build();

private:
  struct Layer {
    mlir::Operation *op = nullptr;               // null: a copy
    std::unique_ptr<nn::Lowering> lowering = {}; // null for copies and for operators with bodies
    std::string name, kind;
    std::vector<int> arenaOf = {};               // per lowered buffer: arena buffer, or -1
    std::vector<nn::ConstantOp> constantOf = {}; // per lowered buffer: the operand's constant, or null
    int copyFrom = -1, copyTo = -1;
    nn::ConstantOp copyConstant = {};
    mlir::Type type, fromType;
    mlir::Location location;
    std::vector<plan::Call> moves = {}; // what a copy calls; none: it copies all bytes
    int64_t otherwise = 0, end = 0;     // layers of layers: the layers where the second body begins, and after the last
    std::optional<nn::RowForm> rows = {};       // how the operator is computed row by row
    std::vector<int> rowArenaOf = {};           // of that form, per lowered buffer: arena buffer, or -1
    llvm::SmallVector<int64_t> overwrites = {}; // operands whose bytes the result may take over
    bool inStream = false, lazy = false;
    int64_t pushes = 0; // a copy of the caller's rows, so many, to the input's buffer
    int64_t pulls = 0;  // a copy of the output's rows, so many, to the caller

    bool overwritesOperand(unsigned i) const { return llvm::is_contained(overwrites, static_cast<int64_t>(i)); }
    /// The form that is executed.
    const nn::Lowering &chosen() const { return inStream ? *rows->lowering : *lowering; }
    llvm::ArrayRef<int> chosenArena() const { return inStream ? rowArenaOf : arenaOf; }
    /// Whether it takes turns, in a stream or alone.
    bool takesTurns() const { return rows && (inStream || (rows->wholeIsInOrder && !rows->accumulates)); }
    int64_t macs() const { return op ? llvm::cast<nn::NnOp>(op).macs() : 0; }
    /// The buffer of its result, and those of its operands, -1 for constants.
    int result() const { return op ? arenaOf[op->getNumOperands()] : copyTo; }
    llvm::ArrayRef<int> reads() const {
      return op ? llvm::ArrayRef<int>(arenaOf).take_front(op->getNumOperands()) : llvm::ArrayRef<int>(copyFrom);
    }
  };

  /// Where a value is best computed: in the buffer of a loop's carried value, once nobody needs the old one any more
  /// (`carried`), or of the result of a branch.
  struct Wish {
    int arena;
    mlir::BlockArgument carried;
  };

  llvm::LogicalResult addLayer(nn::NnOp op);
  void placeResult(Layer &layer, unsigned result);
  /// Whether the bytes may become another value's once nothing reads them.
  bool mayTakeOver(Place place) const {
    return place.arena >= 0 && !arena[place.arena].isState && arena[place.arena].kept < 0;
  }
  bool isLastReader(mlir::Operation *op, mlir::Value v) const;
  int overwritten(nn::NnOp op, unsigned result) const;
  int wished(nn::NnOp op, unsigned result) const;
  llvm::LogicalResult addBlock(mlir::Block &block);
  llvm::LogicalResult addOutputs(mlir::func::ReturnOp ret);
  void countUses(mlir::Block &block);
  int newCount(mlir::Operation *op, llvm::StringRef layer);
  int newBuffer(const llvm::Twine &name, mlir::RankedTensorType type, int64_t first);

  // What lives between two runs, in LowerStates.cpp.
  llvm::LogicalResult addArguments();
  int stateOf(nn::NnOp op, unsigned result) const;
  void addStates(mlir::func::ReturnOp ret);
  void emitReset(const ArenaBuffer &state, mlir::ElementsAttr value);

  // Operators with bodies, in LowerBodies.cpp.
  Layer newLayer(llvm::StringRef kind, mlir::Type type, mlir::Location location) const;
  void addCopy(Place from, mlir::Type type, int to, mlir::Location location);
  int copied(Place from, mlir::Type type, mlir::Location location);
  void addMove(llvm::StringRef kind, Place from, mlir::Type fromType, int to, mlir::Type type, mlir::Location location,
               std::vector<plan::Call> calls);
  int inArena(mlir::Value v, mlir::Location location);
  int carriedBuffer(nn::LoopOp loop, size_t index);
  void capture(mlir::Value outside, mlir::BlockArgument inside);
  size_t openBodies(mlir::Operation *op, llvm::ArrayRef<int> reads);
  void closeBodies(size_t layer, llvm::ArrayRef<int> whole);
  void addSlices(nn::LoopOp loop);
  void addStacks(nn::LoopOp loop, llvm::ArrayRef<int> stacks);
  void addCarries(nn::LoopOp loop, llvm::ArrayRef<int> carried);
  llvm::LogicalResult addBranch(mlir::Region &branch, nn::IfOp choice, llvm::ArrayRef<int> results);
  llvm::LogicalResult addLoop(nn::LoopOp loop);
  llvm::LogicalResult addIf(nn::IfOp choice);
  void emitBodies(Layer &layer, int64_t number);

  // Which layers run row by row, in StreamLayers.cpp.
  void addRowForm(Layer &layer);
  memory::RowProgram rowProgram() const;
  int64_t arenaBudget() const;
  memory::RowLayer copyRows(const Layer &layer, memory::RowProgram &p) const;
  memory::RowLayer operatorRows(const Layer &layer, memory::RowProgram &p) const;
  llvm::LogicalResult chooseStreams();
  void insertStream(const memory::Segment &segment, int64_t number);
  void emitStream(Layer &layer, int64_t number);
  void describeRows(const Layer &layer, plan::LayerOp op) const;
  void refineRows();
  int64_t rowsOf(int place) const { return nn::rowsOf(llvm::cast<mlir::RankedTensorType>(arena[place].type)).rows; }
  int64_t rowsAsOne(int place, mlir::Type seen) const;
  nn::RowRead rowsRead(const Layer &layer, unsigned operand) const;
  int64_t rowsMade(const Layer &layer) const;

  // An input that its caller brings row by row, in PushRows.cpp.
  llvm::LogicalResult addPush();
  llvm::FailureOr<int> shapePush();
  llvm::LogicalResult cannotPush(const Layer &layer, const llvm::Twine &why);

  // An output that its caller gets row by row, in PullRows.cpp.
  llvm::LogicalResult addPull(mlir::func::ReturnOp ret);
  llvm::LogicalResult checkPull() const;
  llvm::LogicalResult cannotPull(mlir::Location location, const llvm::Twine &why, llvm::StringRef fix = {}) const;

  void emit();
  void emitLayers(int64_t begin, int64_t end);
  void emitLayer(Layer &layer, int64_t index);
  void emitCopy(Layer &layer);
  mlir::Value constantBuffer(llvm::StringRef name, llvm::StringRef ctype, llvm::ArrayRef<int64_t> shape,
                             llvm::ArrayRef<char> data, mlir::ElementsAttr shared = {});
  mlir::Value bufferOf(Layer &layer, unsigned lowered);
  mlir::Type cElement(llvm::StringRef ctype);

  mlir::func::FuncOp function;
  plan::ProgramOp program;
  std::optional<memory::ScheduleKind> schedule;
  bool pushRows, pullRows;
  int64_t ram;      ///< bytes that there are; 0: as few as can be
  int64_t planTime; ///< seconds, about
  mlir::OpBuilder b;
  LayerNames names;
  llvm::DenseMap<mlir::Value, Place> places;
  std::vector<ArenaBuffer> arena;
  std::vector<Layer> layers;
  std::vector<int> outputs;
  struct {
    int from = -1, to = -1; ///< where the caller's rows lie, and the input's buffer
  } pushed;
  struct {
    int from = -1, to = -1; ///< the output's buffer, and where the caller gets its rows
  } pulled;
  std::vector<std::pair<mlir::Operation *, int>> counts; ///< operators with counts known at run time, their places
  llvm::DenseMap<unsigned, unsigned> stateArguments; // result of the function -> argument that it is at the next run
  llvm::DenseMap<mlir::Value, int> remainingUses;    // per root value: reads not yet lowered
  llvm::DenseMap<mlir::Value, mlir::Value> roots;    // a view's value -> the value that owns the bytes
  std::map<std::string, mlir::Value> constants;      // by content: equal tables are stored once
  llvm::StringSet<> constantNames;

  llvm::DenseMap<mlir::Value, Wish> wishes;
  mlir::Operation *outermost = nullptr; // the layer being emitted that lies in no other

  mlir::Value root(mlir::Value v) const {
    auto it = roots.find(v);
    return it == roots.end() ? v : it->second;
  }
  int64_t now() const { return static_cast<int64_t>(layers.size()); }
};

} // namespace burin

#endif
