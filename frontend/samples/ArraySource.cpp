#include "frontend/samples/ArrayFile.h"
#include "frontend/samples/Convert.h"
#include "frontend/samples/Fit.h"
#include "frontend/samples/Labels.h"
#include "frontend/samples/Source.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace burin::samples {
namespace fs = std::filesystem;

namespace {

/// An array and what becomes of it.
struct InputArray {
  ArrayFile file;
  ArrayFit fit;
  ValueSteps steps;
};

/// Arrays whose samples belong together: one for each input.
struct Group {
  std::vector<InputArray> arrays;
  size_t first = 0, count = 0; ///< in the whole set
};

class ArraySource : public Source {
public:
  size_t size() const override { return groups.empty() ? 0 : groups.back().first + groups.back().count; }
  std::optional<Sample> read(size_t index, DiagnosticSink &sink) const override;
  std::string origin(size_t index) const override;

  const Group &groupOf(size_t index) const {
    return *std::prev(std::upper_bound(groups.begin(), groups.end(), index,
                                       [](size_t i, const Group &group) { return i < group.first; }));
  }

  std::vector<Group> groups;
};

std::optional<Sample> ArraySource::read(size_t index, DiagnosticSink &sink) const {
  const Group &group = groupOf(index);
  Sample sample;
  for (size_t k = 0; k < group.arrays.size(); ++k) {
    const InputArray &array = group.arrays[k];
    std::optional<HostTensor> tensor =
        array.fit.isOneSample ? array.file.whole(sink) : array.file.slice(index - group.first, sink);
    if (tensor)
      tensor = convertValues(arrange(std::move(*tensor), array.fit.fit), inputs[k].dtype, array.steps, sink);
    if (!tensor)
      return std::nullopt;
    tensor->name = inputs[k].name;
    sample.inputs.push_back(std::move(*tensor));
  }
  return sample;
}

std::string ArraySource::origin(size_t index) const {
  const Group &group = groupOf(index);
  const std::string name = group.arrays.front().file.name();
  return group.count == 1 ? name : fmt::format("{}[{}]", name, index - group.first);
}

/// An array by the name that its file or archive gives it.
struct NamedArray {
  std::string name;
  ArrayFile file;
};

/// Names as files can have them: "a/b:0" is "a_b_0".
std::string fileName(std::string_view name) {
  std::string text(name);
  for (char &c : text)
    if (c == '/' || c == ':' || c == '\\')
      c = '_';
  return text;
}

bool isLabelName(std::string_view name) { return name == "y" || name == "labels" || name == "label"; }

/// The array of each input, in their order, or nothing.
std::optional<std::vector<const NamedArray *>> arraysFor(const std::vector<SampleInput> &inputs,
                                                         const std::vector<NamedArray> &arrays) {
  std::vector<const NamedArray *> found;
  for (size_t k = 0; k < inputs.size(); ++k)
    for (const std::string &name : {inputs[k].name, fileName(inputs[k].name), fmt::format("input_{}", k)}) {
      const auto array = std::ranges::find(arrays, name, &NamedArray::name);
      if (array == arrays.end())
        continue;
      found.push_back(&*array);
      break;
    }
  if (found.size() == inputs.size())
    return found;
  if (inputs.size() != 1)
    return std::nullopt;
  const auto x = std::ranges::find(arrays, "x", &NamedArray::name);
  if (x != arrays.end())
    return std::vector<const NamedArray *>{&*x};
  for (const NamedArray &array : arrays)
    if (!isLabelName(array.name))
      found.push_back(&array);
  return found.size() == 1 ? std::optional(found) : std::nullopt;
}

/// Reads arrays into groups.
class Opener {
public:
  Opener(const SourceRequest &request, DiagnosticSink &sink) : request(request), sink(sink) {
    source->inputs = request.inputs;
  }

