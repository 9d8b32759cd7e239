"""Writes a C++ file that holds text files as arrays: embed_files.py OUT.cpp FOLDER (boards/ and reference.py in FOLDER)."""
import os
import sys


def literal(path):
    # Raw strings are limited in length by no compiler we use; the delimiter can't occur in C, linker scripts or Python.
    with open(path) as f:
        return 'R"@@@@(' + f.read() + ')@@@@"'


def main(out, folder):
    lines = ['// Written by embed_files.py.', '#include "compiler/verify/Embedded.h"', '#include <vector>', '', 'namespace burin {', '']
    rows = []
    boards = os.path.join(folder, "boards")
    for board in sorted(os.listdir(boards)):
        for name in sorted(os.listdir(os.path.join(boards, board))):
            rows.append('    {"%s", "%s", %s},' % (board, name, literal(os.path.join(boards, board, name))))
    lines += ['static constexpr EmbeddedFile files[] = {'] + rows + ['};', '']
    lines += ['std::span<const EmbeddedFile> boardFiles(std::string_view board) {',
              '  size_t first = 0, last;',
              '  const size_t count = sizeof files / sizeof files[0];',
              '  while (first < count && files[first].board != board)', '    ++first;',
              '  for (last = first; last < count && files[last].board == board; ++last) {', '  }',
              '  return std::span(files).subspan(first, last - first);', '}', '']
    lines += ['std::string_view referenceScript() { return %s; }' % literal(os.path.join(folder, "reference.py")), '',
              '} // namespace burin', '']
    with open(out, "w") as f:
        f.write("\n".join(lines))


main(sys.argv[1], sys.argv[2])
