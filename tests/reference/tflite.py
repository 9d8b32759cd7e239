"""TFLite's quantised kernels on Python's integers, written from their formulas: the twin of --rounding=tflite.

A tensor is an integer array with a scale (the float32 number, as a float) and a zero point.
"""
import math

import numpy as np


def multiplier(real):
    """(mult, exponent) with real = mult * 2^(exponent - 31), 2^30 <= mult < 2^31."""
    if real == 0:
        return 0, 0
    mantissa, exponent = math.frexp(real)
    mult = math.floor(mantissa * 2 ** 31 + 0.5)
    return (mult // 2, exponent + 1) if mult == 2 ** 31 else (mult, exponent)


def scale(v, mult, exponent):
    """Doubled high product, ties up, and a rounding shift, ties away from zero."""
    high = (int(v) * 2 ** max(exponent, 0) * mult + 2 ** 30) >> 31
    right = max(-exponent, 0)
    rounded = (abs(high) + (2 ** right >> 1)) >> right
    return -rounded if high < 0 else rounded


def clamped(values, zero, dtype):
    limits = np.iinfo(dtype)
    return np.clip(np.asarray(values, np.int64) + zero, limits.min, limits.max).astype(dtype)


def product(acc, sx, sw, sy, zero, dtype, as_float=False):
    """Sums [..., channel] to results; sw has one scale or one per channel. Fully connected layers multiply sx by sw in
    float32."""
    acc, sw = np.asarray(acc), np.atleast_1d(sw)
    out = np.empty(acc.shape, np.int64)
    for c in range(acc.shape[-1]):
        w = float(sw[c if len(sw) > 1 else 0])
        together = float(np.float32(np.float32(sx) * np.float32(w))) if as_float else sx * w
        m = multiplier(together / sy)
        out[..., c] = np.vectorize(lambda v: scale(v, *m), otypes=[np.int64])(acc[..., c])
    return clamped(out, zero, dtype)


def add(a, sa, za, b, sb, zb, sy, zy, sign=1):
    twice = 2 * max(sa, sb)
    ma, mb, my = multiplier(sa / twice), multiplier(sb / twice), multiplier(twice / (2 ** 20 * sy))
    one = lambda u, v: scale(scale((int(u) - za) << 20, *ma) + sign * scale((int(v) - zb) << 20, *mb), *my)
    return clamped(np.vectorize(one, otypes=[np.int64])(a, b), zy, a.dtype)


def mul(a, sa, za, b, sb, zb, sy, zy):
    m = multiplier(sa * sb / sy)
    return clamped(np.vectorize(lambda u, v: scale((int(u) - za) * (int(v) - zb), *m), otypes=[np.int64])(a, b), zy, a.dtype)


def divided(total, count):
    """total / count, ties away from zero."""
    rounded = (abs(int(total)) + count // 2) // count
    return rounded if total > 0 else -rounded


def average(total, count):
    """AVERAGE_POOL_2D of stored integers: their sum over the window."""
    return np.vectorize(lambda t: divided(t, count), otypes=[np.int64])(total)


def mean(total, count, sx, sy, zero, dtype):
    """MEAN: `total` sums differences from the zero point."""
    m = multiplier(sx / sy)
    return clamped(np.vectorize(lambda t: divided(scale(t, *m), count), otypes=[np.int64])(total), zero, dtype)


# --- gemmlowp's fixed-point functions


def high(a, b):
    return (a * b + 2 ** 30) >> 31 if a * b >= 0 else -((-a * b + 2 ** 30 - 1) >> 31)


def shifted(v, bits):
    return (abs(v) + (2 ** bits >> 1) >> bits) * (-1 if v < 0 else 1)


def saturated(v):
    return max(-2 ** 31, min(2 ** 31 - 1, v))


def exp_of_negative(a, integer_bits):
    """a <= 0 with 31 - integer_bits fractional bits; the result has 31."""
    if a == 0:
        return 2 ** 31 - 1
    fraction = 31 - integer_bits
    quarter = 2 ** (fraction - 2)
    rest = a % quarter - quarter
    x = saturated(rest * 2 ** integer_bits) + 2 ** 28
    eighth = round(math.exp(-1 / 8) * 2 ** 31)
    x2 = high(x, x)
    x3, x4 = high(x2, x), high(x2, x2)
    tail = shifted(high(shifted(x4, 2) + x3, round(2 ** 31 / 3)) + x2, 1)
    result = saturated(eighth + high(eighth, x + tail))
    for exponent in range(-2, min(integer_bits, 5)):
        if (rest - a) >> (fraction + exponent) & 1:
            result = high(result, round(math.exp(-2.0 ** exponent) * 2 ** 31))
    return result


def reciprocal_of_one_plus(a):
    half = (a + 2 ** 31) // 2
    x = round(48 / 17 * 2 ** 29) + high(half, round(-32 / 17 * 2 ** 29))
    for _ in range(3):
        x += saturated(4 * high(x, 2 ** 29 - high(half, x)))
    return saturated(2 * x)


def softmax(x, sx):
    """Rows along the last axis; results in steps of 1/256 from the least int8 on."""
    mult, exponent = multiplier(min(sx * 2 ** 26, 2 ** 31 - 1))
    radius = math.floor(31 * 2 ** 26 / 2 ** exponent)
    out = np.empty(x.shape, np.int8)
    for at in np.ndindex(x.shape[:-1]):
        row = [int(v) for v in x[at]]
        exps = [exp_of_negative(scale(v - max(row), mult, exponent), 5) if max(row) - v <= radius else 0 for v in row]
        total = sum(shifted(e, 12) for e in exps)
        head = 32 - total.bit_length()
        factor = reciprocal_of_one_plus((total << head) - 2 ** 31)
        out[at] = [max(-128, min(127, shifted(high(factor, e), 12 - head + 23) - 128)) for e in exps]
    return out


def logistic(x, sx, zx):
    """Results in steps of 1/256 from the least int8 on."""
    mult, exponent = multiplier(sx * 2 ** 27)
    radius = math.floor(15 * 2 ** 27 / 2 ** exponent)

    def one(v):
        d = int(v) - zx
        if abs(d) >= radius:
            return 255 if d > 0 else 0
        a = scale(d, mult, exponent)
        if a == 0:
            return 128
        positive = reciprocal_of_one_plus(exp_of_negative(-abs(a), 4))
        return min(255, shifted(positive if a > 0 else 2 ** 31 - 1 - positive, 23))

    return (np.vectorize(one)(x) - 128).astype(np.int8)
