// A word on the terminal about what takes long.
#ifndef BURIN_COMPILER_PROGRESS_H
#define BURIN_COMPILER_PROGRESS_H

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace burin {

/// While it lives: once a second has passed, standard error shows `doing` and the seconds, in a line that vanishes at
/// the end; where parts of the work are reported, also how many seconds are left. Nothing where standard error isn't a
/// terminal, and while another one lives: the outermost speaks.
class Progress {
public:
  explicit Progress(std::string doing);
  ~Progress();
  Progress(const Progress &) = delete;
  Progress &operator=(const Progress &) = delete;

  /// That `part` of the work, 0 to 1, is done: the line then shows it, and the seconds that are left at this pace.
  void finished(double part) { donePart = part; }

private:
  void show();

  std::string doing;
  std::mutex mutex;
  std::condition_variable ended;
  bool done = false;
  std::atomic<double> donePart = 0;
  static std::atomic<bool> speaking;
  std::thread clock;
};

} // namespace burin

#endif
