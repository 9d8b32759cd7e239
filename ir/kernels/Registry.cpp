#include "ir/kernels/Family.h"

#include <algorithm>
#include <cassert>
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

void append(const Fragment *fragment, std::unordered_set<const Fragment *> &seen, std::vector<const Fragment *> &out) {
  if (!seen.insert(fragment).second)
    return;
  for (std::string_view include : fragment->includes)
    append(findFragment(include), seen, out);
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

std::vector<const Fragment *> fragmentsFor(std::vector<std::string_view> kernelNames) {
  std::ranges::sort(kernelNames);
  std::unordered_set<const Fragment *> seen; // for membership only, never iterated
  std::vector<const Fragment *> out;
  for (std::string_view name : kernelNames) {
    const Kernel *kernel = findKernel(name);
    assert(kernel && "not a kernel");
    append(findFragment(kernel->fragment), seen, out);
  }
  return out;
}

} // namespace burin::kernels
