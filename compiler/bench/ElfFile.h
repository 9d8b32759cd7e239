// What a little-endian ELF file, an object or a program, says of itself: bytes by kind of section, and functions.
#ifndef BURIN_COMPILER_BENCH_ELFFILE_H
#define BURIN_COMPILER_BENCH_ELFFILE_H

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace burin {

/// Bytes that a file takes in flash and RAM. `size` prints text + rodata + other as its text.
struct SectionBytes {
  int64_t text = 0;   ///< executable
  int64_t rodata = 0; ///< constants
  int64_t other = 0;  ///< tables for unwinding, notes
  int64_t data = 0;   ///< variables with initial values
  int64_t bss = 0;    ///< variables that start as zeros

  SectionBytes &operator+=(const SectionBytes &more);
};

/// A function of a program, named as in C: without what the compiler appends to copies and parts of it.
struct ElfFunction {
  std::string name;
  uint64_t address = 0, bytes = 0;
};

struct ElfFile {
  SectionBytes sections;
  std::vector<ElfFunction> functions; ///< those with a size; of a program in ascending order of addresses, each once

  /// Nothing if the file can't be read or isn't such a file.
  static std::optional<ElfFile> read(const std::filesystem::path &path);

  /// Null if there is none of that name.
  const ElfFunction *find(const std::string &name) const;
};

} // namespace burin

#endif
