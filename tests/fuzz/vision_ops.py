"""Random operators that look at places of an image which other values decide."""
import numpy as np
from graph import F32, I64, Illegal
from network_ops import image, window
from ops import op


@op(2)
def grid_sample(g):
    if g.opset < 16:
        raise Illegal("GridSample")
    x = image(g, (F32,), spatial=2)
    shape = (x.shape[0], g.integer(1, 5), g.integer(1, 5), 2)
    # multiples of a prime's reciprocal: no place is halfway between two pixels but by chance
    grid = g.new(F32, shape, array=np.asarray(g.rng.integers(-41, 42, shape) / 37 + 0.003, np.float32))
    modes = ["linear", "nearest", "cubic"] if g.opset >= 20 else ["bilinear", "nearest", "bicubic"]
    mode = g.choose(modes)
    # ONNX Runtime clamps the place, ONNX's reference the pixels around it
    padding = g.choose(["zeros", "reflection"] + (["border"] if not mode.endswith("cubic") else []))
    g.apply("GridSample", [x, grid], mode=mode, padding_mode=padding, align_corners=g.integer(0, 1), slack=20)


@op(1)
def affine_grid(g):
    if g.opset < 20:
        raise Illegal("AffineGrid")
    n = g.integer(1, 2)
    size = g.constant([n, g.integer(1, 3), g.integer(2, 5), g.integer(2, 5)], I64)
    g.apply("AffineGrid", [g.new(F32, (n, 2, 3)), size], align_corners=g.integer(0, 1))


@op(1)
def roi_align(g):
    if g.opset < 16:
        raise Illegal("RoiAlign")
    x = image(g, (F32,), spatial=2)
    count = g.integer(1, 3)
    corner = g.rng.uniform(0, 3, (count, 2))
    rois = g.new(F32, (count, 4), array=np.concatenate([corner, corner + g.rng.uniform(1.1, 5, (count, 2))], 1).astype(np.float32))
    batch = g.new(I64, (count,), array=g.rng.integers(0, x.shape[0], count))
    g.apply("RoiAlign", [x, rois, batch], output_height=g.integer(1, 3), output_width=g.integer(1, 3), mode="avg",
            sampling_ratio=g.integer(0, 2), spatial_scale=g.choose([0.5, 1.0]), slack=5,
            coordinate_transformation_mode=g.choose(["half_pixel", "output_half_pixel"]))


@op(1)
def pool_with_indices(g):
    x = image(g, (F32,), spatial=2)
    if not x.exact or len(np.unique(x.array)) < x.array.size:
        raise Illegal("which of equal elements is taken is open")
    kernel, attributes = window(g, x.shape[2:], dilate=False)
    attributes["pads"] = [0] * 4
    attributes.pop("auto_pad", None)
    if any(k > s for k, s in zip(kernel, x.shape[2:])):
        raise Illegal("window")
    g.apply("MaxPool", [x], outputs=2, kernel_shape=kernel, moves=True, **attributes)


@op(1)
def col2im(g):
    if g.opset < 18:
        raise Illegal("Col2Im")
    size, block = [g.integer(2, 5), g.integer(2, 5)], [g.integer(1, 2), g.integer(1, 2)]
    places = (size[0] - block[0] + 1) * (size[1] - block[1] + 1)
    x = g.new(F32, (g.integer(1, 2), g.integer(1, 3) * block[0] * block[1], places), constant=False)
    g.apply("Col2Im", [x, g.constant(size, I64), g.constant(block, I64)])
