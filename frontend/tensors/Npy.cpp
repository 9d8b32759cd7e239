// numpy's .npy files.
#include "frontend/tensors/Files.h"
#include "frontend/tensors/TensorFiles.h"

#include <algorithm>
#include <cassert>
#include <charconv>
#include <cstring>
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <utility>

using namespace burin;

namespace {
struct Header {
  std::string_view descr;
  bool fortranOrder = false;
  std::vector<int64_t> shape;
  bool hasDescr = false, hasOrder = false, hasShape = false;
};

/// Reads the Python literal {'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }.
class HeaderParser {
public:
  explicit HeaderParser(std::string_view text) : text(text) {}

  /// Empty, or what is wrong.
  std::string_view parse(Header &header) {
    if (!take('{'))
      return "the header is not a dictionary";
    while (!take('}')) {
      std::optional<std::string_view> key = string();
      if (!key || !take(':'))
        return "the header is not a dictionary";
      if (std::string_view problem = value(*key, header); !problem.empty())
        return problem;
      if (!take(',') && peek() != '}')
        return "the header is not a dictionary";
    }
    if (peek() != '\0')
      return "the header goes on after its dictionary";
    if (!header.hasDescr || !header.hasOrder || !header.hasShape)
      return "the header lacks 'descr', 'fortran_order' or 'shape'";
    return {};
  }

private:
  std::string_view value(std::string_view key, Header &header) {
    if (key == "descr") {
      std::optional<std::string_view> descr = string();
      if (!descr)
        return "the elements are structures";
      header.descr = *descr;
      return once(header.hasDescr);
    }
    if (key == "fortran_order") {
      header.fortranOrder = takeWord("True");
      if (!header.fortranOrder && !takeWord("False"))
        return "'fortran_order' is neither True nor False";
      return once(header.hasOrder);
    }
    if (key == "shape") {
      if (!tuple(header.shape))
        return "'shape' is not a tuple of integers";
      return once(header.hasShape);
    }
    return "the header has an unknown key";
  }

  static std::string_view once(bool &seen) { return std::exchange(seen, true) ? "a key occurs twice" : ""; }

  char peek() {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\n'))
      text.remove_prefix(1);
    return text.empty() ? '\0' : text.front();
  }

  bool take(char wanted) {
    if (peek() != wanted)
      return false;
    text.remove_prefix(1);
    return true;
  }

  bool takeWord(std::string_view word) {
    peek();
    if (!text.starts_with(word))
      return false;
    text.remove_prefix(word.size());
    return true;
  }

  std::optional<std::string_view> string() {
    char quote = peek();
    if (quote != '\'' && quote != '"')
      return std::nullopt;
    size_t end = text.find(quote, 1);
    if (end == text.npos)
      return std::nullopt;
    std::string_view result = text.substr(1, end - 1);
    text.remove_prefix(end + 1);
    return result;
  }

  bool tuple(std::vector<int64_t> &values) {
    if (!take('('))
      return false;
    while (!take(')')) {
      peek();
      int64_t number;
      auto [end, failure] = std::from_chars(text.begin(), text.end(), number);
      if (failure != std::errc())
        return false;
      text.remove_prefix(static_cast<size_t>(end - text.begin()));
      values.push_back(number);
      takeWord("L"); // Python 2 wrote long integers so
      if (!take(',') && peek() != ')')
        return false;
    }
    return true;
  }

  std::string_view text;
};
} // namespace

/// The type of a `descr`, whose first character says the byte order.
static std::optional<DType> typeOf(std::string_view descr) {
  if (descr.size() < 3 || std::string_view("<>=|").find(descr.front()) == std::string_view::npos)
    return std::nullopt;
  for (int number = 1; auto type = dtypeFromOnnx(number); ++number)
    if (std::string_view numpy = info(*type).numpy; !numpy.empty() && numpy.substr(1) == descr.substr(1))
      return type;
  return std::nullopt;
}

/// Swaps the bytes of each number; a complex element is two numbers.
static void swapBytes(std::vector<std::byte> &data, const DTypeInfo &type) {
  auto width = type.bytes() / (type.kind == DTypeKind::Complex ? 2 : 1);
  for (auto number = data.begin(); number != data.end(); number += width)
    std::reverse(number, number + width);
}

