// A word on the terminal about what takes long.
#ifndef BURIN_COMPILER_PROGRESS_H
#define BURIN_COMPILER_PROGRESS_H

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace burin {

/// While it lives: once a second has passed, standard error shows `doing` and the seconds, in a line that vanishes at
/// the end. Nothing where standard error isn't a terminal.
class Progress {
public:
  explicit Progress(std::string doing);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

private:
  void show();

  std::string doing;
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  std::thread clock;
};

} // namespace burin

#endif
