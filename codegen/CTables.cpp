// Numbers as C text. Tables of millions of weights are written here, so nothing is kept per element.
#include "codegen/CWriter.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>

namespace burin::codegen {
namespace {

template <typename T> T load(const char *p) {
  T value;
  std::memcpy(&value, p, sizeof value);
  return value;
}

/// One element's literal, in a buffer of its own size.
struct Literal {
  char text[48];
  size_t size = 0;

  void append(const char *s) {
    const size_t n = std::strlen(s);
    std::memcpy(text + size, s, n);
    size += n;
  }
  template <typename T> void number(T value) {
    size = static_cast<size_t>(std::to_chars(text + size, text + sizeof text, value).ptr - text);
  }
};

/// 0x and all digits.
template <typename T> Literal hexLiteral(T value) {
  Literal l;
  l.append("0x");
  for (int digit = 2 * static_cast<int>(sizeof(T)) - 1; digit >= 0; --digit)
    l.text[l.size++] = "0123456789abcdef"[(static_cast<uint64_t>(value) >> (4 * digit)) & 15];
  if constexpr (sizeof(T) >= 4)
    l.append("u");
  return l;
}

template <typename T> Literal literal(T value) {
  Literal l;
  if constexpr (std::is_floating_point_v<T>) {
    if (std::isnan(value)) {
      l.append("NAN");
    } else if (std::isinf(value)) {
      l.append(value < 0 ? "-INFINITY" : "INFINITY");
    } else {
      l.number(value);
      if (!std::memchr(l.text, '.', l.size) && !std::memchr(l.text, 'e', l.size))
        l.append(".0");
      if constexpr (std::is_same_v<T, float>)
        l.append("f");
    }
  } else if constexpr (sizeof(T) == 8) {
    // INT64_C(-9223372036854775808) would negate a number that doesn't fit.
    if (std::is_signed_v<T> && value == std::numeric_limits<T>::min()) {
      l.append("INT64_MIN");
    } else {
      l.append(std::is_signed_v<T> ? "INT64_C(" : "UINT64_C(");
      l.number(value);
      l.append(")");
    }
  } else if (std::is_same_v<T, int32_t> && value == std::numeric_limits<T>::min()) {
    l.append("INT32_MIN");
  } else {
    l.number(value);
    if constexpr (std::is_same_v<T, uint32_t>)
      l.append("u");
  }
  return l;
}

template <typename T> void table(std::string &out, llvm::ArrayRef<char> bytes, int64_t rowLength, bool hex) {
  const int64_t count = static_cast<int64_t>(bytes.size() / sizeof(T));
  auto at = [&](int64_t i) {
    const T value = load<T>(bytes.data() + i * static_cast<int64_t>(sizeof(T)));
    if constexpr (std::is_unsigned_v<T> && sizeof(T) < 8)
      if (hex)
        return hexLiteral(value);
    return literal(value);
  };
  size_t cell = 1;
  for (int64_t i = 0; i < count; ++i)
    cell = std::max(cell, at(i).size);
  const int64_t fit = std::max<int64_t>(1, (static_cast<int64_t>(CWriter::width) - 4) / static_cast<int64_t>(cell + 2));
  // Short rows share lines: one row a line would make a column of numbers.
  const bool rows = rowLength >= 4;
  const int64_t perLine = rows ? std::min(rowLength, fit) : fit;
  int64_t inLine = 0, inRow = 0;
  out.reserve(out.size() + static_cast<size_t>(count) * (cell + 2) + 64);
  for (int64_t i = 0; i < count; ++i) {
    const Literal l = at(i);
    if (inLine == 0)
      out += "    ";
    out.append(cell - l.size, ' ');
    out.append(l.text, l.size);
    out += ',';
    ++inLine;
    const bool rowEnds = rows && ++inRow == rowLength;
    if (inLine == perLine || rowEnds || i + 1 == count) {
      out += '\n';
      inLine = 0;
    } else {
      out += ' ';
    }
    if (rowEnds)
      inRow = 0;
  }
}

} // namespace

std::string floatLiteral(float value) {
  const Literal l = literal(value);
  return std::string(l.text, l.size);
}

std::string doubleLiteral(double value) {
  const Literal l = literal(value);
  return std::string(l.text, l.size);
}

void appendTable(std::string &out, llvm::StringRef ctype, llvm::ArrayRef<char> bytes, int64_t rowLength, bool hex) {
  using Append = void (*)(std::string &, llvm::ArrayRef<char>, int64_t, bool);
  static constexpr std::pair<const char *, Append> types[] = {
      {"float", table<float>},       {"double", table<double>},     {"int8_t", table<int8_t>},
      {"uint8_t", table<uint8_t>},   {"int16_t", table<int16_t>},   {"uint16_t", table<uint16_t>},
      {"int32_t", table<int32_t>},   {"uint32_t", table<uint32_t>}, {"int64_t", table<int64_t>},
      {"uint64_t", table<uint64_t>},
  };
  for (auto [name, append] : types)
    if (ctype == name)
      return append(out, bytes, rowLength, hex);
}

} // namespace burin::codegen
