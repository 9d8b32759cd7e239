// Independent pieces of work on a few threads.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <thread>
#include <vector>

namespace burin::quantization {

/// Calls work(i) for i in [0, count), each once, from up to `threads` threads. Calls must not share what they write:
/// then results don't depend on the number of threads.
template <typename Work> void parallelFor(int threads, int64_t count, Work &&work) {
  std::atomic<int64_t> next = 0;
  auto run = [&] {
    for (int64_t i = next++; i < count; i = next++)
      work(i);
  };
  std::vector<std::thread> others;
  for (int64_t i = 1; i < std::min<int64_t>(threads, count); ++i)
    others.emplace_back(run);
  run();
  for (std::thread &other : others)
    other.join();
}

} // namespace burin::quantization
