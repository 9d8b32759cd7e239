// Finds out what --data holds, and gives its samples with their labels.
#include "frontend/samples/SampleSet.h"
#include "frontend/samples/Labels.h"
#include "frontend/samples/Source.h"

#include <algorithm>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <map>

namespace burin {

SampleSet::~SampleSet() = default;

namespace samples {
namespace fs = std::filesystem;

Source::~Source() = default;

std::string inputText(const SampleInput &input) {
  if (!input.shape)
    return fmt::format("{} of any shape", info(input.dtype).name);
  std::vector<std::string> dims;
  for (int64_t dim : *input.shape)
    dims.push_back(dim == anySize ? "?" : std::to_string(dim));
  return fmt::format("{}[{}]", info(input.dtype).name, fmt::join(dims, ","));
}

std::string placeOf(const fs::path &file, const fs::path &data) {
  return file == data ? file.filename().string() : file.lexically_relative(data).string();
}

bool refuseFlags(const Preparation &p, bool isImages, bool isRecordings, DiagnosticSink &sink) {
  const char *flag = nullptr, *what = nullptr;
  if (!isImages && (p.resize || p.crop || p.channels)) {
    flag = p.resize ? "--resize" : p.crop ? "--crop" : "--channels";
    what = "images in files";
  } else if (!isRecordings && (p.rate || p.hop)) {
    flag = p.rate ? "--rate" : "--hop";
    what = "recordings";
  } else if ((isImages || isRecordings) && p.layout) {
    flag = "--layout";
    what = "arrays";
  }
  if (!flag)
    return true;
  sink.handle({.code = "BRN1512",
               .message = fmt::format("{} is for {}, which the data aren't", flag, what),
               .fix = fmt::format("drop {}", flag)});
  return false;
}

namespace {

enum class FileKind { None, Array, Archive, Image, Recording };

FileKind kindOf(const fs::path &path) {
  static const std::map<std::string, FileKind> kinds = {
      {"npy", FileKind::Array},  {"npz", FileKind::Archive},  {"png", FileKind::Image}, {"jpg", FileKind::Image},
      {"jpeg", FileKind::Image}, {"bmp", FileKind::Image},    {"ppm", FileKind::Image}, {"pgm", FileKind::Image},
      {"pnm", FileKind::Image},  {"wav", FileKind::Recording}};
  const auto kind = kinds.find(extensionOf(path));
  return kind == kinds.end() ? FileKind::None : kind->second;
}

const char *nameOf(FileKind kind) {
  switch (kind) {
  case FileKind::Array:
    return ".npy";
  case FileKind::Archive:
    return ".npz";
  case FileKind::Image:
    return "images";
  case FileKind::Recording:
    return ".wav";
  case FileKind::None:
    break;
  }
  return "nothing";
}

std::nullptr_t nothingIn(const fs::path &data, std::string message, DiagnosticSink &sink) {
  sink.handle({.code = "BRN1018",
               .model = data.filename().string(),
               .message = std::move(message),
               .fix = "give a .npy or .npz, or a folder of .npy, .npz, images, .wav or input_k.pb"});
  return nullptr;
}

/// Whether the folder has an `input_*.pb` or an `output_*.pb`.
bool isTestSet(const fs::path &folder) {
  std::error_code failure;
  for (fs::directory_iterator entry(folder, failure), end; !failure && entry != end; entry.increment(failure)) {
    const std::string name = entry->path().filename().string();
    if (name.ends_with(".pb") && (name.starts_with("input_") || name.starts_with("output_")))
      return true;
  }
  return false;
}

/// The files of the one kind that there are; others, such as a text about them, don't count.
struct Contents {
  FileKind kind = FileKind::None;
  bool isMixed = false;
  FileKind other = FileKind::None;
  std::vector<MediaFile> files;
};

void add(Contents &contents, const std::vector<fs::path> &files, int64_t label, const fs::path &labelFile) {
  for (const fs::path &path : files) {
    const FileKind kind = kindOf(path);
    std::error_code ignored;
    if (kind == FileKind::None || (!labelFile.empty() && fs::equivalent(path, labelFile, ignored)))
      continue;
    if (contents.kind == FileKind::None)
      contents.kind = kind;
    if (contents.kind != kind) {
      contents.isMixed = true;
      contents.other = kind;
    }
    contents.files.push_back({path, label});
  }
}

/// The files of the folder, or, if it has none of its own, those of its folders, which are then classes.
std::optional<Contents> contentsOf(const Listing &listing, const fs::path &labelFile, std::vector<std::string> &classes,
                                   DiagnosticSink &sink) {
  Contents contents;
  add(contents, listing.files, -1, labelFile);
  if (!contents.files.empty())
    return contents;
  for (const fs::path &folder : listing.folders) {
    const std::optional<Listing> inner = listFolder(folder, sink);
    if (!inner)
      return std::nullopt;
    const size_t before = contents.files.size();
    add(contents, inner->files, static_cast<int64_t>(classes.size()), labelFile);
    if (contents.files.size() > before)
      classes.push_back(folder.filename().string());
  }
  return contents;
}

std::vector<fs::path> pathsOf(const std::vector<MediaFile> &files) {
  std::vector<fs::path> paths;
  for (const MediaFile &file : files)
    paths.push_back(file.path);
  return paths;
}

/// Whether the model has one input, as images and recordings can be.
bool takesOne(const SourceRequest &request, DiagnosticSink &sink) {
  if (request.inputs.size() == 1)
    return true;
  sink.handle({.code = "BRN1802",
               .model = request.data.filename().string(),
               .message = fmt::format("images and recordings are for models with one input; this one has {}",
                                      request.inputs.size()),
               .fix = "give a .npz with an array for each input"});
  return false;
}

/// Samples of the one kind.
std::unique_ptr<Source> openFiles(const SourceRequest &request, FileKind kind, std::vector<MediaFile> files,
                                  std::vector<std::string> classes, DiagnosticSink &sink) {
  if (kind == FileKind::Array || kind == FileKind::Archive)
    return openArrays(request, pathsOf(files), sink);
  if (!takesOne(request, sink))
    return nullptr;
  return kind == FileKind::Image ? openImages(request, std::move(files), std::move(classes), sink)
                                 : openRecordings(request, std::move(files), std::move(classes), sink);
}

std::unique_ptr<Source> openFolder(const SourceRequest &request, const fs::path &labelFile, DiagnosticSink &sink) {
  if (isTestSet(request.data))
    return openTestSets(request, {request.data}, sink);
  const std::optional<Listing> listing = listFolder(request.data, sink);
  if (!listing)
    return nullptr;
  std::vector<fs::path> sets;
  std::copy_if(listing->folders.begin(), listing->folders.end(), std::back_inserter(sets), isTestSet);
  if (!sets.empty())
    return openTestSets(request, sets, sink);
  std::vector<std::string> classes;
  const std::optional<Contents> contents = contentsOf(*listing, labelFile, classes, sink);
  if (!contents)
    return nullptr;
  if (contents->files.empty())
    return nothingIn(request.data, "there are no samples in the folder", sink);
  if (contents->isMixed)
    return nothingIn(request.data,
                     fmt::format("the folder has {} and {}: which of them are the samples isn't clear",
                                 nameOf(contents->kind), nameOf(contents->other)),
                     sink);
  return openFiles(request, contents->kind, contents->files, std::move(classes), sink);
}

std::unique_ptr<Source> openSource(const SourceRequest &request, const fs::path &labelFile, DiagnosticSink &sink) {
  std::error_code failure;
  if (fs::is_directory(request.data, failure) || !fs::exists(request.data, failure))
    return openFolder(request, labelFile, sink); // which also says that it isn't there
  if (const FileKind kind = kindOf(request.data); kind != FileKind::None)
    return openFiles(request, kind, {{request.data, -1}}, {}, sink);
  return nothingIn(request.data, "the file's name doesn't say what it holds", sink);
}

/// The samples chosen from a source.
class ChosenSamples : public SampleSet {
public:
  ChosenSamples(std::unique_ptr<Source> source, size_t count)
      : source(std::move(source)), count(count == 0 ? this->source->size() : std::min(count, this->source->size())) {}

