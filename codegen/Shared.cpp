#include "codegen/Shared.h"

#include "llvm/ADT/StringExtras.h"

#include <map>
#include <set>

namespace burin::codegen {
namespace {

/// Lets equal tables be one. `all` gets those that are left.
void joinConstants(SharedLibrary &shared, std::vector<Constant> &all) {
  std::map<std::pair<std::string, llvm::StringRef>, size_t> known; // by C type and bytes
  for (Run &run : shared.runs)
    for (Constant &c : run.library.constants) {
      const auto [it, isNew] =
          known.try_emplace({c.ctype, llvm::StringRef(c.bytes.data(), c.bytes.size())}, all.size());
      Constant &stored = isNew ? all.emplace_back(c) : all[it->second];
      const std::string reader = run.name + "_" + c.usedBy;
      stored.usedBy = isNew ? reader : stored.usedBy + ", " + reader;
      if (isNew)
        continue;
      for (Reset &reset : run.library.resets)
        if (reset.constant == c.symbol)
          reset.constant = stored.symbol;
      c.symbol = stored.symbol;
      ++shared.sharedTables;
      shared.sharedBytes += static_cast<int64_t>(c.bytes.size());
    }
  for (Constant &c : all)
    if (!c.storage.empty())
      c.bytes = c.storage; // a copy has its own
}

} // namespace

SharedLibrary share(LibraryInfo info, std::vector<Run> runs) {
  SharedLibrary shared{.whole = {}, .runs = std::move(runs)};
  Library &whole = shared.whole;
  whole.info = std::move(info);
  whole.upper = llvm::StringRef(whole.info.name).upper();
  std::set<std::string> views;
  for (const Run &run : shared.runs) {
    const Library &l = run.library;
    views.insert(l.views.begin(), l.views.end());
    whole.arenaAlign = std::max(whole.arenaAlign, l.arenaAlign);
    whole.arenaBytes = std::max<int64_t>(whole.arenaBytes, std::max<int64_t>(1, run.planned()));
    whole.bound = std::max(whole.bound, l.bound);
    whole.stateBytes += l.stateBytes;
    whole.macs += l.macs;
    whole.stackBound = std::max(whole.stackBound, l.stackBound);
  }
  // What is the least for one run is the least for all.
  whole.optimal = llvm::any_of(shared.runs, [&](const Run &run) {
    return run.library.optimal && std::max<int64_t>(1, run.planned()) == whole.arenaBytes;
  });
  whole.arenaBytes = static_cast<int64_t>(
      llvm::alignTo(static_cast<uint64_t>(whole.arenaBytes), static_cast<uint64_t>(whole.arenaAlign)));
  whole.views.assign(views.begin(), views.end());
  joinConstants(shared, whole.constants);
  for (const Constant &c : whole.constants)
    whole.constantBytes += static_cast<int64_t>(c.bytes.size());
  return shared;
}

std::string headNames(const SharedLibrary &library, const Run &trunk) {
  std::string names;
  for (auto [i, head] : llvm::enumerate(trunk.heads))
    names += (i == 0 ? "" : i + 1 == trunk.heads.size() ? " and " : ", ") + library.runs[head].name;
  return names;
}

std::vector<File> printLibrary(const SharedLibrary &library) {
  const std::string &name = library.whole.info.name;
  std::vector<File> files = {{name + ".h", printHeader(library)}, {name + ".c", printSource(library)}};
  llvm::append_range(files, printWeights(library.whole));
  files.push_back({name + "_test.c", printTest(library)});
  files.push_back({"CMakeLists.txt", printCMake(library.whole)});
  files.push_back({"report.json", printReport(library)});
  return files;
}

} // namespace burin::codegen
