// Random networks as nn text: branches, residuals, concatenations, pools, strides, dilation, uneven padding, and images
// that are enlarged and folded up.
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

namespace burin {

/// A function @main of one input and one or two outputs, in float or in int8, made from `seed`.
class RandomNet {
public:
  explicit RandomNet(unsigned seed) : random(seed), isInteger(seed % 2 == 0) {
    const Value x = define(Shape{pick(5, 20), pick(3, 9), pick(1, 4)});
    const Shape input = x.shape;
    values = {x};
    for (int64_t layers = pick(3, 10); layers > 0; --layers)
      addLayer();
    std::string results = values.back().name, types = typeOf(values.back());
    if (values.size() > 2 && pick(0, 3) == 0) { // what is read inside is an output, too
      results += ", " + values[values.size() - 2].name;
      types += ", " + typeOf(values[values.size() - 2]);
    }
    program = "!q = !quant.uniform<i8:f32, 0.05:3>\n!w = !quant.uniform<i8:f32, 0.02>\n"
              "func.func @main(%v0: " +
              typeOf(x) + ") -> (" + types + ") {\n" + body + "  return " + results + " : " + types + "\n}\n";
    inputBytes = input.height * input.width * input.channels * (isInteger ? 1 : 4);
  }

  std::string program;
  int64_t inputBytes = 0;
  bool integer() const { return isInteger; }

private:
  struct Shape {
    int64_t height, width, channels;
    bool operator==(const Shape &) const = default;
  };
  struct Value {
    std::string name;
    Shape shape;
  };

  int64_t pick(int64_t lo, int64_t hi) {
    return lo + static_cast<int64_t>(random() % static_cast<uint64_t>(hi - lo + 1));
  }
  std::string typeOf(const Value &v) const {
    return "tensor<1x" + std::to_string(v.shape.height) + "x" + std::to_string(v.shape.width) + "x" +
           std::to_string(v.shape.channels) + (isInteger ? "x!q>" : "xf32>");
  }
  Value define(Shape shape) { return {"%v" + std::to_string(next++), shape}; }
  const Value &any() { return values[static_cast<size_t>(pick(0, static_cast<int64_t>(values.size()) - 1))]; }

  void addLayer() {
    const int64_t kind = pick(0, 12);
    if (kind < 4)
      window(values.back().shape.height > 3 && pick(0, 2) == 0 ? values.back() : any(), pick(0, 2) == 0);
    else if (kind < 6)
      window(any(), false);
    else if (kind < 8)
      join();
    else if (kind == 8)
      activate(any());
    else if (kind == 9)
      pool(any());
    else if (kind == 10)
      resample(any());
    else if (kind == 11)
      fold(any());
    else
      transposedWindow(any());
  }

  /// Kernel, strides, pads and dilations of a window that fits; the shape that it gives.
  Shape place(const Shape &x, std::string &attributes, int64_t &kh, int64_t &kw) {
    const int64_t d = pick(0, 3) == 0 ? 2 : 1, sh = pick(0, 2) == 0 ? 2 : 1, sw = pick(0, 2) == 0 ? 2 : 1;
    kh = pick(1, x.height > 4 ? 4 : 1), kw = pick(1, x.width > 4 ? 3 : 1);
    const int64_t eh = d * (kh - 1) + 1, ew = d * (kw - 1) + 1;
    const int64_t top = pick(0, kh - 1), bottom = pick(0, kh - 1), left = pick(0, kw - 1), right = pick(0, kw - 1);
    const auto list = [](std::initializer_list<int64_t> numbers) {
      std::string text = "array<i64:";
      for (int64_t n : numbers)
        text += (text.back() == ':' ? " " : ", ") + std::to_string(n);
      return text + ">";
    };
    attributes = "strides = " + list({sh, sw}) + ", pads = " + list({top, left, bottom, right}) +
                 ", dilations = " + list({d, d});
    return {(x.height + top + bottom - eh) / sh + 1, (x.width + left + right - ew) / sw + 1, x.channels};
  }

