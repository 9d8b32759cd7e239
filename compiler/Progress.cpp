#include "compiler/Progress.h"

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace burin {

Progress::Progress(std::string doing) : doing(std::move(doing)) {
  if (isatty(STDERR_FILENO) != 0)
    clock = std::thread([this] { show(); });
}

Progress::~Progress() {
  if (!clock.joinable())
    return;
  {
    const std::lock_guard lock(mutex);
    done = true;
  }
  ended.notify_one();
  clock.join();
}

void Progress::show() {
  std::unique_lock lock(mutex);
  int seconds = 0;
  while (!ended.wait_for(lock, std::chrono::seconds(1), [this] { return done; }))
    std::fprintf(stderr, "\r%s … %d s", doing.c_str(), ++seconds);
  if (seconds > 0)
    std::fprintf(stderr, "\r\033[K"); // back to the line's start, and clear it
}

} // namespace burin