  size_t size() const override { return count; }
  std::optional<Sample> sample(size_t index, DiagnosticSink &sink) const override {
    const size_t number = numberOf(index);
    std::optional<Sample> sample = source->read(number, sink);
    if (sample && hasLabels())
      sample->label = label(index);
    return sample;
  }
  const std::vector<SampleInput> &inputs() const override { return source->inputs; }
  bool hasLabels() const override { return !source->labels.empty(); }
  int64_t label(size_t index) const override { return source->labels[numberOf(index)]; }
  const std::vector<std::string> &classes() const override { return source->classes; }
  std::string origin(size_t index) const override { return source->origin(numberOf(index)); }

private:
  /// ⌊index · n / count⌋, with no product that could overflow.
  size_t numberOf(size_t index) const {
    const size_t n = source->size();
    return n / count * index + n % count * index / count;
  }

  std::unique_ptr<Source> source;
  size_t count;
};

/// The label of each sample by the name of its file: the whole origin, or its last part.
bool labelByFile(Source &source, const Labels &labels, const std::string &from, DiagnosticSink &sink) {
  std::map<std::string, int64_t> byFile;
  for (size_t i = 0; i < labels.files.size(); ++i)
    byFile[fs::path(labels.files[i]).lexically_normal().string()] = labels.values[i];
  source.labels.clear();
  for (size_t i = 0; i < source.size(); ++i) {
    const std::string origin = source.origin(i), file = fs::path(origin).filename().string();
    auto label = byFile.find(origin);
    for (const std::string &other : {file, fs::path(origin).stem().string()})
      if (label == byFile.end())
        label = byFile.find(other);
    if (label == byFile.end()) {
      sink.handle({.code = "BRN1808",
                   .model = from,
                   .message = fmt::format("there is no label for {}", quoteName(origin)),
                   .fix = "give one label for each sample"});
      return false;
    }
    source.labels.push_back(label->second);
  }
  return true;
}

bool applyLabels(Source &source, const fs::path &path, DiagnosticSink &sink) {
  std::optional<Labels> labels = readLabels(path, sink);
  if (!labels)
    return false;
  const std::string from = path.filename().string();
  source.classes.clear();
  if (!labels->files.empty())
    return labelByFile(source, *labels, from, sink);
  if (!checkLabelCount(labels->values.size(), source.size(), from, sink))
    return false;
  source.labels = std::move(labels->values);
  return true;
}

} // namespace
} // namespace samples

std::unique_ptr<SampleSet> SampleSet::open(const SampleOptions &options, const std::vector<SampleInput> &inputs,
                                           DiagnosticSink &sink) {
  std::optional<Preparation> preparation = parsePreparation(options, sink);
  if (!preparation)
    return nullptr;
  std::unique_ptr<samples::Source> source = samples::openSource(
      {.data = options.data, .inputs = inputs, .preparation = std::move(*preparation)}, options.labels, sink);
  if (!source)
    return nullptr;
  if (source->size() == 0)
    return samples::nothingIn(options.data, "there is no sample in the data", sink);
  if (!options.labels.empty() && !samples::applyLabels(*source, options.labels, sink))
    return nullptr;
  return std::make_unique<samples::ChosenSamples>(std::move(source), static_cast<size_t>(options.count));
}

} // namespace burin
