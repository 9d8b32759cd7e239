"""A small convolutional network in numpy, with its gradient written out by hand.

    image [n,1,8,8] -> conv 3x3 (1->12) + relu -> maxpool 2x2 -> conv 3x3 (12->24) + relu -> conv 3x3 stride 2 (24->24)
    + relu -> flatten -> dense (96->10) -> logits [n,10]

All arithmetic is float64, so that the order of a sum (which differs between processors) hardly shows in the result.
Layouts are ONNX's: activations NCHW, convolution weights OIHW, dense weights [out, in].
"""

import numpy as np

CONVOLUTIONS = [  # name, input channels, output channels, stride; all 3x3 with one pixel of zero padding
    ("conv1", 1, 12, 1),
    ("conv2", 12, 24, 1),
    ("conv3", 24, 24, 2),
]
DENSE_INPUTS = 24 * 2 * 2
CLASSES = 10


def initial_weights(rng):
    """He-normal weights and zero biases, as a dict of name -> array."""
    weights = {}
    for name, inputs, outputs, _ in CONVOLUTIONS:
        weights[name + ".weight"] = rng.normal(0, np.sqrt(2 / (9 * inputs)), (outputs, inputs, 3, 3))
        weights[name + ".bias"] = np.zeros(outputs)
    weights["dense.weight"] = rng.normal(0, np.sqrt(1 / DENSE_INPUTS), (CLASSES, DENSE_INPUTS))
    weights["dense.bias"] = np.zeros(CLASSES)
    return weights


def patches(x, stride):
    """The 3x3 neighbourhoods of the zero-padded x [n,c,h,w], as [n, h/stride, w/stride, c, 3, 3]."""
    padded = np.pad(x, ((0, 0), (0, 0), (1, 1), (1, 1)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(2, 3))
    return windows[:, :, ::stride, ::stride].transpose(0, 2, 3, 1, 4, 5)


def conv_relu(x, weight, bias, stride):
    """max(0, conv(x) + bias) and what its gradient needs."""
    columns = patches(x, stride)
    n, h, w = columns.shape[:3]
    columns = columns.reshape(n * h * w, -1)
    y = columns @ weight.reshape(len(weight), -1).T + bias
    y = np.maximum(y, 0).reshape(n, h, w, -1).transpose(0, 3, 1, 2)
    return y, (x.shape, columns, weight, stride, y > 0)


def conv_relu_gradient(dy, saved):
    """Gradients with respect to input, weight and bias."""
    x_shape, columns, weight, stride, active = saved
    n, c, height, width = x_shape
    dy = (dy * active).transpose(0, 2, 3, 1)
    _, h, w, outputs = dy.shape
    flat = dy.reshape(-1, outputs)
    d_weight = (flat.T @ columns).reshape(weight.shape)
    d_columns = (flat @ weight.reshape(outputs, -1)).reshape(n, h, w, c, 3, 3)
    d_padded = np.zeros((n, c, height + 2, width + 2))
    for i in range(3):  # each tap of the kernel read the padded image at its own offset
        for j in range(3):
            tap = d_columns[..., i, j].transpose(0, 3, 1, 2)
            d_padded[:, :, i:i + stride * h:stride, j:j + stride * w:stride] += tap
    return d_padded[:, :, 1:-1, 1:-1], d_weight, flat.sum(0)


def max_pool(x):
    """Maximum over 2x2 blocks; remembers where it was, the first place winning a tie."""
    n, c, h, w = x.shape
    blocks = x.reshape(n, c, h // 2, 2, w // 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h // 2, w // 2, 4)
    winner = blocks.argmax(-1)[..., None]
    return np.take_along_axis(blocks, winner, -1)[..., 0], (x.shape, winner)


def max_pool_gradient(dy, saved):
    (n, c, h, w), winner = saved
    blocks = np.zeros((n, c, h // 2, w // 2, 4))
    np.put_along_axis(blocks, winner, dy[..., None], -1)
    return blocks.reshape(n, c, h // 2, w // 2, 2, 2).transpose(0, 1, 2, 4, 3, 5).reshape(n, c, h, w)


def forward(weights, x):
    """Logits [n,10] and what the gradient needs, for x [n,1,8,8]."""
    saved = {}
    for name, _, _, stride in CONVOLUTIONS:
        x, saved[name] = conv_relu(x, weights[name + ".weight"], weights[name + ".bias"], stride)
        if name == "conv1":
            x, saved["pool"] = max_pool(x)
    saved["features"] = x
    return x.reshape(len(x), -1) @ weights["dense.weight"].T + weights["dense.bias"], saved


def loss_gradient(weights, x, labels):
    """Mean cross-entropy of softmax(logits) and its gradient with respect to every weight."""
    logits, saved = forward(weights, x)
    shifted = logits - logits.max(1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(1, keepdims=True))
    rows = np.arange(len(x))
    loss = (log_sum[:, 0] - shifted[rows, labels]).mean()

    d_logits = np.exp(shifted - log_sum)
    d_logits[rows, labels] -= 1
    d_logits /= len(x)
    features = saved["features"]
    gradient = {
        "dense.weight": d_logits.T @ features.reshape(len(x), -1),
        "dense.bias": d_logits.sum(0),
    }
    dx = (d_logits @ weights["dense.weight"]).reshape(features.shape)
    for name, _, _, _ in reversed(CONVOLUTIONS):
        if name == "conv1":
            dx = max_pool_gradient(dx, saved["pool"])
        dx, gradient[name + ".weight"], gradient[name + ".bias"] = conv_relu_gradient(dx, saved[name])
    return loss, gradient
