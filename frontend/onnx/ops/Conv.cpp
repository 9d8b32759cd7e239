// Convolutions: NHWC inside, weights OHWI, one-dimensional ones with H = 1.
#include "frontend/onnx/OpTable.h"
#include "frontend/onnx/ops/Convolution.h"
#include "frontend/onnx/ops/QuantTypes.h"
#include "ir/nn/ops/Conv2d.h"
#include "ir/nn/ops/ConvTranspose2d.h"

namespace burin::importer {
using namespace mlir;

namespace {

/// Weights [O,I,H,W] or [O,I,W] as [O,H,W,I].
Value weightsOHWI(NodeContext &n, Value w) { return toNhwc(n, w); }

bool checkShapes(NodeContext &n, Value x, Value w, int64_t groups) {
  const int64_t channels = n.dim(x, 1);
  return n.require(n.rank(x) >= 3 && n.rank(x) == n.rank(w), "input and weights must have the same rank, at least 3") &&
         n.support(n.rank(x) <= 5, "convolutions over more than three axes are not supported") &&
         n.require(groups >= 1 && groups <= channels && channels % groups == 0 && n.dim(w, 0) % groups == 0,
                   "the groups don't divide the channels") &&
         n.require(n.dim(w, 1) == channels / groups, "the weights are for " + Twine(n.dim(w, 1)) +
                                                         " channels a group, the input has " +
                                                         Twine(channels / groups));
}

/// The deepest kernel over three axes: each plane of it has operators of its own.
constexpr int64_t maxKernelDepth = 1024;
bool checkDepth(NodeContext &n, const AxisWindow &depth) {
  return n.support(depth.kernel <= maxKernelDepth, "a kernel of " + Twine(depth.kernel) + " planes is too deep",
                   "at most " + Twine(maxKernelDepth) + " are supported");
}

/// A convolution over depth, height and width is a sum over the kernel's depth of convolutions over height and width,
/// in which output depth d reads input depth d * stride + k * dilation.
Value conv3d(NodeContext &n, Value x, Value w, Value bias, ArrayRef<AxisWindow> windows, int64_t groups, Type element) {
  const AxisWindow depth = windows[0];
  const int64_t count = windowCount(n.dim(x, 2), depth, false), batch = n.dim(x, 0);
  if (!checkDepth(n, depth) || !n.require(count > 0, "the kernel is deeper than the input"))
    return {};
  Value padded = n.pad(n.transpose(x, {0, 2, 3, 4, 1}), {}, nn::PadMode::constant, {0, depth.padBegin, 0, 0, 0},
                       {0, depth.padEnd, 0, 0, 0});
  Value sum;
  for (int64_t k = 0; k < depth.kernel && !n.failed(); ++k) {
    Shape starts(5, 0), steps(5, 1), sizes = n.shape(padded);
    starts[1] = k * depth.dilation;
    steps[1] = depth.stride;
    sizes[1] = count;
    Value slices = n.slice(padded, starts, steps, sizes);
    slices = n.reshape(slices, {batch * count, sizes[2], sizes[3], sizes[4]});
    Value kernel = weightsOHWI(n, n.removeAxis(n.sliceAxis(w, 2, k, 1), 2));
    Value part = conv2d(n, slices, kernel, k == 0 ? bias : Value(), windows.drop_front(), groups, element);
    sum = sum ? n.add(sum, part) : part;
  }
  Shape out = n.shape(sum);
  if (n.failed())
    return {};
  return n.transpose(n.reshape(sum, {batch, count, out[1], out[2], out[3]}), {0, 4, 1, 2, 3});
}

void conv(NodeContext &n) { n.output(convolution(n, n.input(0), n.input(1), n.input(2))); }

} // namespace

Value conv2d(NodeContext &n, Value x, Value w, Value bias, ArrayRef<AxisWindow> windows, int64_t groups, Type element) {
  const Windows2d both(windows);
  return n.makeAs<nn::Conv2dOp>(element, x, w, bias, both.strides, both.pads, both.dilations,
                                static_cast<uint64_t>(groups), FloatAttr(), FloatAttr());
}

Value convolution(NodeContext &n, Value x, Value w, Value bias, Type element) {
  const int64_t groups = n.intAttr("group", 1);
  if (!checkShapes(n, x, w, groups))
    return {};
  auto windows = readWindows(n, ArrayRef(n.shape(x)).drop_front(2), ArrayRef(n.shape(w)).drop_front(2));
  if (!windows)
    return {};
  if (bias && !n.require(n.rank(bias) == 1 && n.dim(bias, 0) == n.dim(w, 0), "one bias per output channel is needed"))
    return {};
  if (n.rank(x) == 5)
    return conv3d(n, x, w, bias, *windows, groups, element);
  return fromNhwc(n, conv2d(n, toNhwc(n, x), weightsOHWI(n, w), bias, *windows, groups, element), n.rank(x));
}

namespace {

/// y[o * stride - pad + k * dilation] += x[o] w[k]: pads, or the output shape they follow from.
std::optional<Shape> transposedSize(NodeContext &n, std::vector<AxisWindow> &windows, ArrayRef<int64_t> spatial) {
  const Shape extra = n.intsAttr("output_padding", Shape(spatial.size(), 0));
  const std::optional<Shape> wanted = n.intsAttr("output_shape");
  const std::string autoPad = n.stringAttr("auto_pad", "NOTSET");
  if (!n.require(extra.size() == spatial.size() && (!wanted || wanted->size() >= spatial.size()),
                 "output_padding or output_shape have another number of axes than the input"))
    return std::nullopt;
  Shape out;
  for (size_t i = 0; i < spatial.size(); ++i) {
    AxisWindow &w = windows[i];
    // output_padding may exceed the stride in ONNX's own tests, so only nonsense is refused.
    if (!n.require(extra[i] >= 0 && extra[i] < maxTensorElements, "output_padding is negative or huge"))
      return std::nullopt;
    const int64_t full = w.stride * (spatial[i] - 1) + extra[i] + w.extent();
    const bool same = autoPad == "SAME_UPPER" || autoPad == "SAME_LOWER";
    if (!wanted && !same) {
      out.push_back(full - w.padBegin - w.padEnd);
      continue;
    }
    out.push_back(wanted ? (*wanted)[wanted->size() - spatial.size() + i] : spatial[i] * w.stride);
    const int64_t total = std::max<int64_t>(0, full - out.back());
    w.padBegin = autoPad == "SAME_UPPER" ? total / 2 : total - total / 2;
    w.padEnd = total - w.padBegin;
  }
  return out;
}

/// [I, O/g, spatial...] as [O, H, W, I/g].
Value transposedWeights(NodeContext &n, Value w, int64_t groups) {
  Shape s = n.shape(w);
  if (s.size() == 3)
    s.insert(s.begin() + 2, 1);
  const int64_t in = s[0] / groups, out = s[1];
  if (groups == 1)
    return n.transpose(n.reshape(w, s), {1, 2, 3, 0});
  Value split = n.reshape(w, {groups, in, out, s[2], s[3]});
  return n.reshape(n.transpose(split, {0, 2, 3, 4, 1}), {groups * out, s[2], s[3], in});
}

/// nn.conv_transpose2d of x [N,C,H,W] or [N,C,W], w [I,O/g,spatial...] to `size`: [N,H,W,O].
Value convTranspose2d(NodeContext &n, Value x, Value w, Value bias, ArrayRef<AxisWindow> windows, int64_t groups,
                      Shape size) {
  const Windows2d both(windows);
  if (size.size() == 1)
    size.insert(size.begin(), 1);
  return n.make<nn::ConvTranspose2dOp>(toNhwc(n, x), transposedWeights(n, w, groups), bias, both.strides, both.pads,
                                       both.dilations, static_cast<uint64_t>(groups), size, FloatAttr(), FloatAttr());
}

/// Over depth, height and width: a sum over the kernel's depth of transposed convolutions of all depths over height and
/// width, in which input depth d adds to output depth d * stride - pad + k * dilation; between them lie zeros.
Value convTranspose3d(NodeContext &n, Value x, Value w, Value bias, ArrayRef<AxisWindow> windows, int64_t groups,
                      ArrayRef<int64_t> size) {
  const AxisWindow depth = windows[0];
  if (!checkDepth(n, depth))
    return {};
  const Shape in = n.shape(x);
  Value planes = n.reshape(n.transpose(x, {0, 2, 1, 3, 4}), {in[0] * in[2], in[1], in[3], in[4]});
  const int64_t channels = n.dim(w, 1) * groups, spread = (in[2] - 1) * depth.stride + 1;
  const bool isEmpty = nn::numElements(in) == 0;
  Value sum = isEmpty ? n.fill(0, {in[0], size[0], size[1], size[2], channels}, n.element(x)) : Value();
  for (int64_t k = 0; k < depth.kernel && !isEmpty && !n.failed(); ++k) {
    Value kernel = n.removeAxis(n.sliceAxis(w, 2, k, 1), 2);
    Value part = convTranspose2d(n, planes, kernel, {}, windows.drop_front(), groups, Shape(size.drop_front()));
    part = n.reshape(part, {in[0], in[2], 1, size[1], size[2], channels});
    part = n.pad(part, {}, nn::PadMode::constant, Shape(6, 0), {0, 0, depth.stride - 1, 0, 0, 0});
    part = n.reshape(part, {in[0], in[2] * depth.stride, size[1], size[2], channels});
    const int64_t first = k * depth.dilation - depth.padBegin;
    part = n.pad(n.sliceAxis(part, 1, 0, spread), {}, nn::PadMode::constant, {0, first, 0, 0, 0},
                 {0, size[0] - first - spread, 0, 0, 0});
    sum = sum ? n.add(sum, part) : part;
  }
  return n.transpose(bias ? n.add(sum, bias) : sum, {0, 4, 1, 2, 3});
}

void convTranspose(NodeContext &n) {
  Value x = n.input(0), w = n.input(1), bias = n.input(2);
  const int64_t groups = n.intAttr("group", 1);
  if (!n.require(n.rank(x) >= 3 && n.rank(x) == n.rank(w), "input and weights must have the same rank, at least 3") ||
      !n.support(n.rank(x) <= 5, "transposed convolutions over more than three axes are not supported") ||
      !n.require(groups >= 1 && n.dim(w, 0) == n.dim(x, 1) && n.dim(x, 1) % groups == 0,
                 "the channels of input and weights differ, or the groups don't divide them") ||
      !n.require(!bias || (n.rank(bias) == 1 && n.dim(bias, 0) == n.dim(w, 1) * groups),
                 "one bias per output channel is needed"))
    return;
  const Shape spatial(ArrayRef(n.shape(x)).drop_front(2));
  auto windows = readWindows(n, spatial, ArrayRef(n.shape(w)).drop_front(2));
  auto size = windows ? transposedSize(n, *windows, spatial) : std::nullopt;
  if (!size)
    return;
  for (int64_t extent : *size)
    if (!n.require(extent >= 0 && extent < maxTensorElements, "the output would have a negative or huge size"))
      return;
  if (n.rank(x) == 5)
    return n.output(convTranspose3d(n, x, w, bias, *windows, groups, *size));
  n.output(fromNhwc(n, convTranspose2d(n, x, w, bias, *windows, groups, *size), n.rank(x)));
}

/// An operand of ConvInteger: with the zero point in its type where that is constant, else apart (null: 0).
struct IntegerOperand {
  Value stored; ///< with scale 1
  Value zero;   ///< int32
};

std::optional<IntegerOperand> integerOperand(NodeContext &n, unsigned operand, unsigned zeroInput, int64_t axis) {
  Value x = n.input(operand), zero = n.input(zeroInput);
  auto zeros = zero ? nn::constantInts(zero) : SmallVector<int64_t>{0};
  Value apart = zeros ? Value() : n.cast(zero, n.i32());
  const SmallVector<int64_t> inner = zeros.value_or(SmallVector<int64_t>{0});
  Type type = quantizedType(n.element(x), SmallVector<double>(inner.size(), 1.0), inner, axis);
  if (!n.require(static_cast<bool>(type), "the zero points of input " + Twine(operand) + " don't fit its type"))
    return std::nullopt;
  return IntegerOperand{n.storageCast(x, type), apart};
}

/// A tensor of ones in the place of `x`: what its zero point is multiplied by.
Value onesLike(NodeContext &n, Value x) {
  Type type = quantizedType(n.ui8(), {1.0}, {0}, -1);
  return n.storageCast(n.fill(1, n.shape(x), n.ui8()), type);
}

/// Zero points that are known at run time only are subtracted afterwards: with * the convolution,
/// (x - p) * (w - q) = x * w - p (1 * w) - q (x * 1) + p q (1 * 1).
void convInteger(NodeContext &n) {
  auto x = integerOperand(n, 0, 2, 1), w = integerOperand(n, 1, 3, 0);
  if (!x || !w ||
      !n.support(isa<quant::UniformQuantizedType>(n.element(x->stored)),
                 "one zero point per channel of the input is not supported") ||
      !n.require(!x->zero || nn::numElements(n.shape(x->zero)) == 1, "the input has one zero point"))
    return;
  auto product = [&](Value a, Value b) { return convolution(n, a, b, {}, n.i32()); };
  Value y = product(x->stored, w->stored), p, q;
  if (x->zero)
    p = n.reshape(x->zero, {});
  if (w->zero)
    q = nn::numElements(n.shape(w->zero)) == 1 ? n.reshape(w->zero, {}) : n.alignAxis(w->zero, 0, n.rank(y) - 1);
  if (p)
    y = n.sub(y, n.mul(p, product(onesLike(n, x->stored), w->stored)));
  if (q)
    y = n.sub(y, n.mul(q, product(x->stored, onesLike(n, w->stored))));
  if (p && q)
    y = n.add(y, n.mul(n.mul(p, q), product(onesLike(n, x->stored), onesLike(n, w->stored))));
  n.output(y);
}

constexpr OpImporter rows[] = {
    {"Conv", 2, 3, conv, types::floats, Half::Compute, 0, "one to three spatial axes"},
    {"ConvInteger", 2, 4, convInteger, types::bytes, Half::Move, 0, "one to three spatial axes"},
    {"ConvTranspose", 2, 3, convTranspose, types::floats, Half::Compute, 0, "one to three spatial axes"},
};

} // namespace

llvm::ArrayRef<OpImporter> convOps() { return rows; }

} // namespace burin::importer
