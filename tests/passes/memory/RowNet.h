// Small programs for the tests of the row-wise planner and its checker.
#pragma once

#include "passes/memory/RowProgram.h"

namespace burin::memory {

/// Builds a program layer by layer; tensors are named by their number.
class RowNet {
public:
  int input(int64_t rows, int64_t rowBytes) { return tensor(rows, rowBytes, -1); }

  /// A window of `kernel` rows, `stride` apart, `pad` rows above the image.
  int conv(int x, int64_t rows, int64_t rowBytes, int64_t stride, int64_t pad, int64_t kernel) {
    RowLayer layer{.turns = rows, .streamable = true, .inOrder = true};
    layer.reads = {read(x, stride, -pad, kernel)};
    return close(layer, rows, rowBytes);
  }
  /// Makes `made` rows a turn of one row, each a row of its own.
  int enlarge(int x, int64_t made, int64_t rowBytes) {
    const int64_t turns = program.tensors[x].rows;
    RowLayer layer{.turns = turns, .made = made, .streamable = true, .inOrder = true};
    layer.reads = {read(x, 1, 0, 1)};
    const int y = close(layer, turns * made, rowBytes);
    program.tensors[y].block = made;
    return y;
  }
  int add(int a, int b) {
    const RowTensor shape = program.tensors[a];
    RowLayer layer{.turns = shape.rows, .streamable = true, .inOrder = true};
    for (int operand : {a, b}) {
      layer.reads.push_back(read(operand, 1, 0, 1));
      layer.reads.back().overwritable = true;
    }
    return close(layer, shape.rows, shape.rowBytes());
  }
  /// A sum over all rows, kept in 4 bytes of scratch for each byte of the result.
  int pool(int x, int64_t bytes) {
    RowLayer layer{.turns = program.tensors[x].rows, .accumulates = true, .streamable = true};
    layer.reads = {read(x, 1, 0, 1)};
    const int now = static_cast<int>(program.layers.size());
    program.tensors.push_back({.bytes = 4 * bytes, .align = 4, .first = now, .last = now});
    program.tensors.back().neededBy = NeededBy::Stream;
    return close(layer, 1, bytes);
  }
  /// Rows that come from outside, and such that go there: no bytes but those of the ring.
  int source(int64_t rows, int64_t rowBytes) {
    RowLayer layer{.turns = rows, .streamable = true, .inOrder = true};
    return close(layer, rows, rowBytes);
  }
  void sink(int x) {
    RowLayer layer{.turns = program.tensors[x].rows, .streamable = true, .inOrder = true};
    layer.reads = {read(x, 1, 0, 1)};
    close(layer, program.tensors[x].rows, 0);
  }
  /// Reads and writes everything at once.
  int dense(int x, int64_t bytes) {
    RowLayer layer;
    layer.reads = {read(x, 0, 0, program.tensors[x].rows)};
    return close(layer, 1, bytes);
  }
  RowProgram withOutput(int t) {
    program.tensors[t].last = static_cast<int>(program.layers.size());
    return program;
  }

  RowProgram program;

private:
  int tensor(int64_t rows, int64_t rowBytes, int first) {
    program.tensors.push_back({.bytes = rows * rowBytes, .rows = rows, .first = first, .last = first, .rowwise = true});
    return static_cast<int>(program.tensors.size()) - 1;
  }
  RowAccess read(int t, int64_t stride, int64_t first, int64_t span) {
    program.tensors[t].last = static_cast<int>(program.layers.size());
    return {.tensor = t, .stride = stride, .first = first, .span = span};
  }
  int close(RowLayer &layer, int64_t rows, int64_t rowBytes) {
    layer.result = tensor(rows, rowBytes, static_cast<int>(program.layers.size()));
    program.layers.push_back(layer);
    return layer.result;
  }
};

} // namespace burin::memory
