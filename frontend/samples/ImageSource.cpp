#include "frontend/samples/Convert.h"
#include "frontend/samples/Fit.h"
#include "frontend/samples/Image.h"
#include "frontend/samples/Source.h"

#include <cstring>
#include <fmt/format.h>

namespace burin::samples {

namespace {

/// How an input takes images: which of its axes are which.
struct ImageInput {
  int64_t channels = 1;
  std::optional<size_t> channelAxis; ///< none: the input has only height and width
  ImageSize size;                    ///< 0: not known
};

class ImageSource : public Source {
public:
  size_t size() const override { return files.size(); }
  std::optional<Sample> read(size_t index, DiagnosticSink &sink) const override;
  std::string origin(size_t index) const override;
  bool chooseChannels(DiagnosticSink &sink);
  bool chooseSize(DiagnosticSink &sink);

  std::filesystem::path data;
  std::vector<MediaFile> files;
  ImageInput takes;
  Preparation preparation; ///< `resize` to the input's size, where no flag says it otherwise
  ImageChannels channels = ImageChannels::Rgb;
  ValueSteps steps;
};

/// Resizes and crops.
std::optional<Image> prepared(Image image, const Preparation &preparation, const std::string &name,
                              DiagnosticSink &sink) {
  if (preparation.resize && *preparation.resize != image.size)
    image = resizeImage(image, *preparation.resize);
  const std::optional<ImageSize> &crop = preparation.crop;
  if (!crop)
    return image;
  if (crop->height <= image.size.height && crop->width <= image.size.width)
    return cropImage(image, *crop);
  sink.handle({.code = "BRN1802",
               .model = name,
               .message = fmt::format("the image has {} x {} pixels (height x width), less than --crop takes",
                                      image.size.height, image.size.width),
               .facts = {fmt::format("--crop  {}x{}", crop->height, crop->width)},
               .fix = "resize images first, with --resize"});
  return std::nullopt;
}

std::optional<Sample> ImageSource::read(size_t index, DiagnosticSink &sink) const {
  HostTensor tensor{.dtype = DType::Float32, .shape = {}, .data = {}, .name = files[index].path.filename().string()};
  std::optional<Image> image = readImage(files[index].path, channels, sink);
  if (image)
    image = prepared(std::move(*image), preparation, tensor.name, sink);
  if (!image)
    return std::nullopt;
  tensor.shape = {image->size.height, image->size.width, image->channels};
  tensor.data.resize(image->values.size() * sizeof(float));
  std::memcpy(tensor.data.data(), image->values.data(), tensor.data.size());
  Fit fit{.kind = Fit::Kind::Same, .view = tensor.shape, .perm = {}, .shape = *inputs[0].shape};
  if (takes.channelAxis && *takes.channelAxis + 1 < fit.shape.size())
    fit.perm = {2, 0, 1};
  if (takes.size != image->size) {
    sink.handle({.code = "BRN1802",
                 .model = tensor.name,
                 .message = fmt::format("the image has {} x {} pixels (height x width), the input takes {} x {}",
                                        image->size.height, image->size.width, takes.size.height, takes.size.width),
                 .facts = {"input  " + inputText(inputs[0])},
                 .fix = "resize or crop images to the input's size"});
    return std::nullopt;
  }
  std::optional<HostTensor> values = convertValues(arrange(std::move(tensor), fit), inputs[0].dtype, steps, sink);
  if (!values)
    return std::nullopt;
  values->name = inputs[0].name;
  Sample sample;
  sample.inputs.push_back(std::move(*values));
  return sample;
}

std::string ImageSource::origin(size_t index) const { return placeOf(files[index].path, data); }

/// The axes of an input of images. Channels are an axis of size 1 or 3 in front of height and width, as ONNX has it, or
/// behind them; where it is open or fits both, it is in front. Nothing if there is no such reading.
std::optional<ImageInput> imageInput(const std::vector<int64_t> &shape) {
  const auto isOpenOr1 = [](int64_t dim) { return dim == anySize || dim == 1; };
  const auto isColour = [](int64_t dim) { return dim == 1 || dim == 3; };
  const size_t rank = shape.size();
  const auto sizeAt = [&](size_t axis) {
    return ImageSize{std::max<int64_t>(shape[axis], 0), std::max<int64_t>(shape[axis + 1], 0)};
  };
  if (rank == 2)
    return ImageInput{.channels = 1, .channelAxis = std::nullopt, .size = sizeAt(0)};
  if (rank < 3 || rank > 4 || (rank == 4 && !isOpenOr1(shape[0])))
    return std::nullopt;
  const size_t first = rank - 3;
  if (isColour(shape[first]))
    return ImageInput{.channels = shape[first], .channelAxis = first, .size = sizeAt(first + 1)};
  if (isColour(shape[rank - 1]))
    return ImageInput{.channels = shape[rank - 1], .channelAxis = rank - 1, .size = sizeAt(first)};
  if (shape[first] == anySize && rank == 4)
    return ImageInput{.channels = 3, .channelAxis = first, .size = sizeAt(first + 1)};
  return std::nullopt;
}

std::nullptr_t noImages(const SampleInput &input, DiagnosticSink &sink) {
  sink.handle({.code = "BRN1802",
               .message = fmt::format("input {} doesn't take images", quoteName(input.name)),
               .facts = {"input  " + inputText(input)},
               .fix = "give the samples as .npy; images are for inputs of 1 or 3 channels: [1,3,H,W] or [1,H,W,3]"});
  return nullptr;
}

/// The input's shape for images of this size.
std::vector<int64_t> shapeFor(const std::vector<int64_t> &open, const ImageInput &takes, ImageSize size) {
  std::vector<int64_t> shape(open.size(), 1);
  const size_t rank = shape.size();
  const size_t rows = !takes.channelAxis || *takes.channelAxis + 1 < rank ? rank - 2 : rank - 3;
  shape[rows] = size.height;
  shape[rows + 1] = size.width;
  if (takes.channelAxis)
    shape[*takes.channelAxis] = takes.channels;
  return shape;
}

/// Gray or colour, as the flag says or the input wants it.
bool ImageSource::chooseChannels(DiagnosticSink &sink) {
  channels = preparation.channels.value_or(takes.channels == 1 ? ImageChannels::Gray : ImageChannels::Rgb);
  const int64_t given = channels == ImageChannels::Gray ? 1 : 3;
  if (takes.channelAxis && (*inputs[0].shape)[*takes.channelAxis] == anySize)
    takes.channels = given;
  if (given == takes.channels)
    return true;
  sink.handle({.code = "BRN1512",
               .message = fmt::format("--channels gives {}, but input {} takes {}", given, quoteName(inputs[0].name),
                                      takes.channels),
               .facts = {"input  " + inputText(inputs[0])},
               .fix = takes.channels == 1 ? "use --channels gray" : "use --channels rgb or bgr"});
  return false;
}

/// The input's size, or that of the first image where it is open.
bool ImageSource::chooseSize(DiagnosticSink &sink) {
  std::optional<Image> first = readImage(files[0].path, channels, sink);
  if (!first)
    return false;
  if (!preparation.resize && !preparation.crop && takes.size.height > 0 && takes.size.width > 0) {
    preparation.resize = takes.size;
    if (first->size != takes.size)
      sink.handle(
          {.severity = Severity::Remark,
           .message = fmt::format("images are resized to the input's {} x {} pixels, whatever their proportions",
                                  takes.size.height, takes.size.width),
           .fix = "--resize and --crop say how"});
  }
  first = prepared(std::move(*first), preparation, files[0].path.filename().string(), sink);
  if (!first)
    return false;
  if (takes.size.height == 0)
    takes.size.height = first->size.height;
  if (takes.size.width == 0)
    takes.size.width = first->size.width;
  return true;
}

} // namespace

std::unique_ptr<Source> openImages(const SourceRequest &request, std::vector<MediaFile> files,
                                   std::vector<std::string> classes, DiagnosticSink &sink) {
  if (!refuseFlags(request.preparation, /*isImages=*/true, /*isRecordings=*/false, sink))
    return nullptr;
  auto source = std::make_unique<ImageSource>();
  source->inputs = request.inputs;
  source->data = request.data;
  source->classes = std::move(classes);
  for (const MediaFile &file : files)
    if (file.label >= 0)
      source->labels.push_back(file.label);
  source->files = std::move(files);
  source->preparation = request.preparation;
  std::optional<std::vector<int64_t>> &shape = source->inputs.front().shape;
  if (!shape)
    shape = std::vector<int64_t>(4, anySize);
  const std::optional<ImageInput> takes = imageInput(*shape);
  if (!takes)
    return noImages(request.inputs.front(), sink);
  source->takes = *takes;
  if (!source->chooseChannels(sink) || !source->chooseSize(sink))
    return nullptr;
  shape = shapeFor(*shape, source->takes, source->takes.size);
  auto steps = valueSteps(request.preparation, request.inputs.front().name, *shape, source->takes.channelAxis,
                          /*rounds=*/true, sink);
  if (!steps)
    return nullptr;
  source->steps = std::move(*steps);
  return source;
}

} // namespace burin::samples
