// Memory in which every byte knows what it holds, kept as intervals.
#pragma once

#include <cstdint>
#include <map>
#include <optional>

namespace burin::plancheck {

class MarkedMemory {
public:
  static constexpr int64_t nothing = -1; ///< nothing has been written
  static constexpr int64_t mixed = -2;   ///< one thing or another, by the way that was taken

  explicit MarkedMemory(int64_t bytes) : end(bytes) { marks[0] = nothing; }

  /// Bytes from … to − 1 hold `mark` from now on. They are inside.
  void write(int64_t from, int64_t to, int64_t mark);

  /// Bytes from … to − 1 with one mark.
  struct Stretch {
    int64_t from, to, mark;
  };
  /// The first bytes of from … to − 1 that hold something else than `mark`; nothing if there are none.
  std::optional<Stretch> firstOther(int64_t from, int64_t to, int64_t mark) const;

  /// What is known if the memory is this one or `other`, of the same size.
  MarkedMemory joinedWith(const MarkedMemory &other) const;

  bool operator==(const MarkedMemory &) const = default;

private:
  void splitAt(int64_t at);

  int64_t end;
  std::map<int64_t, int64_t> marks; ///< first byte of each stretch -> its mark; neighbours differ
};

} // namespace burin::plancheck
