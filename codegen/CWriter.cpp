#include "codegen/CWriter.h"

#include "llvm/ADT/SmallVector.h"

#include <algorithm>

namespace burin::codegen {

CWriter &CWriter::line(llvm::StringRef text) {
  if (!text.empty()) {
    blanks();
    out += text;
  }
  out += '\n';
  return *this;
}

CWriter &CWriter::open(llvm::StringRef text) {
  condition(text.empty() ? "{" : text.str() + " {");
  ++depth;
  return *this;
}

CWriter &CWriter::function(llvm::StringRef signature) {
  line(signature).line("{");
  ++depth;
  return *this;
}

CWriter &CWriter::otherwise(llvm::StringRef condition) {
  --depth;
  this->condition(condition.empty() ? "} else {" : "} else " + condition.str() + " {");
  ++depth;
  return *this;
}

void CWriter::condition(llvm::StringRef text) {
  blanks();
  size_t column = 4 * depth;
  while (column + text.size() > width) {
    const llvm::StringRef room = text.take_front(width - column);
    const size_t at = std::max(room.rfind(" && ") + 1, room.rfind(" || ") + 1); // 0: there is none
    if (at == 0)
      break;
    out += text.take_front(at - 1);
    out += '\n';
    text = text.drop_front(at);
    column = 4 * depth + 8;
    out.append(column, ' ');
  }
  out += text;
  out += '\n';
}

CWriter &CWriter::close(llvm::StringRef tail) {
  --depth;
  blanks();
  out += '}';
  out += tail;
  out += '\n';
  return *this;
}

namespace {

/// One paragraph broken into lines of at most `room` columns; runs of blanks are layout and stay.
void wrap(llvm::StringRef paragraph, size_t room, llvm::SmallVectorImpl<std::string> &lines) {
  std::string current;
  bool first = true;
  while (true) {
    auto [word, rest] = paragraph.split(' ');
    if (!first && current.size() + 1 + word.size() > room) {
      lines.push_back(current);
      current = word.str();
    } else {
      if (!first)
        current += ' ';
      current += word;
    }
    first = false;
    if (rest.empty())
      break;
    paragraph = rest;
  }
  lines.push_back(current);
}

} // namespace

CWriter &CWriter::comment(llvm::StringRef text) {
  llvm::SmallVector<std::string> lines;
  llvm::SmallVector<llvm::StringRef> paragraphs;
  text.split(paragraphs, '\n');
  for (llvm::StringRef p : paragraphs)
    wrap(p, width - 4 * depth - 6, lines);
  for (size_t i = 0; i < lines.size(); ++i) {
    blanks();
    out += i == 0 ? "/* " : lines[i].empty() ? " *" : " * ";
    out += lines[i];
    out += i + 1 == lines.size() ? " */\n" : "\n";
  }
  return *this;
}

CWriter &CWriter::list(llvm::StringRef head, llvm::ArrayRef<std::string> items, llvm::StringRef tail) {
  std::string current(4 * depth, ' ');
  current += head;
  // A very long head leaves no room to align behind it.
  const size_t align = head.size() < 50 ? current.size() : 4 * depth + 8;
  bool fresh = true;
  for (size_t i = 0; i < items.size(); ++i) {
    const std::string item = items[i] + (i + 1 == items.size() ? tail.str() : ",");
    if (!fresh && current.size() + 1 + item.size() > width) {
      out += current + '\n';
      current.assign(align, ' ');
      fresh = true;
    }
    if (!fresh)
      current += ' ';
    current += item;
    fresh = false;
  }
  if (items.empty())
    current += tail;
  out += current + '\n';
  return *this;
}

CWriter &CWriter::raw(llvm::StringRef text) {
  out += text;
  return *this;
}

} // namespace burin::codegen
