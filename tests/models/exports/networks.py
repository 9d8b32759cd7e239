"""Small networks with the idioms that exporters leave in a graph: sizes computed from shapes, functions, slices with INT64_MAX,
constants as nodes. Each function makes one model; `arguments` are the flags that `burin` needs for it."""
import numpy as np
from onnx import AttributeProto, TensorProto, helper

from exports.graph import Graph

INT64_MAX = np.iinfo(np.int64).max


def network(*arguments):
    def register(function):
        NETWORKS[function.__name__] = (function, list(arguments))
        return function
    return register


NETWORKS = {}


@network()
def dynamic_batch_mlp():
    g = Graph()
    x = g.input("x", ["batch_size", 3, 8, 8])
    flat = g.view(x, g.size_of(x, 0), -1)
    h = g.Relu(g.linear(flat, 192, 32))
    g.output(g.LogSoftmax(g.linear(h, 32, 10), axis=1), ["batch_size", 10])
    return g.model()


@network()
def gelu_by_erf():
    g = Graph()
    x = g.linear(g.input("x", [1, 6, 16]), 16, 24)
    erf = g.Erf(g.Div(x, np.float32(np.sqrt(2))))
    g.output(g.Mul(g.Mul(x, g.Add(erf, np.float32(1))), np.float32(0.5)))
    return g.model()


@network()
def gelu_by_tanh():
    g = Graph()
    x = g.linear(g.input("x", [2, 5, 8]), 8, 8)
    cubed = g.Mul(np.float32(0.044715), g.Pow(x, np.float32(3)))
    t = g.Tanh(g.Mul(np.float32(np.sqrt(2 / np.pi)), g.Add(x, cubed)))
    g.output(g.Mul(g.Mul(np.float32(0.5), x), g.Add(np.float32(1), t)))
    return g.model()


@network()
def layer_norm_by_hand():
    g = Graph(opset=13)
    x = g.input("x", [1, 7, 12])
    centred = g.Sub(x, g.ReduceMean(x, axes=[-1]))
    variance = g.ReduceMean(g.Pow(centred, np.float32(2)), axes=[-1])
    normal = g.Div(centred, g.Sqrt(g.Add(variance, np.float32(1e-5))))
    g.output(g.Add(g.Mul(normal, g.weight(12)), g.weight(12)))
    return g.model()


@network("--dim", "sequence=9")
def self_attention():
    """Heads split by view and transpose, scores scaled by the square root of a size that the graph computes."""
    g = Graph()
    x = g.input("x", ["batch", "sequence", 16])
    batch, length = g.size_of(x, 0), g.size_of(x, 1)
    q, k, v = (g.Transpose(g.view(g.linear(x, 16, 16), batch, length, 4, 4), perm=perm)
               for perm in ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3]))
    width = g.Cast(g.Gather(g.Shape(q), np.int64(3), axis=0), to=TensorProto.FLOAT)
    scores = g.Div(g.MatMul(q, k), g.Sqrt(width))
    mixed = g.Transpose(g.MatMul(g.Softmax(scores, axis=-1), v), perm=[0, 2, 1, 3])
    g.output(g.linear(g.view(mixed, batch, length, 16), 16, 16))
    return g.model()


@network()
def causal_attention():
    """A triangular mask made in the graph: ConstantOfShape, Trilu, Where with -inf."""
    g = Graph()
    x = g.input("x", [1, 6, 8])
    q, k, v = (g.linear(x, 8, 8) for _ in range(3))
    length = g.size_of(x, 1)
    square = g.Concat(g.Unsqueeze(length, np.array([0])), g.Unsqueeze(length, np.array([0])), axis=0)
    ones = g.ConstantOfShape(square, value=helper.make_tensor("one", TensorProto.FLOAT, [1], [1.0]))
    mask = g.Equal(g.Trilu(ones, upper=0), np.float32(0))
    scores = g.Mul(g.MatMul(q, g.Transpose(k, perm=[0, 2, 1])), np.float32(8 ** -0.5))
    hidden = g.Where(mask, np.float32(-np.inf), scores)
    g.output(g.MatMul(g.Softmax(hidden, axis=-1), v))
    return g.model()


@network()
def causal_dilated_conv1d():
    """Left padding by Pad, then a dilated convolution: two residual blocks of a temporal network."""
    g = Graph()
    x = g.conv(g.input("x", [1, 4, 40]), 4, 8, (1,))
    for dilation in (1, 4):
        padded = g.Pad(x, np.array([0, 0, 2 * dilation, 0, 0, 0]), np.float32(0), mode="constant")
        y = g.Relu(g.conv(padded, 8, 8, (3,), dilations=[dilation]))
        x = g.Add(x, g.conv(y, 8, 8, (1,)))
    g.output(x)
    return g.model()


