#include "compiler/OutputFolder.h"

#include "frontend/tensors/Files.h"

#include <unistd.h>

namespace burin {
namespace fs = std::filesystem;

namespace {

bool fail(DiagnosticSink &sink, const fs::path &folder, const std::string &why) {
  sink.handle({.code = "BRN1602",
               .message = "cannot write the folder " + quoteName(folder.string()) + ": " + why,
               .fix = "name a folder that you may write, on a disk with room"});
  return false;
}

/// Removes a folder unless told to keep it.
struct Cleanup {
  fs::path path;
  ~Cleanup() {
    std::error_code ignored;
    if (!path.empty())
      fs::remove_all(path, ignored);
  }
};

} // namespace

bool writeFolder(const fs::path &requested, const std::vector<codegen::File> &files, DiagnosticSink &sink) {
  std::error_code error;
  fs::path folder = fs::absolute(requested, error).lexically_normal();
  if (!folder.has_filename())
    folder = folder.parent_path(); // "out/" names the folder "out"
  const bool exists = fs::exists(folder, error);
  if (exists && !fs::is_directory(folder, error))
    return fail(sink, requested, "it is a file");
  // The nearest ancestor that exists tells whether we have to make folders, and which to take away again.
  fs::path made, parent = folder.parent_path();
  for (fs::path p = parent; !p.empty() && !fs::exists(p, error) && p != p.root_path(); p = p.parent_path())
    made = p;
  if (!fs::create_directories(parent, error) && error) {
    Cleanup cleanup{made};
    return fail(sink, requested, error.message());
  }
  const fs::path staging = parent / ("." + folder.filename().string() + ".burin-" + std::to_string(getpid()));
  Cleanup cleanup{staging};
  Cleanup cleanupMade{made};
  fs::create_directory(staging, error);
  if (error)
    return fail(sink, requested, error.message());
  CollectingSink writing;
  for (const codegen::File &file : files)
    if (!writeFileBytes(staging / file.name, file.text, writing))
      return fail(sink, requested, writing.diagnostics.empty() ? "write error" : writing.diagnostics[0].message);
  if (!exists) {
    fs::rename(staging, folder, error);
    if (error)
      return fail(sink, requested, error.message());
  } else {
    for (const codegen::File &file : files) {
      fs::rename(staging / file.name, folder / file.name, error);
      if (error)
        return fail(sink, requested, error.message());
    }
  }
  cleanupMade.path.clear();
  return true;
}

} // namespace burin