  void window(const Value &from, bool depthwise) {
    const Value x = from;
    std::string attributes;
    int64_t kh = 1, kw = 1;
    Shape shape = place(x.shape, attributes, kh, kw);
    if (shape.height < 1 || shape.width < 1)
      return activate(x);
    const int64_t groups = depthwise ? x.shape.channels : 1;
    shape.channels = depthwise ? x.shape.channels : pick(1, 5);
    const std::string wShape = std::to_string(shape.channels) + "x" + std::to_string(kh) + "x" + std::to_string(kw) +
                               "x" + std::to_string(x.shape.channels / groups);
    const int64_t count = shape.channels * kh * kw * (x.shape.channels / groups);
    std::string bytes;
    for (int64_t i = 0; i < count; ++i) {
      const int64_t w = pick(-90, 90);
      bytes += (i ? ", " : "") + (isInteger ? std::to_string(w) : std::to_string(w) + ".0e-2");
    }
    const std::string w = "%w" + std::to_string(next++), wStored = "tensor<" + wShape + (isInteger ? "xi8>" : "xf32>"),
                      wType = "tensor<" + wShape + (isInteger ? "x!w>" : "xf32>");
    const Value y = define(shape);
    body += "  " + w + " = nn.constant dense<" + nested(bytes, {shape.channels, kh, kw, x.shape.channels / groups}) +
            "> : " + wStored + " : " + wType + "\n";
    body += "  " + y.name + " = nn.conv2d " + x.name + ", " + w + " {" + attributes +
            ", groups = " + std::to_string(groups) + " : i64} : (" + typeOf(x) + ", " + wType + ") -> " + typeOf(y) +
            "\n";
    values.push_back(y);
  }

  /// The numbers of `flat` in brackets, as MLIR wants them.
  static std::string nested(const std::string &flat, const std::vector<int64_t> &shape) {
    std::string out;
    size_t at = 0;
    const auto level = [&](auto &self, size_t axis) -> void {
      if (axis == shape.size()) {
        const size_t end = flat.find(',', at);
        out += flat.substr(at, end - at);
        at = end == std::string::npos ? flat.size() : end + 2;
        return;
      }
      out += '[';
      for (int64_t i = 0; i < shape[axis]; ++i) {
        if (i > 0)
          out += ", ";
        self(self, axis + 1);
      }
      out += ']';
    };
    level(level, 0);
    return out;
  }

  void pool(const Value &from) {
    const Value x = from;
    std::string attributes;
    int64_t kh = 1, kw = 1;
    const Shape shape = place(x.shape, attributes, kh, kw);
    // Every window needs a row and a column of the image.
    if (shape.height < 1 || shape.width < 1 || attributes.find("dilations = array<i64: 2") != std::string::npos)
      return activate(x);
    const Value y = define(shape);
    body += "  " + y.name + " = nn.pool2d " + (pick(0, 1) ? "max_pool " : "avg_pool ") + x.name +
            " {kernel = array<i64: " + std::to_string(kh) + ", " + std::to_string(kw) + ">, " + attributes +
            ", out_size = array<i64: " + std::to_string(shape.height) + ", " + std::to_string(shape.width) + ">} : (" +
            typeOf(x) + ") -> " + typeOf(y) + "\n";
    values.push_back(y);
  }

  /// Another number of rows: of integers by naming them, of floats by weighing two.
  void resample(const Value &from) {
    const Value x = from;
    const int64_t ratios[][2] = {{2, 1}, {3, 1}, {3, 2}, {1, 2}};
    const auto [made, of] = ratios[pick(0, 3)];
    if (x.shape.height % of != 0 || x.shape.height > 20)
      return activate(x);
    const int64_t rows = x.shape.height / of * made, shift = pick(-1, 1), taps = isInteger ? 1 : 2;
    std::string index, weight;
    for (int64_t i = 0; i < rows * taps; ++i) {
      const int64_t row = i / taps * of / made + i % taps + shift;
      index += (i ? ", " : "") + std::to_string(row < 0 ? 0 : row >= x.shape.height ? x.shape.height - 1 : row);
      weight += (i ? ", " : "") + std::to_string(pick(-9, 9)) + ".0e-1";
    }
    const std::string i = "%w" + std::to_string(next++), w = "%w" + std::to_string(next++);
    const std::string table = "tensor<" + std::to_string(rows) + (isInteger ? "x" : "x2x");
    const Value y = define({rows, x.shape.width, x.shape.channels});
    body += "  " + i + " = nn.constant dense<" +
            nested(index, isInteger ? std::vector<int64_t>{rows} : std::vector<int64_t>{rows, 2}) + "> : " + table +
            "i32> : " + table + "i32>\n";
    if (isInteger) {
      body += "  " + y.name + " = nn.gather " + x.name + ", " + i + " {axis = 1 : i64} : (" + typeOf(x) + ", " + table +
              "i32>) -> " + typeOf(y) + "\n";
    } else {
      body += "  " + w + " = nn.constant dense<" + nested(weight, {rows, 2}) + "> : " + table + "f32> : " + table +
              "f32>\n  " + y.name + " = nn.interpolate " + x.name + ", " + i + ", " + w + " {axis = 1 : i64} : (" +
              typeOf(x) + ", " + table + "i32>, " + table + "f32>) -> " + typeOf(y) + "\n";
    }
    values.push_back(y);
  }

