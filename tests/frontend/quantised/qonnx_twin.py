"""QONNX's operators in numpy, written from its operator pages (IntQuant-1, BipolarQuant-1, Trunc-1 and -2), and networks of them.

Values are float64, so that what the networks compute is exact but for the roundings that the operators ask for.
"""
import numpy as np


def integers(bits, signed, narrow):
    """The least and the greatest integer."""
    if signed:
        return -(2 ** (bits - 1)) + bool(narrow), 2 ** (bits - 1) - 1
    return 0, 2 ** bits - 1 - bool(narrow)


def rounding(mode):
    away = lambda f: lambda v: np.sign(v) * f(np.abs(v))
    return {
        "ROUND": np.round,
        "CEIL": np.ceil,
        "FLOOR": np.floor,
        "UP": away(np.ceil),
        "DOWN": away(np.floor),
        "HALF_UP": away(lambda a: np.floor(a) + (a - np.floor(a) >= 0.5)),
        "HALF_DOWN": away(lambda a: np.floor(a) + (a - np.floor(a) > 0.5)),
    }[mode.upper()]


def quant(x, scale, zero, bits, signed=1, narrow=0, rounding_mode="ROUND"):
    least, most = integers(bits, signed, narrow)
    q = rounding(rounding_mode)(np.clip(x / scale + zero, least, most))
    return (q - zero) * scale


def bipolar(x, scale):
    return np.where(x >= 0, 1.0, -1.0) * scale


def trunc(x, scale, zero, in_bits, out_bits, rounding_mode="FLOOR"):
    q = np.round(x / scale + zero) / 2.0 ** (in_bits - out_bits)
    return (rounding(rounding_mode)(q) - zero) * scale


def trunc_to(x, scale, zero, in_bits, out_scale, out_bits, signed=1, narrow=0, rounding_mode="FLOOR"):
    cut = 2.0 ** np.round(np.log2(out_scale / scale))
    least, most = integers(out_bits, signed, narrow)
    q = rounding(rounding_mode)(np.clip(np.round(x / scale + zero) / cut, least, most))
    return (q - zero / cut) * out_scale


def multi_threshold(x, thresholds, out_scale=1.0, out_bias=0.0):
    """Channels are axis 1; as many as there are rows of thresholds, or any number for one row."""
    rows = thresholds.reshape(1, len(thresholds), *[1] * (x.ndim - 2), -1)
    return (x[..., None] >= rows).sum(axis=-1) * out_scale + out_bias


def conv(x, w, bias=None, pad=0, stride=1, groups=1):
    """NCHW, square."""
    batch, channels, height, width = x.shape
    outs, depth, kernel, _ = w.shape
    x = np.pad(x, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    rows, cols = ((n + 2 * pad - kernel) // stride + 1 for n in (height, width))
    y = np.zeros((batch, outs, rows, cols))
    for o in range(outs):
        first = o // (outs // groups) * depth
        for i in range(rows):
            for j in range(cols):
                part = x[:, first:first + depth, i * stride:i * stride + kernel, j * stride:j * stride + kernel]
                y[:, o, i, j] = np.sum(part * w[o], axis=(1, 2, 3))
    return y if bias is None else y + bias.reshape(1, -1, 1, 1)