@network()
def chomped_conv1d():
    """Padding on both sides and the future cut off: the Chomp1d idiom, Slice to -padding."""
    g = Graph()
    x = g.input("x", [1, 3, 30])
    y = g.conv(x, 3, 6, (3,), dilations=[2], pads=[4, 4])
    g.output(g.Relu(g.Slice(y, np.array([0]), np.array([-4]), np.array([2]), np.array([1]))))
    return g.model()


@network()
def lstm_with_state():
    g = Graph()
    x, h, c = g.input("x", [5, 1, 6]), g.input("h0", [2, 1, 8]), g.input("c0", [2, 1, 8])
    states = []
    for layer, width in enumerate((6, 8)):
        first = np.array([layer]), np.array([layer + 1]), np.array([0])
        y, hn, cn = g.LSTM(x, g.weight(1, 32, width), g.weight(1, 32, 8), g.weight(1, 64), None, g.Slice(h, *first),
                           g.Slice(c, *first), outputs=3, hidden_size=8)
        x = g.Squeeze(y, np.array([1]))
        states.append((hn, cn))
    g.output(x, name="y")
    g.output(g.Concat(*(s[0] for s in states), axis=0), name="hn")
    g.output(g.Concat(*(s[1] for s in states), axis=0), name="cn")
    return g.model()


@network()
def bidirectional_gru():
    """batch_first: the initial state is zeros of a shape computed from the input's."""
    g = Graph()
    x = g.Transpose(g.input("x", [2, 7, 5]), perm=[1, 0, 2])
    batch = g.Unsqueeze(g.size_of(x, 1), np.array([0]))
    zeros = g.ConstantOfShape(g.Concat(np.array([2]), batch, np.array([6]), axis=0))
    y, _ = g.GRU(x, g.weight(2, 18, 5), g.weight(2, 18, 6), g.weight(2, 36), None, zeros, outputs=2, hidden_size=6,
                 direction="bidirectional", linear_before_reset=1)
    merged = g.Reshape(g.Transpose(y, perm=[0, 2, 1, 3]), np.array([0, 0, -1]))
    g.output(g.linear(g.Transpose(merged, perm=[1, 0, 2]), 12, 3))
    return g.model()


@network()
def grouped_and_transposed_conv():
    g = Graph()
    x = g.Relu(g.conv(g.input("x", [1, 8, 9, 9]), 8, 12, (3, 3), groups=4, strides=[2, 2], pads=[1, 1, 1, 1]))
    up = g.ConvTranspose(x, g.weight(12, 3, 4, 4), g.weight(6), group=2, strides=[2, 2], pads=[1, 1, 1, 1],
                         output_padding=[1, 1])
    g.output(g.LeakyRelu(up, alpha=0.1))
    return g.model()


@network()
def pixel_shuffle():
    """PixelShuffle as reshape, transpose, reshape, with sizes from the graph; and as DepthToSpace."""
    g = Graph()
    x = g.conv(g.input("x", ["n", 3, 6, 5]), 3, 12, (3, 3), pads=[1, 1, 1, 1])
    n, h, w = (g.size_of(x, axis) for axis in (0, 2, 3))
    split = g.Transpose(g.view(x, n, 3, 2, 2, h, w), perm=[0, 1, 4, 2, 5, 3])
    g.output(g.view(split, n, 3, g.Mul(h, np.int64(2)), g.Mul(w, np.int64(2))))
    g.output(g.DepthToSpace(x, blocksize=2, mode="CRD"))
    return g.model()


@network()
def slices_and_pads():
    """Focus: four strided slices; a pad whose amounts are reversed and transposed from PyTorch's order."""
    g = Graph()
    x = g.input("x", [1, 2, 8, 8])
    parts = []
    for row in (0, 1):
        for column in (0, 1):
            rows = g.Slice(x, np.array([row]), np.array([INT64_MAX]), np.array([2]), np.array([2]))
            parts.append(g.Slice(rows, np.array([column]), np.array([INT64_MAX]), np.array([3]), np.array([2])))
    y = g.Concat(*parts, axis=1)
    zero = helper.make_tensor("zero", TensorProto.INT64, [1], [0])
    amounts = g.Concat(np.array([1, 2, 0, 1]), g.ConstantOfShape(np.array([4]), value=zero), axis=0)
    pairs = g.Slice(g.Reshape(amounts, np.array([-1, 2])), np.array([-1]), np.array([-INT64_MAX]), np.array([0]),
                    np.array([-1]))
    order = g.Cast(g.Reshape(g.Transpose(pairs, perm=[1, 0]), np.array([-1])), to=TensorProto.INT64)
    g.output(g.Pad(y, order, np.float32(0), mode="constant"))
    g.output(g.Slice(x, np.array([-1]), np.array([-INT64_MAX]), np.array([3]), np.array([-1])))  # flip
    return g.model()


