// Which rows of which values a temporal network over a moving window computes anew when the window moves on.
//
// The window slides along one axis of the input, its time. A value that has a time axis, too, has most of its rows from
// the window before: row j of this window is row j + fresh of the one before. Where an operator works row by row or
// over neighbouring rows (convolutions, pools), only its newest rows need computing; its operands' last rows are
// remembered. Everything else reads whole windows.
//
// Rows that have seen padding of the time axis are another value than the network computes for the same instant within
// a later window: they are left out, so that what is delivered lags behind the newest input row, or else the network
// can't be streamed.
#ifndef BURIN_PASSES_STREAM_TIMEANALYSIS_H
#define BURIN_PASSES_STREAM_TIMEANALYSIS_H

#include "ir/nn/Nn.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/DenseMap.h"

#include <optional>

namespace burin::nn {

/// A value along time. Rows are counted within the window.
struct TimeTrack {
  int64_t axis = 0;
  int64_t rows = 0;           ///< of the window
  int64_t fresh = 0;          ///< computed a step: the last ones before `end`
  int64_t begin = 0, end = 0; ///< rows that have seen no padding
};

/// Rows [end - count, end) of an operand.
struct TimeNeed {
  int64_t count = 0, end = 0;
};

/// How an operator is computed a step.
struct TimeStep {
  std::optional<TimeTrack> result;                     ///< nothing: as a whole
  llvm::SmallVector<std::optional<TimeNeed>> operands; ///< of those along time
};

/// Why a network can't be streamed along an axis.
struct TimeObstacle {
  mlir::Operation *op = nullptr; ///< null: the function
  std::string message;
};

struct Sliding;

class TimeAnalysis {
public:
  /// Of `function` sliding along `axis` of argument 0; nothing of it is changed.
  TimeAnalysis(mlir::func::FuncOp function, int64_t axis);

  const std::optional<TimeObstacle> &obstacle() const { return problem; }
  int64_t hop() const { return fresh; }     ///< input rows a step: what the strides make of one row of every value
  int64_t macs() const { return stepMacs; } ///< multiply-accumulates a step
  std::optional<TimeTrack> track(mlir::Value v) const;
  const TimeStep *step(mlir::Operation *op) const;
  /// Rows of `v` that are read a step, up to row `end` of its track.
  int64_t history(mlir::Value v) const;

private:
  bool run(mlir::func::FuncOp function, int64_t axis);
  bool visit(mlir::Operation *op);
  std::optional<TimeStep> local(mlir::Operation *op);
  std::optional<TimeStep> slide(mlir::Operation *op, int64_t axis, Sliding sliding);
  std::optional<TimeStep> align(mlir::Operation *op, bool broadcasts);
  std::optional<TimeStep> slice(mlir::Operation *op);
  std::optional<TimeStep> along(mlir::Operation *op, std::optional<int64_t> resultAxis);

  int64_t fresh = 1, needed = 1, stepMacs = 0;
  llvm::DenseMap<mlir::Value, TimeTrack> tracks;
  llvm::DenseMap<mlir::Value, int64_t> histories;
  llvm::DenseMap<mlir::Operation *, TimeStep> steps;
  std::optional<TimeObstacle> problem;
};

} // namespace burin::nn

#endif
