#include "compiler/Processes.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace burin {

unsigned processorCount() { return std::max(std::thread::hardware_concurrency(), 1u); }

namespace {

struct Child {
  pid_t process = -1;
  int results = -1; ///< the end of the pipe that the parent reads
};

bool writeAll(int file, const std::vector<char> &bytes) {
  size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t n = write(file, bytes.data() + done, bytes.size() - done);
    if (n < 0 && errno != EINTR)
      return false;
    done += static_cast<size_t>(std::max<ssize_t>(n, 0));
  }
  return true;
}

std::vector<char> readAll(int file) {
  std::vector<char> bytes;
  std::array<char, 65536> part;
  for (;;) {
    const ssize_t n = read(file, part.data(), part.size());
    if (n == 0 || (n < 0 && errno != EINTR))
      return bytes;
    bytes.insert(bytes.end(), part.data(), part.data() + std::max<ssize_t>(n, 0));
  }
}

std::optional<Child> start(size_t part, const std::function<std::optional<std::vector<char>>(size_t)> &work) {
  int ends[2];
  if (pipe(ends) != 0)
    return std::nullopt;
  std::fflush(nullptr); // else the child has what is buffered, too
  const pid_t process = fork();
  if (process == 0) {
    close(ends[0]);
    const std::optional<std::vector<char>> result = work(part);
    const bool isDone = result && writeAll(ends[1], *result);
    std::fflush(nullptr);
    _exit(isDone ? 0 : 1); // without destructors: they are the parent's
  }
  close(ends[1]);
  if (process < 0) {
    close(ends[0]);
    return std::nullopt;
  }
  return Child{process, ends[0]};
}

} // namespace

std::optional<std::vector<std::vector<char>>>
inProcesses(size_t parts, const std::function<std::optional<std::vector<char>>(size_t)> &work) {
  std::vector<std::optional<Child>> children;
  for (size_t part = 0; part < parts; ++part)
    children.push_back(start(part, work));
  std::vector<std::vector<char>> results;
  bool good = true;
  for (const std::optional<Child> &child : children) {
    if (!child) {
      good = false;
      continue;
    }
    results.push_back(readAll(child->results));
    close(child->results);
    int status = 0;
    while (waitpid(child->process, &status, 0) < 0 && errno == EINTR)
      ;
    good &= WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }
  return good ? std::optional(std::move(results)) : std::nullopt;
}

} // namespace burin
