// Minimum cut of a small graph: which nodes stay with the source when the cheapest edges are cut. Knows no MLIR.
#ifndef BURIN_PASSES_LAYOUT_MINCUT_H
#define BURIN_PASSES_LAYOUT_MINCUT_H

#include <cstddef>
#include <cstdint>
#include <vector>

namespace burin {

/// Directed graph between a source and a sink, solved by Dinic's algorithm (E. A. Dinic, 1970): augment along all
/// shortest paths, level graph by level graph.
class MinCut {
public:
  static constexpr int source = 0, sink = 1;
  /// An edge that no finite cut contains.
  static constexpr int64_t uncuttable = int64_t{1} << 60;

  MinCut() : edgesOf(2) {}
  int addNode();
  /// Cutting costs `capacity` >= 0 when `from` is on the source's side and `to` on the sink's.
  void addEdge(int from, int to, int64_t capacity);
  /// The cost of the cheapest cut. Call once.
  int64_t solve();
  /// After solve: whether the cut leaves `node` with the source. Ties leave it with the sink.
  bool withSource(int node) const { return level[node] >= 0; }

private:
  struct Edge {
    int to;
    int64_t residual;
  };
  bool levels();
  int64_t augment(int node, int64_t limit);

  std::vector<Edge> edges; // 2i and 2i + 1 are each other's reverse
  std::vector<std::vector<int>> edgesOf;
  std::vector<int> level;
  std::vector<size_t> next;
};

} // namespace burin

#endif
