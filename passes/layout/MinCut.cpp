#include "passes/layout/MinCut.h"

#include <algorithm>
#include <cassert>

namespace burin {

int MinCut::addNode() {
  edgesOf.emplace_back();
  return static_cast<int>(edgesOf.size()) - 1;
}

void MinCut::addEdge(int from, int to, int64_t capacity) {
  assert(capacity >= 0 && "a cut never earns anything");
  edgesOf[from].push_back(static_cast<int>(edges.size()));
  edges.push_back({to, capacity});
  edgesOf[to].push_back(static_cast<int>(edges.size()));
  edges.push_back({from, 0});
}

bool MinCut::levels() {
  level.assign(edgesOf.size(), -1);
  level[source] = 0;
  std::vector<int> queue{source};
  for (size_t head = 0; head < queue.size(); ++head)
    for (int e : edgesOf[queue[head]])
      if (edges[e].residual > 0 && level[edges[e].to] < 0) {
        level[edges[e].to] = level[queue[head]] + 1;
        queue.push_back(edges[e].to);
      }
  return level[sink] >= 0;
}

int64_t MinCut::augment(int node, int64_t limit) {
  if (node == sink)
    return limit;
  for (; next[node] < edgesOf[node].size(); ++next[node]) {
    const int e = edgesOf[node][next[node]];
    if (edges[e].residual <= 0 || level[edges[e].to] != level[node] + 1)
      continue;
    if (int64_t flow = augment(edges[e].to, std::min(limit, edges[e].residual))) {
      edges[e].residual -= flow;
      edges[e ^ 1].residual += flow;
      return flow;
    }
  }
  return 0;
}

int64_t MinCut::solve() {
  int64_t total = 0;
  while (levels()) {
    next.assign(edgesOf.size(), 0);
    while (int64_t flow = augment(source, uncuttable))
      total += flow;
  }
  return total;
}

} // namespace burin