  bool addArchive(const fs::path &path);
  bool addFiles(const std::vector<fs::path> &files);
  std::unique_ptr<Source> take();

private:
  bool addGroup(const std::vector<NamedArray> &arrays, const std::string &from);
  bool addGroup(const std::vector<const NamedArray *> &arrays);
  bool addLabels(const std::vector<NamedArray> &arrays, const std::vector<const NamedArray *> &used, size_t count);
  std::optional<InputArray> fit(const ArrayFile &file, const SampleInput &input);
  void remark(const ArrayFile &file, const SampleInput &input, const ArrayFit &fit);

  const SourceRequest &request;
  DiagnosticSink &sink;
  std::unique_ptr<ArraySource> source = std::make_unique<ArraySource>();
};

std::optional<InputArray> Opener::fit(const ArrayFile &file, const SampleInput &input) {
  std::optional<ArrayFit> fit = fitArray(file.shape(), input.shape, request.preparation.layout);
  if (!fit) {
    sink.handle(
        {.code = "BRN1802",
         .model = file.name(),
         .message = fmt::format("the array doesn't hold samples for input {}", quoteName(input.name)),
         .facts = {"data   " + typeText(file.dtype(), file.shape()), "input  " + inputText(input)},
         .fix = "give samples along the first axis, each of the input's shape; or bind the input's with --shape"});
    return std::nullopt;
  }
  std::optional<ValueSteps> steps =
      valueSteps(request.preparation, input.name, fit->fit.shape, std::nullopt, /*rounds=*/false, sink);
  if (!steps)
    return std::nullopt;
  if (source->groups.empty())
    remark(file, input, *fit);
  return InputArray{.file = file, .fit = std::move(*fit), .steps = std::move(*steps)};
}

void Opener::remark(const ArrayFile &file, const SampleInput &input, const ArrayFit &fit) {
  std::string message, fix;
  switch (fit.fit.kind) {
  case Fit::Kind::Same:
    return;
  case Fit::Kind::Turned:
    message = fit.fit.perm.size() == 2   ? "the two axes are swapped to fit the input"
              : fit.fit.perm.back() == 0 ? "channels are moved from the first axis to the last"
                                         : "channels are moved from the last axis to the first";
    break;
  case Fit::Kind::Ambiguous:
    message = "samples are taken as they are, but channels could be last";
    fix = "--layout nhwc moves them to the front, --layout nchw says that they are there";
    break;
  case Fit::Kind::Flat:
    message = "samples are read as row-major sequences";
    break;
  }
  sink.handle({.severity = Severity::Remark,
               .model = file.name(),
               .message = std::move(message),
               .facts = {"data   " + typeText(file.dtype(), file.shape()), "input  " + inputText(input)},
               .fix = std::move(fix)});
}

bool Opener::addGroup(const std::vector<const NamedArray *> &arrays) {
  Group group{.arrays = {}, .first = source->size(), .count = 0};
  for (size_t k = 0; k < arrays.size(); ++k) {
    std::optional<InputArray> array = fit(arrays[k]->file, request.inputs[k]);
    if (!array)
      return false;
    const size_t count = array->fit.isOneSample ? 1 : static_cast<size_t>(array->file.shape()[0]);
    if (k > 0 && count != group.count) {
      sink.handle(
          {.code = "BRN1802",
           .model = array->file.name(),
           .message = fmt::format("there are {} samples for input {}, but {} for input {}", count,
                                  quoteName(request.inputs[k].name), group.count, quoteName(request.inputs[0].name)),
           .facts = {fmt::format("{}  {}", group.arrays[0].file.name(),
                                 typeText(group.arrays[0].file.dtype(), group.arrays[0].file.shape())),
                     fmt::format("{}  {}", array->file.name(), typeText(array->file.dtype(), array->file.shape()))},
           .fix = "give as many of each"});
      return false;
    }
    group.count = count;
    group.arrays.push_back(std::move(*array));
  }
  if (group.count == 0)
    return true;
  if (source->groups.empty())
    for (size_t k = 0; k < arrays.size(); ++k)
      source->inputs[k].shape = group.arrays[k].fit.fit.shape;
  source->groups.push_back(std::move(group));
  return true;
}

bool Opener::addLabels(const std::vector<NamedArray> &arrays, const std::vector<const NamedArray *> &used,
                       size_t count) {
  for (const NamedArray &array : arrays) {
    if (!isLabelName(array.name) || std::ranges::find(used, &array) != used.end())
      continue;
    std::optional<HostTensor> tensor = array.file.whole(sink);
    std::optional<std::vector<int64_t>> labels = tensor ? labelsOf(*tensor, array.file.name(), sink) : std::nullopt;
    if (!labels || !checkLabelCount(labels->size(), count, array.file.name(), sink))
      return false;
    source->labels.insert(source->labels.end(), labels->begin(), labels->end());
    return true;
  }
  return true;
}

bool Opener::addGroup(const std::vector<NamedArray> &arrays, const std::string &from) {
  const auto found = arraysFor(request.inputs, arrays);
  if (!found) {
    std::vector<std::string> wanted, there;
    for (const SampleInput &input : request.inputs)
      wanted.push_back(input.name);
    for (const NamedArray &array : arrays)
      there.push_back(array.name);
    sink.handle({.code = "BRN1802",
                 .model = from,
                 .message = "the arrays' names don't say which input each is for",
                 .facts = {fmt::format("arrays  {}", quoteName(fmt::format("{}", fmt::join(there, ", ")))),
                           fmt::format("inputs  {}", quoteName(fmt::format("{}", fmt::join(wanted, ", "))))},
                 .fix = "name the arrays as the inputs, or input_0, input_1 … in the model's order"});
    return false;
  }
  const size_t before = source->size();
  return addGroup(*found) && addLabels(arrays, *found, source->size() - before);
}

bool Opener::addArchive(const fs::path &path) {
  const std::optional<std::vector<ZipEntry>> entries = readZipDirectory(path, sink);
  if (!entries)
    return false;
  std::vector<NamedArray> arrays;
  for (const ZipEntry &entry : *entries) {
    const fs::path name(entry.name);
    if (name.extension() != ".npy")
      continue;
    std::optional<ArrayFile> file = ArrayFile::open(path, entry, sink);
    if (!file)
      return false;
    arrays.push_back({entry.name.substr(0, entry.name.size() - 4), std::move(*file)});
  }
  return addGroup(arrays, path.filename().string());
}

bool Opener::addFiles(const std::vector<fs::path> &files) {
  std::vector<NamedArray> arrays;
  for (const fs::path &path : files) {
    std::optional<ArrayFile> file = ArrayFile::open(path, sink);
    if (!file)
      return false;
    arrays.push_back({path.stem().string(), std::move(*file)});
  }
  if (request.inputs.size() != 1 || (arraysFor(request.inputs, arrays) && arrays.size() > 1))
    return addGroup(arrays, request.data.filename().string());
  return std::ranges::all_of(arrays, [&](const NamedArray &array) { return addGroup({&array}); });
}

std::unique_ptr<Source> Opener::take() {
  if (source->labels.size() != source->size())
    source->labels.clear(); // archives with labels and others without
  return std::move(source);
}

} // namespace

std::unique_ptr<Source> openArrays(const SourceRequest &request, const std::vector<fs::path> &files,
                                   DiagnosticSink &sink) {
  if (!refuseFlags(request.preparation, /*isImages=*/false, /*isRecordings=*/false, sink))
    return nullptr;
  Opener opener(request, sink);
  const bool areArchives = extensionOf(files.front()) == "npz";
  const bool good = areArchives ? std::ranges::all_of(files, [&](const fs::path &p) { return opener.addArchive(p); })
                                : opener.addFiles(files);
  return good ? opener.take() : nullptr;
}

} // namespace burin::samples
