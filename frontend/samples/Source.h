// The kinds of data that samples come from.
#pragma once

#include "frontend/samples/NaturalOrder.h"
#include "frontend/samples/Preparation.h"
#include "frontend/samples/SampleSet.h"

namespace burin::samples {

/// All samples of one file or folder, in order. Filled in by the functions below.
class Source {
public:
  virtual ~Source();
  virtual size_t size() const = 0;
  virtual std::optional<Sample> read(size_t index, DiagnosticSink &sink) const = 0; ///< without its label
  virtual std::string origin(size_t index) const = 0;

  std::vector<SampleInput> inputs;  ///< with the shapes of the first sample
  std::vector<int64_t> labels;      ///< one a sample, or none at all
  std::vector<std::string> classes; ///< names, where folders are classes
};

/// What every kind is opened with.
struct SourceRequest {
  std::filesystem::path data;
  std::vector<SampleInput> inputs;
  Preparation preparation;
};

/// `files` of `.npy`, or of `.npz`. If the names of `.npy` files are those of the inputs, they belong together.
std::unique_ptr<Source> openArrays(const SourceRequest &request, const std::vector<std::filesystem::path> &files,
                                   DiagnosticSink &sink);

/// Folders of `input_k.pb` and `output_k.pb`.
std::unique_ptr<Source> openTestSets(const SourceRequest &request, const std::vector<std::filesystem::path> &folders,
                                     DiagnosticSink &sink);

/// A file with the number of its class, or −1.
struct MediaFile {
  std::filesystem::path path;
  int64_t label = -1;
};

/// "cat/7.png": the file's place in the folder `data`, or its name if it is `data` itself.
std::string placeOf(const std::filesystem::path &file, const std::filesystem::path &data);

/// `classes`: the names of the labels, if the files have them.
std::unique_ptr<Source> openImages(const SourceRequest &request, std::vector<MediaFile> files,
                                   std::vector<std::string> classes, DiagnosticSink &sink);
std::unique_ptr<Source> openRecordings(const SourceRequest &request, std::vector<MediaFile> files,
                                       std::vector<std::string> classes, DiagnosticSink &sink);

/// The text of a shape whose dims may be open: "float32[?,3,224,224]".
std::string inputText(const SampleInput &input);

/// BRN1512: a flag that is for other data than these.
bool refuseFlags(const Preparation &preparation, bool isImages, bool isRecordings, DiagnosticSink &sink);

} // namespace burin::samples