@network()
def upsample_by_computed_sizes():
    """interpolate(x, size=y.shape[2:]): a top-down path."""
    g = Graph()
    fine = g.conv(g.input("x", [1, 3, 13, 11]), 3, 4, (3, 3), pads=[1, 1, 1, 1])
    coarse = g.conv(g.MaxPool(fine, kernel_shape=[2, 2], strides=[2, 2]), 4, 4, (1, 1))
    spatial = g.Slice(g.Shape(fine), np.array([2]), np.array([4]), np.array([0]))
    sizes = g.Concat(g.Slice(g.Shape(coarse), np.array([0]), np.array([2]), np.array([0])), spatial, axis=0)
    for mode, coordinates in (("nearest", "asymmetric"), ("linear", "half_pixel")):
        up = g.Resize(coarse, None, None, sizes, mode=mode, coordinate_transformation_mode=coordinates,
                      nearest_mode="floor")
        g.output(g.Add(up, fine))
    return g.model()


@network()
def functions():
    """The exporter's module functions: SiLU and a residual block that calls it, with attributes passed on."""
    g = Graph(opset=18)
    silu = helper.make_function("pkg.torch", "SiLU", ["x"], ["y"],
                                [helper.make_node("Sigmoid", ["x"], ["s"]), helper.make_node("Mul", ["x", "s"], ["y"])],
                                [helper.make_opsetid("", 18)])
    conv = helper.make_node("Conv", ["x", "w"], ["c"])
    for name, kind in (("pads", AttributeProto.INTS), ("group", AttributeProto.INT)):
        conv.attribute.append(AttributeProto(name=name, ref_attr_name=name, type=kind))
    block = helper.make_function("pkg.torch", "Block", ["x", "w"], ["y"],
                                 [conv, helper.make_node("SiLU", ["c"], ["a"], domain="pkg.torch"),
                                  helper.make_node("Add", ["x", "a"], ["y"])],
                                 [helper.make_opsetid("", 18), helper.make_opsetid("pkg.torch", 1)],
                                 attributes=["pads", "group"])
    g.functions = [silu, block]
    x = g.input("x", [1, 4, 6, 6])
    for group in (1, 4):
        x = g.Block(x, g.weight(4, 4 // group, 3, 3), domain="pkg.torch", pads=[1, 1, 1, 1], group=group)
    g.output(x)
    return g.model()


@network()
def squeeze_and_excite():
    g = Graph()
    x = g.conv(g.input("x", ["batch", 3, 10, 10]), 3, 8, (3, 3), strides=[2, 2], pads=[1, 1, 1, 1])
    x = g.HardSwish(x)
    pooled = g.ReduceMean(x, axes=[2, 3], keepdims=1)
    gate = g.HardSigmoid(g.conv(g.Relu(g.conv(pooled, 8, 4, (1, 1))), 4, 8, (1, 1)), alpha=1 / 6, beta=0.5)
    scaled = g.Mul(x, gate)
    g.output(g.Clip(g.conv(scaled, 8, 8, (5, 5), groups=8, pads=[2, 2, 2, 2]), np.float32(0), np.float32(6)))
    return g.model()


@network()
def embedding_and_pooling():
    """Token and position embeddings, a padding mask, the mean of what isn't masked."""
    g = Graph()
    tokens = g.input("tokens", [2, 6], TensorProto.INT64)
    length = g.size_of(tokens, 1)
    positions = g.Unsqueeze(g.Range(np.int64(0), length, np.int64(1)), np.array([0]))
    x = g.Add(g.Gather(g.weight(20, 8), g.Clip(tokens, np.int64(0), np.int64(19))), g.Gather(g.weight(6, 8), positions))
    mask = g.Cast(g.Not(g.Equal(tokens, np.int64(0))), to=TensorProto.FLOAT)
    wide = g.Unsqueeze(mask, np.array([-1]))
    total = g.ReduceSum(g.Mul(x, wide), np.array([1]), keepdims=0)
    count = g.Clip(g.ReduceSum(wide, np.array([1]), keepdims=0), np.float32(1e-9))
    g.output(g.Tanh(g.Div(total, count)))
    return g.model()


@network()
def multi_output_detector():
    """Heads of a detector: permute, view, concatenate; boxes decoded from a grid that the graph makes."""
    g = Graph()
    x = g.input("x", [1, 3, 16, 16])
    boxes, scores = [], []
    for stride in (4, 8):
        f = g.Relu(g.conv(x, 3, 6, (3, 3), strides=[stride, stride], pads=[1, 1, 1, 1]))
        n = g.size_of(f, 0)
        boxes.append(g.view(g.Transpose(g.conv(f, 6, 4, (1, 1)), perm=[0, 2, 3, 1]), n, -1, 4))
        scores.append(g.view(g.Transpose(g.conv(f, 6, 2, (1, 1)), perm=[0, 2, 3, 1]), n, -1, 2))
    box = g.Concat(*boxes, axis=1)
    centre, size = g.Split(box, np.array([2, 2]), outputs=2, axis=2)
    half = g.Mul(g.Exp(size), np.float32(0.5))
    g.output(g.Concat(g.Sub(centre, half), g.Add(centre, half), axis=2), name="boxes")
    g.output(g.Softmax(g.Concat(*scores, axis=1), axis=-1), name="scores")
    return g.model()


@network()
def expand_where_einsum():
    """expand_as through Shape and ConstantOfShape, masked_fill, einsum, floor division of sizes."""
    g = Graph()
    x, bias = g.input("x", [2, 4, 6]), g.input("bias", [1, 4, 1])
    shape = g.Shape(x)
    ones = g.ConstantOfShape(g.Shape(shape), value=helper.make_tensor("one", TensorProto.INT64, [1], [1]))
    wanted = g.Where(g.Equal(shape, g.Mul(ones, np.int64(-1))), ones, shape)
    wide = g.Expand(bias, wanted)
    filled = g.Where(g.Greater(x, wide), np.float32(0.5), x)
    half = g.Cast(g.Cast(g.Div(g.size_of(x, 2), np.int64(2)), to=TensorProto.INT64), to=TensorProto.INT64)
    left = g.Slice(filled, np.array([0]), g.Unsqueeze(half, np.array([0])), np.array([2]), np.array([1]))
    g.output(g.Einsum(left, g.weight(3, 5), equation="bij,jk->bik"))
    return g.model()


@network()
def instance_norm_style():
    """InstanceNorm by reshape, GroupNorm written as InstanceNormalization, PReLU."""
    g = Graph()
    x = g.conv(g.input("x", [1, 3, 7, 7]), 3, 8, (3, 3))
    grouped = g.Reshape(x, np.array([0, 4, -1]))
    normal = g.InstanceNormalization(grouped, g.constant(np.ones(4, np.float32)), g.constant(np.zeros(4, np.float32)),
                                     epsilon=1e-5)
    y = g.Add(g.Mul(g.Reshape(normal, g.Shape(x)), g.weight(8, 1, 1)), g.weight(8, 1, 1))
    g.output(g.PRelu(y, g.weight(8, 1, 1)))
    return g.model()


@network()
def spectral_front_end():
    """A learned-filter front end: framing by convolution, power, mel by matrix product, log with a floor."""
    g = Graph()
    audio = g.Unsqueeze(g.input("audio", ["batch", 400]), np.array([1]))
    framed = g.Conv(audio, g.weight(34, 1, 32), strides=[16])
    real = g.Slice(framed, np.array([0]), np.array([17]), np.array([1]))
    imaginary = g.Slice(framed, np.array([17]), np.array([INT64_MAX]), np.array([1]))
    power = g.Add(g.Pow(real, np.float32(2)), g.Pow(imaginary, np.float32(2)))
    mel = g.MatMul(g.Abs(g.weight(10, 17)), power)
    log = g.Log(g.Max(mel, np.float32(1e-6)))
    g.output(g.Sub(log, g.ReduceMean(log, axes=[2], keepdims=1)))
    return g.model()


@network()
def quantised_block():
    """QDQ as a QAT export writes it: weights and activations of a convolution, a residual, a linear layer."""
    g = Graph(opset=17)

    def fake(value, scale, zero=0):
        q = g.QuantizeLinear(value, np.float32(scale), np.int8(zero))
        return g.DequantizeLinear(q, np.float32(scale), np.int8(zero))

    def weight(*shape):
        scales = np.full(shape[0], 0.01, np.float32)
        q = g.QuantizeLinear(g.weight(*shape), scales, np.zeros(shape[0], np.int8), axis=0)
        return g.DequantizeLinear(q, scales, np.zeros(shape[0], np.int8), axis=0)

    x = fake(g.input("x", [1, 4, 8, 8]), 0.03)
    y = fake(g.Relu(g.Conv(x, weight(4, 4, 3, 3), g.weight(4), pads=[1, 1, 1, 1])), 0.02, -128)
    z = fake(g.Add(fake(g.Conv(y, weight(4, 4, 1, 1)), 0.02), x), 0.04)
    pooled = fake(g.GlobalAveragePool(z), 0.01)
    g.output(g.Gemm(g.Flatten(pooled), weight(5, 4), g.weight(5), transB=1))
    return g.model()
