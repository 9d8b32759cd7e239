#include "frontend/samples/NaturalOrder.h"

#include <algorithm>
#include <fmt/format.h>

namespace burin::samples {

static bool isDigit(char c) { return c >= '0' && c <= '9'; }

/// Takes the run of digits at the front of `text`, without its leading zeros.
static std::string_view takeNumber(std::string_view &text) {
  const size_t end = std::min(text.find_first_not_of("0123456789"), text.size());
  std::string_view number = text.substr(0, end);
  text.remove_prefix(end);
  number.remove_prefix(std::min(number.find_first_not_of('0'), number.size()));
  return number;
}

bool naturalLess(std::string_view a, std::string_view b) {
  std::string_view x = a, y = b;
  while (!x.empty() && !y.empty()) {
    if (isDigit(x.front()) && isDigit(y.front())) {
      const std::string_view m = takeNumber(x), n = takeNumber(y);
      if (m.size() != n.size())
        return m.size() < n.size();
      if (m != n)
        return m < n;
    } else {
      if (x.front() != y.front())
        return static_cast<unsigned char>(x.front()) < static_cast<unsigned char>(y.front());
      x.remove_prefix(1);
      y.remove_prefix(1);
    }
  }
  if (x.empty() != y.empty())
    return x.empty();
  return a < b;
}

std::optional<Listing> listFolder(const std::filesystem::path &folder, DiagnosticSink &sink) {
  Listing listing;
  std::error_code failure;
  for (std::filesystem::directory_iterator entry(folder, failure), end; !failure && entry != end;
       entry.increment(failure)) {
    if (entry->path().filename().string().starts_with('.'))
      continue;
    std::error_code ignored; // a link that leads nowhere is no file
    if (entry->is_directory(ignored))
      listing.folders.push_back(entry->path());
    else if (entry->is_regular_file(ignored))
      listing.files.push_back(entry->path());
  }
  if (failure) {
    sink.handle({.code = "BRN1012",
                 .message = fmt::format("cannot list {}: {}", quoteName(folder.string()), failure.message())});
    return std::nullopt;
  }
  const auto before = [](const std::filesystem::path &a, const std::filesystem::path &b) {
    return naturalLess(a.filename().string(), b.filename().string());
  };
  std::sort(listing.files.begin(), listing.files.end(), before);
  std::sort(listing.folders.begin(), listing.folders.end(), before);
  return listing;
}

std::string extensionOf(const std::filesystem::path &file) {
  std::string extension = file.extension().string();
  if (!extension.empty())
    extension.erase(0, 1);
  for (char &c : extension)
    if (c >= 'A' && c <= 'Z')
      c = static_cast<char>(c - 'A' + 'a');
  return extension;
}

} // namespace burin::samples
