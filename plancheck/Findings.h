// What is wrong with a plan.
#pragma once

#include "plancheck/Plan.h"

#include <algorithm>

namespace burin::plancheck {

/// Sentences, each once.
class Findings {
public:
  static constexpr size_t most = 16;

  void add(std::string text) {
    if (!isFull() && std::find(texts.begin(), texts.end(), text) == texts.end())
      texts.push_back(std::move(text));
  }
  bool isFull() const { return texts.size() >= most; }
  bool none() const { return texts.empty(); }

  std::vector<std::string> texts;
};

} // namespace burin::plancheck
