#include "compiler/Progress.h"

#include <chrono>
#include <cstdio>
#include <unistd.h>

namespace burin {

std::atomic<bool> Progress::speaking = false;

Progress::Progress(std::string doing) : doing(std::move(doing)) {
  if (isatty(STDERR_FILENO) != 0 && !speaking.exchange(true))
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
  speaking = false;
}

void Progress::show() {
  std::unique_lock lock(mutex);
  int seconds = 0;
  while (!ended.wait_for(lock, std::chrono::seconds(1), [this] { return done; })) {
    std::fprintf(stderr, "\r\033[K%s … %d s", doing.c_str(), ++seconds);
    if (const double part = donePart; part > 0 && part < 1)
      std::fprintf(stderr, ", %.0f %%, about %.0f s left", 100 * part, seconds * (1 - part) / part);
  }
  if (seconds > 0)
    std::fprintf(stderr, "\r\033[K"); // back to the line's start, and clear it
}

} // namespace burin
