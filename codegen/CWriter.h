// Lays out C text: indentation, comments, wrapped tables. Knows C's looks and nothing of programs.
#ifndef BURIN_CODEGEN_CWRITER_H
#define BURIN_CODEGEN_CWRITER_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <cstdint>
#include <string>

namespace burin::codegen {

class CWriter {
public:
  static constexpr size_t width = 100; ///< columns

  /// One line at the current indentation; an empty one is left blank.
  CWriter &line(llvm::StringRef text = "");
  /// A function's signature and its opening brace on a line of its own.
  CWriter &function(llvm::StringRef signature);
  /// `text {`, a long condition over several lines, and the matching `}` followed by `tail`; also closes a function.
  CWriter &open(llvm::StringRef text);
  CWriter &close(llvm::StringRef tail = "");
  /// `} else {`, or with a condition "if (…)" `} else if (…) {`.
  CWriter &otherwise(llvm::StringRef condition = "");
  /// A /* comment */, wrapped to the width; lines of `text` are kept apart.
  CWriter &comment(llvm::StringRef text);
  /// `head item, item, … tail`, wrapped, continuation lines aligned behind the head.
  CWriter &list(llvm::StringRef head, llvm::ArrayRef<std::string> items, llvm::StringRef tail);
  /// One level deeper, for text that another writer puts between its braces.
  CWriter &indent() { return ++depth, *this; }
  /// Text as it is.
  CWriter &raw(llvm::StringRef text);

  std::string take() { return std::move(out); }

private:
  /// A line that may be broken before && and ||.
  void condition(llvm::StringRef text);
  void blanks() { out.append(4 * depth, ' '); }

  std::string out;
  size_t depth = 0;
};

/// Appends the elements of C type `ctype` as initialiser lines, columns aligned, each row of `rowLength` elements
/// starting a line. Integers in decimal (unsigned ones with `hex` in hexadecimal), floats in the shortest form that
/// reads back exactly.
void appendTable(std::string &out, llvm::StringRef ctype, llvm::ArrayRef<char> bytes, int64_t rowLength,
                 bool hex = false);

/// A number as a C literal that reads back exactly: "0.5f", "-1.25e-07", INFINITY, NAN.
std::string floatLiteral(float value);
std::string doubleLiteral(double value);

} // namespace burin::codegen

#endif
