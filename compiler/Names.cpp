#include "compiler/Names.h"

namespace burin {

std::string defaultName(const std::filesystem::path &model) {
  std::string stem = model.stem().string();
  if (stem == "model" && model.has_parent_path() && model.parent_path().has_filename())
    stem = model.parent_path().filename().string();
  std::string name;
  for (char c : stem) {
    const bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (alnum)
      name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    else if (!name.empty() && name.back() != '_')
      name += '_';
  }
  while (!name.empty() && name.back() == '_')
    name.pop_back();
  if (name.empty() || (name[0] >= '0' && name[0] <= '9'))
    name = "net" + name;
  return name.substr(0, 40);
}

} // namespace burin