/// Column-major to row-major: reads `data` with the strides of the reversed shape.
static std::vector<std::byte> fromFortranOrder(const std::vector<std::byte> &data, const std::vector<int64_t> &shape,
                                               size_t elementBytes) {
  std::vector<std::byte> result(data.size());
  std::vector<int64_t> index(shape.size(), 0), stride(shape.size(), 1);
  for (size_t axis = 1; axis < shape.size(); ++axis)
    stride[axis] = stride[axis - 1] * shape[axis - 1];
  int64_t source = 0;
  for (size_t out = 0; out < data.size(); out += elementBytes) {
    std::memcpy(&result[out], &data[static_cast<size_t>(source) * elementBytes], elementBytes);
    for (size_t axis = shape.size(); axis-- > 0;) { // the next index; its last axis runs fastest
      source += stride[axis];
      if (++index[axis] < shape[axis])
        break;
      source -= stride[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return result;
}

namespace {
struct Problem {
  std::string message, fact;
};
} // namespace

/// Finds the header's text in the first bytes of a file.
static std::optional<Problem> findHeader(std::string_view bytes, std::string_view &header, uint64_t &dataStart) {
  constexpr std::string_view magic = "\x93NUMPY";
  if (!bytes.starts_with(magic))
    return Problem{"the file is not a .npy file", fmt::format("size  {} bytes", bytes.size())};
  size_t start = magic.size() + 2;
  int version = bytes.size() < start ? 0 : static_cast<unsigned char>(bytes[magic.size()]);
  if (version < 1 || version > 3)
    return Problem{"the file has an unknown version of the .npy format", fmt::format("version  {}", version)};
  size_t lengthBytes = version == 1 ? 2 : 4, length = 0;
  for (size_t i = 0; i < lengthBytes && start + i < bytes.size(); ++i)
    length |= static_cast<size_t>(static_cast<unsigned char>(bytes[start + i])) << (8 * i);
  start += lengthBytes;
  if (bytes.size() < start || bytes.size() - start < length)
    return Problem{"the file ends within its header", fmt::format("size  {} bytes", bytes.size())};
  header = bytes.substr(start, length);
  dataStart = start + length;
  return std::nullopt;
}

/// `bytes`: the first of `fileBytes`.
static std::optional<Problem> parse(std::string_view bytes, uint64_t fileBytes, NpyHeader &result) {
  std::string_view text;
  if (auto problem = findHeader(bytes, text, result.dataStart))
    return problem;
  Header header;
  std::string fact = "header  " + quoteName(text);
  if (std::string_view problem = HeaderParser(text).parse(header); !problem.empty())
    return Problem{std::string(problem), fact};
  std::optional<DType> dtype = typeOf(header.descr);
  if (!dtype)
    return Problem{fmt::format("the element type {} is not one of ONNX's numeric types", quoteName(header.descr)),
                   fact};
  std::optional<int64_t> elements = elementCount(header.shape);
  if (!elements)
    return Problem{"the shape is not one that a tensor can have", fact};
  const auto wanted = static_cast<uint64_t>(*elements * info(*dtype).bytes());
  if (wanted != fileBytes - result.dataStart)
    return Problem{fmt::format("the data have {} bytes instead of {}", fileBytes - result.dataStart, wanted), fact};
  result.dtype = *dtype;
  result.shape = std::move(header.shape);
  result.isBigEndian = header.descr.front() == '>';
  result.isFortranOrder = header.fortranOrder;
  return std::nullopt;
}

std::optional<NpyHeader> burin::readNpyHeader(std::string_view beginning, uint64_t fileBytes,
                                              const std::filesystem::path &path, DiagnosticSink &sink) {
  NpyHeader header;
  if (std::optional<Problem> problem = parse(beginning, fileBytes, header)) {
    sink.handle({.code = "BRN1010",
                 .model = path.filename().string(),
                 .message = problem->message,
                 .facts = {problem->fact},
                 .fix = "write it with numpy.save, as float32 for example"});
    return std::nullopt;
  }
  return header;
}

void burin::normaliseNpy(const NpyHeader &header, std::vector<std::byte> &data) {
  const DTypeInfo &type = info(header.dtype);
  if (header.isBigEndian)
    swapBytes(data, type);
  if (type.kind == DTypeKind::Bool)
    for (std::byte &value : data)
      value = std::byte{value != std::byte{0}};
}

std::optional<HostTensor> burin::readNpyBytes(std::string_view bytes, const std::filesystem::path &path,
                                              DiagnosticSink &sink) {
  std::optional<NpyHeader> header = readNpyHeader(bytes, bytes.size(), path, sink);
  if (!header)
    return std::nullopt;
  HostTensor tensor;
  tensor.name = path.stem().string();
  tensor.dtype = header->dtype;
  tensor.shape = header->shape;
  const auto *data = reinterpret_cast<const std::byte *>(bytes.data());
  tensor.data.assign(data + header->dataStart, data + bytes.size());
  normaliseNpy(*header, tensor.data);
  if (header->isFortranOrder)
    tensor.data = fromFortranOrder(tensor.data, tensor.shape, static_cast<size_t>(info(tensor.dtype).bytes()));
  return tensor;
}

std::optional<HostTensor> burin::readNpy(const std::filesystem::path &path, DiagnosticSink &sink) {
  std::unique_ptr<llvm::MemoryBuffer> buffer = readFileBytes(path, sink);
  return buffer ? readNpyBytes(textOf(*buffer), path, sink) : std::nullopt;
}

bool burin::writeNpy(const std::filesystem::path &path, const HostTensor &tensor, DiagnosticSink &sink) {
  const DTypeInfo &type = info(tensor.dtype);
  if (type.numpy.empty()) {
    sink.handle({.code = "BRN1010",
                 .model = path.filename().string(),
                 .message = fmt::format("numpy has no element type {}", type.name),
                 .fix = "write a .pb file"});
    return false;
  }
  assert(static_cast<int64_t>(tensor.data.size()) == tensor.size() * type.bytes());
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': ({}{}), }}", type.numpy,
                                   fmt::join(tensor.shape, ", "), tensor.shape.size() == 1 ? "," : "");
  // Magic, version and length take 10 bytes; the data begin at a multiple of 64, after a newline.
  header.resize((header.size() + 11 + 63) / 64 * 64 - 11, ' ');
  header += '\n';
  std::string bytes("\x93NUMPY\x01\x00", 8);
  bytes += static_cast<char>(header.size() & 0xFF);
  bytes += static_cast<char>(header.size() >> 8);
  bytes += header;
  bytes.append(reinterpret_cast<const char *>(tensor.data.data()), tensor.data.size());
  return writeFileBytes(path, bytes, sink);
}
