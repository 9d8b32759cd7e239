#include "frontend/samples/Convert.h"
#include "frontend/samples/Source.h"
#include "frontend/samples/Wav.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <fmt/format.h>
#include <mutex>

namespace burin::samples {

namespace {

/// The frames that a recording may have after resampling.
constexpr int64_t mostFrames = int64_t{1} << 28;

/// How an input takes sound: which of its axes are which.
struct SoundInput {
  int64_t channels = 1, frames = 0; ///< 0 frames: not known
  size_t timeAxis = 0;
  std::optional<size_t> channelAxis;
};

/// One window of a recording.
struct Window {
  size_t file = 0;
  int64_t firstFrame = 0;
};

class RecordingSource : public Source {
public:
  size_t size() const override { return windows.size(); }
  std::optional<Sample> read(size_t index, DiagnosticSink &sink) const override;
  std::string origin(size_t index) const override;
  std::shared_ptr<const Recording> load(size_t file, DiagnosticSink &sink) const;
  bool findWindows(DiagnosticSink &sink);
  bool addWindows(size_t file, DiagnosticSink &sink);

  std::filesystem::path data;
  std::vector<MediaFile> files;
  std::vector<Window> windows;
  SoundInput takes;
  std::optional<int64_t> rate, hop;
  ValueSteps steps;

private:
  /// The file that was read last: windows are mostly asked for in order.
  mutable std::mutex mutex;
  mutable std::shared_ptr<const Recording> last;
  mutable size_t lastFile = 0;
};

/// The recording at the set's rate and with the input's channels.
std::shared_ptr<const Recording> RecordingSource::load(size_t file, DiagnosticSink &sink) const {
  {
    const std::lock_guard lock(mutex);
    if (last && lastFile == file)
      return last;
  }
  const std::string name = files[file].path.filename().string();
  std::optional<Recording> recording = readWav(files[file].path, sink);
  if (!recording)
    return nullptr;
  if (rate && recording->frames() > mostFrames / *rate * recording->rate) {
    sink.handle(
        {.code = "BRN1016",
         .model = name,
         .message = fmt::format("the recording is too long: {} frames at {} Hz", recording->frames(), recording->rate),
         .fix = "cut it"});
    return nullptr;
  }
  Recording prepared = withChannels(*recording, takes.channels);
  if (rate)
    prepared = resample(prepared, *rate);
  auto result = std::make_shared<const Recording>(std::move(prepared));
  const std::lock_guard lock(mutex);
  last = result;
  lastFile = file;
  return result;
}

/// Without a hop one window a recording, which needn't be read for that.
bool RecordingSource::findWindows(DiagnosticSink &sink) {
  for (size_t file = 0; file < files.size(); ++file) {
    windows.push_back({file, 0});
    if (hop && !addWindows(file, sink))
      return false;
    if (files[file].label >= 0)
      labels.resize(windows.size(), files[file].label);
  }
  return true;
}

/// Those after the first.
bool RecordingSource::addWindows(size_t file, DiagnosticSink &sink) {
  const std::shared_ptr<const Recording> recording = load(file, sink);
  if (!recording)
    return false;
  for (int64_t first = *hop; first + takes.frames < recording->frames() + *hop; first += *hop)
    windows.push_back({file, first});
  return true;
}

std::optional<Sample> RecordingSource::read(size_t index, DiagnosticSink &sink) const {
  const Window &window = windows[index];
  const std::shared_ptr<const Recording> recording = load(window.file, sink);
  if (!recording)
    return std::nullopt;
  HostTensor tensor{.dtype = DType::Float32, .shape = *inputs[0].shape, .data = {}, .name = origin(index)};
  std::vector<float> values(static_cast<size_t>(tensor.size()), 0.0f);
  const bool isInterleaved = takes.channelAxis && *takes.channelAxis > takes.timeAxis;
  const int64_t frameStep = isInterleaved ? takes.channels : 1, channelStep = isInterleaved ? 1 : takes.frames;
  const int bits = info(inputs[0].dtype).bits;
  const bool isInteger = info(inputs[0].dtype).kind != DTypeKind::Float;
  const float most = isInteger ? std::min(std::nextafter(1.0f, 0.0f), 1 - std::ldexp(1.0f, 1 - bits)) : INFINITY;
  for (int64_t k = 0; k < std::min(takes.frames, recording->frames() - window.firstFrame); ++k)
    for (int64_t c = 0; c < takes.channels; ++c) {
      const float x = recording->values[static_cast<size_t>((window.firstFrame + k) * takes.channels + c)];
      values[static_cast<size_t>(k * frameStep + c * channelStep)] = isInteger ? std::max(-1.0f, std::min(x, most)) : x;
    }
  tensor.data.resize(values.size() * sizeof(float));
  std::memcpy(tensor.data.data(), values.data(), tensor.data.size());
  std::optional<HostTensor> converted = convertValues(std::move(tensor), inputs[0].dtype, steps, sink);
  if (!converted)
    return std::nullopt;
  converted->name = inputs[0].name;
  Sample sample;
  sample.inputs.push_back(std::move(*converted));
  return sample;
}

std::string RecordingSource::origin(size_t index) const {
  const std::string name = placeOf(files[windows[index].file].path, data);
  return windows[index].firstFrame == 0 ? name : fmt::format("{}@{}", name, windows[index].firstFrame);
}

/// The axes of an input of sound: one of time and perhaps one of 2 channels; all others have size 1, and an open first
/// one is the batch. Nothing if there is no such reading.
std::optional<SoundInput> soundInput(const std::vector<int64_t> &shape) {
  std::vector<size_t> axes;
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (shape[axis] != 1 && !(axis == 0 && shape.size() > 1 && shape[axis] == anySize))
      axes.push_back(axis);
  SoundInput takes;
  if (axes.size() == 2 && shape[axes[0]] == 2) {
    takes = {.channels = 2, .frames = 0, .timeAxis = axes[1], .channelAxis = axes[0]};
  } else if (axes.size() == 2 && shape[axes[1]] == 2) {
    takes = {.channels = 2, .frames = 0, .timeAxis = axes[0], .channelAxis = axes[1]};
  } else if (axes.size() == 1) {
    takes.timeAxis = axes[0];
  } else {
    return std::nullopt;
  }
  takes.frames = std::max<int64_t>(shape[takes.timeAxis], 0);
  return takes;
}

/// Files without a stated rate must agree on one; only the first is known without reading all.
bool chooseRate(RecordingSource &source, const Preparation &preparation, DiagnosticSink &sink) {
  const std::optional<Recording> first = readWav(source.files[0].path, sink);
  if (!first)
    return false;
  source.rate = preparation.rate.value_or(first->rate);
  const std::shared_ptr<const Recording> recording = source.load(0, sink);
  if (!recording)
    return false;
  if (!preparation.rate)
    sink.handle({.severity = Severity::Remark,
                 .message = fmt::format("recordings are taken at {} Hz, the rate of the first", first->rate),
                 .fix = "--rate says at which rate the model takes them"});
  if (source.takes.frames == 0)
    source.takes.frames = recording->frames();
  return true;
}

} // namespace

std::unique_ptr<Source> openRecordings(const SourceRequest &request, std::vector<MediaFile> files,
                                       std::vector<std::string> classes, DiagnosticSink &sink) {
  if (!refuseFlags(request.preparation, /*isImages=*/false, /*isRecordings=*/true, sink))
    return nullptr;
  auto source = std::make_unique<RecordingSource>();
  source->inputs = request.inputs;
  source->data = request.data;
  source->classes = std::move(classes);
  source->files = std::move(files);
  SampleInput &input = source->inputs.front();
  if (!input.shape)
    input.shape = {1, anySize};
  const std::optional<SoundInput> takes = soundInput(*input.shape);
  if (!takes) {
    sink.handle(
        {.code = "BRN1802",
         .message = fmt::format("input {} doesn't take recordings", quoteName(input.name)),
         .facts = {"input  " + inputText(input)},
         .fix = "give the samples as .npy; recordings are for inputs [1,T], [1,1,T], [1,T,1], [1,2,T] or [1,T,2]"});
    return nullptr;
  }
  source->takes = *takes;
  source->hop = request.preparation.hop;
  if (!chooseRate(*source, request.preparation, sink))
    return nullptr;
  for (int64_t &dim : *input.shape)
    dim = dim == anySize ? 1 : dim;
  (*input.shape)[takes->timeAxis] = source->takes.frames;
  Preparation preparation = request.preparation;
  if (info(input.dtype).kind != DTypeKind::Float && !preparation.scale)
    preparation.scale = std::ldexp(1.0f, info(input.dtype).bits - 1);
  auto steps = valueSteps(preparation, input.name, *input.shape, takes->channelAxis, /*rounds=*/true, sink);
  if (!steps)
    return nullptr;
  source->steps = std::move(*steps);
  return source->findWindows(sink) ? std::move(source) : nullptr;
}

} // namespace burin::samples
