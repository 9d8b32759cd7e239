#include "ir/kernels/Family.h"

#include <algorithm>
#include <cassert>
#include <string>
#include <unordered_set>

namespace burin::kernels {
namespace {

struct Registry {
  std::vector<Kernel> kernels;             // by name
  std::vector<const Fragment *> fragments; // by path

  Registry() {
    for (const Family *family : families()) {
      kernels.insert(kernels.end(), family->kernels.begin(), family->kernels.end());
      for (const Fragment &fragment : family->fragments)
        fragments.push_back(&fragment);
    }
    std::ranges::sort(kernels, {}, &Kernel::name);
    std::ranges::sort(fragments, {}, &Fragment::path);
    assert(std::ranges::adjacent_find(kernels, {}, &Kernel::name) == kernels.end() && "two kernels of one name");
  }
};

const Registry &registry() {
  static const Registry instance;
  return instance;
}

/// Whether the fragment defines brn_<stem>; files of one name in two folders may define different functions.
bool defines(const Fragment &fragment, std::string_view stem) {
  const std::size_t at = fragment.text.find(" brn_" + std::string(stem) + "(");
  const std::size_t line = fragment.text.rfind('\n', at) + 1; // of its first mention
  return at != std::string_view::npos && fragment.text.substr(line).starts_with("static ");
}

/// The fragment of that path, or the one of vocabulary `isa` that defines the same function.
const Fragment *findOnIsa(std::string_view path, std::string_view isa) {
  const Fragment *portable = findFragment(path);
  const std::string_view file = path.substr(path.rfind('/') + 1);
  const Fragment *own = findFragment("isa/" + std::string(isa) + "/" + std::string(file));
  return own && defines(*portable, file.substr(0, file.rfind('.'))) ? own : portable;
}

void append(const Fragment *fragment, std::string_view isa, std::unordered_set<const Fragment *> &seen,
            std::vector<const Fragment *> &out) {
  if (!seen.insert(fragment).second)
    return;
  for (std::string_view include : fragment->includes)
    append(findOnIsa(include, isa), isa, seen, out);
  out.push_back(fragment);
}

} // namespace

const Kernel *findKernel(std::string_view name) {
  const auto &kernels = registry().kernels;
  const auto at = std::ranges::lower_bound(kernels, name, {}, &Kernel::name);
  return at != kernels.end() && at->name == name ? &*at : nullptr;
}

std::span<const Kernel> allKernels() { return registry().kernels; }

const Fragment *findFragment(std::string_view path) {
  const auto &fragments = registry().fragments;
  const auto at = std::ranges::lower_bound(fragments, path, {}, &Fragment::path);
  return at != fragments.end() && (*at)->path == path ? *at : nullptr;
}

std::span<const Fragment *const> allFragments() { return registry().fragments; }

std::vector<const Fragment *> fragmentsFor(std::vector<std::string_view> kernelNames, std::string_view isa) {
  std::ranges::sort(kernelNames);
  std::unordered_set<const Fragment *> seen; // for membership only, never iterated
  std::vector<const Fragment *> out;
  for (std::string_view name : kernelNames) {
    const Kernel *kernel = findKernel(name);
    assert(kernel && "not a kernel");
    append(findOnIsa(kernel->fragment, isa), isa, seen, out);
  }
  return out;
}

} // namespace burin::kernels