  /// Blocks of 2 x 2 pixels become channels, or four channels a block.
  void fold(const Value &from) {
    const Value x = from;
    const auto [h, w, c] = x.shape;
    const bool opens = c % 4 == 0 && h <= 20;
    if (!opens && (h % 2 != 0 || w % 2 != 0 || c > 3))
      return activate(x);
    const auto dims = [&](std::initializer_list<int64_t> shape) {
      std::string text = "tensor<1";
      for (int64_t d : shape)
        text += "x" + std::to_string(d);
      return text + (isInteger ? "x!q>" : "xf32>");
    };
    const std::string split = opens ? dims({h, w, 2, 2, c / 4}) : dims({h / 2, 2, w / 2, 2, c}),
                      moved = opens ? dims({h, 2, w, 2, c / 4}) : dims({h / 2, w / 2, 2, 2, c});
    const std::string a = "%w" + std::to_string(next++), b = "%w" + std::to_string(next++);
    const Value y = define(opens ? Shape{2 * h, 2 * w, c / 4} : Shape{h / 2, w / 2, 4 * c});
    body += "  " + a + " = nn.reshape " + x.name + " : " + typeOf(x) + " -> " + split + "\n  " + b +
            " = nn.transpose " + a + " {perm = array<i64: 0, 1, 3, 2, 4, 5>} : (" + split + ") -> " + moved + "\n  " +
            y.name + " = nn.reshape " + b + " : " + moved + " -> " + typeOf(y) + "\n";
    values.push_back(y);
  }

  /// A transposed convolution; of integers there is none.
  void transposedWindow(const Value &from) {
    const Value x = from;
    const int64_t stride = pick(1, 3), dilation = pick(1, 2), kernel = pick(1, 4), top = pick(0, 2), out = pick(1, 4);
    const int64_t rows = stride * (x.shape.height - 1) + (kernel - 1) * dilation + 1 - top + pick(-1, 1);
    if (isInteger || rows < 1 || x.shape.height > 20)
      return activate(x);
    std::string numbers;
    for (int64_t i = 0; i < out * kernel * 2 * x.shape.channels; ++i)
      numbers += (i ? ", " : "") + std::to_string(pick(-90, 90)) + ".0e-2";
    const std::string w = "%w" + std::to_string(next++), wType = "tensor<" + std::to_string(out) + "x" +
                                                                 std::to_string(kernel) + "x2x" +
                                                                 std::to_string(x.shape.channels) + "xf32>";
    const Value y = define({rows, x.shape.width, out});
    body += "  " + w + " = nn.constant dense<" + nested(numbers, {out, kernel, 2, x.shape.channels}) + "> : " + wType +
            " : " + wType + "\n  " + y.name + " = nn.conv_transpose2d " + x.name + ", " + w +
            " {strides = array<i64: " + std::to_string(stride) + ", 1>, pads = array<i64: " + std::to_string(top) +
            ", 0, 0, 0>, dilations = array<i64: " + std::to_string(dilation) +
            ", 1>, groups = 1 : i64, out_size = array<i64: " + std::to_string(rows) + ", " +
            std::to_string(x.shape.width) + ">} : (" + typeOf(x) + ", " + wType + ") -> " + typeOf(y) + "\n";
    values.push_back(y);
  }

  void activate(const Value &from) {
    const Value x = from, y = define(x.shape);
    body += "  " + y.name + " = nn.unary sigmoid " + x.name + " : (" + typeOf(x) + ") -> " + typeOf(y) + "\n";
    values.push_back(y);
  }

  /// The sum of two values of one shape, or their channels side by side.
  void join() {
    const Value a = values.back();
    for (size_t i = values.size() - 1; i-- > 0;) {
      const Value b = values[i];
      if (b.shape.height != a.shape.height || b.shape.width != a.shape.width)
        continue;
      const bool sums = a.shape == b.shape && pick(0, 2) > 0;
      const Value y =
          define({a.shape.height, a.shape.width, sums ? a.shape.channels : a.shape.channels + b.shape.channels});
      body += "  " + y.name + (sums ? " = nn.binary add " : " = nn.concat ") + a.name + ", " + b.name +
              (sums ? "" : " {axis = 3 : i64}") + " : (" + typeOf(a) + ", " + typeOf(b) + ") -> " + typeOf(y) + "\n";
      values.push_back(y);
      return;
    }
    activate(a);
  }

  std::mt19937 random;
  bool isInteger;
  int next = 0;
  std::string body;
  std::vector<Value> values;
};

} // namespace burin
