"""RNN, GRU and LSTM with random attributes, several nodes a model: against a twin written from ONNX's formulas, which is
itself compared with ONNX Runtime where that has the case (it knows no layout 1)."""
import pathlib
import random
import sys
import tempfile

import numpy as np
import onnx
import onnx.helper as oh
import onnx.numpy_helper
import onnxruntime

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

GATES = {"RNN": 1, "GRU": 3, "LSTM": 4}
DEFAULTS = {"RNN": ["Tanh"], "GRU": ["Sigmoid", "Tanh"], "LSTM": ["Sigmoid", "Tanh", "Tanh"]}
# name: (function of v, alpha, beta; default alpha or None; default beta or None)
ACTIVATIONS = {
    "Sigmoid": (lambda v, a, b: 1 / (1 + np.exp(-v)), None, None),
    "Tanh": (lambda v, a, b: np.tanh(v), None, None),
    "Relu": (lambda v, a, b: np.maximum(v, 0), None, None),
    "Affine": (lambda v, a, b: a * v + b, 1.0, 0.0),
    "LeakyRelu": (lambda v, a, b: np.where(v < 0, a * v, v), 0.01, None),
    "ThresholdedRelu": (lambda v, a, b: np.where(v > a, v, 0), 1.0, None),
    "ScaledTanh": (lambda v, a, b: a * np.tanh(b * v), 1.0, 1.0),
    "HardSigmoid": (lambda v, a, b: np.clip(a * v + b, 0, 1), 0.2, 0.5),
    "Elu": (lambda v, a, b: np.where(v < 0, a * np.expm1(v), v), 1.0, None),
    "Softsign": (lambda v, a, b: v / (1 + np.abs(v)), None, None),
    "Softplus": (lambda v, a, b: np.logaddexp(0, v), None, None),
}


class Node:
    """One node with random attributes and run-time inputs; `name` makes its tensors' names."""

    def __init__(self, rng, name, dtype):
        self.rng, self.name, self.dtype = rng, name, dtype
        self.op = rng.choice(list(GATES))
        self.layout = rng.choice([0, 0, 1])
        self.direction = rng.choice(["forward", "reverse", "bidirectional"])
        self.dirs = 2 if self.direction == "bidirectional" else 1
        self.steps, self.batch = rng.randint(1, 5), rng.randint(1, 3)
        self.inputs, self.units = rng.randint(1, 5), rng.randint(1, 9)
        self.attributes = {"hidden_size": self.units, "direction": self.direction, "layout": self.layout}
        self.chooseAttributes()
        self.values = {}
        self.chooseInputs()
        counts = 3 if self.op == "LSTM" else 2
        self.wanted = [rng.random() < 0.7 for _ in range(counts)]
        self.wanted[rng.randrange(counts)] = True

    def chooseAttributes(self):
        rng = self.rng
        self.clip = rng.choice([0, 0, 0.4])
        if self.clip:
            self.attributes["clip"] = self.clip
        names = DEFAULTS[self.op] * self.dirs
        if rng.random() < 0.6:
            names = [rng.choice(list(ACTIVATIONS)) for _ in names]
            self.attributes["activations"] = [rng.choice([n, n.lower()]) for n in names]
        alphas = [round(rng.uniform(0.1, 1.2), 2) for n in names if ACTIVATIONS[n][1] is not None]
        betas = [round(rng.uniform(0.1, 1.2), 2) for n in names if ACTIVATIONS[n][2] is not None]
        given = rng.random() < 0.6
        if alphas and given:
            self.attributes["activation_alpha"] = list(alphas)
        if betas and given:
            self.attributes["activation_beta"] = list(betas)
        self.activations = []
        for n in names:
            f, alpha, beta = ACTIVATIONS[n]
            if given:
                alpha = alphas.pop(0) if alpha is not None else None
                beta = betas.pop(0) if beta is not None else None
            self.activations.append(lambda v, f=f, a=alpha, b=beta: f(v, a, b))
        self.input_forget = self.op == "LSTM" and rng.random() < 0.3
        self.reset_after = self.op == "GRU" and rng.random() < 0.5
        if self.input_forget:
            self.attributes["input_forget"] = 1
        if self.reset_after:
            self.attributes["linear_before_reset"] = 1

    def chooseInputs(self):
        rng = np.random.default_rng(self.rng.randrange(1 << 30))
        gates, dirs, units, batch = GATES[self.op], self.dirs, self.units, self.batch
        state = (batch, dirs, units) if self.layout else (dirs, batch, units)
        shapes = {"X": (batch, self.steps, self.inputs) if self.layout else (self.steps, batch, self.inputs),
                  "W": (dirs, gates * units, self.inputs), "R": (dirs, gates * units, units),
                  "B": (dirs, 2 * gates * units), "L": (batch,), "h": state, "c": state, "P": (dirs, 3 * units)}
        self.order = ["X", "W", "R", "B", "L", "h"] + (["c", "P"] if self.op == "LSTM" else [])
        for key in self.order:
            if key in "XWR" or self.rng.random() < 0.5:
                value = rng.integers(0, self.steps + 1, shapes[key]) if key == "L" else rng.normal(0, 0.6, shapes[key])
                self.values[key] = value.astype(np.int32 if key == "L" else self.dtype)

    def constants(self):
        return [k for k in "WRBP" if k in self.values]

    def proto(self):
        inputs = [f"{self.name}_{k}" if k in self.values else "" for k in self.order]
        while not inputs[-1]:
            inputs.pop()
        outputs = [f"{self.name}_{k}" if w else "" for k, w in zip(["Y", "Y_h", "Y_c"], self.wanted)]
        attributes = {k: v for k, v in self.attributes.items() if k != "layout" or v}
        return oh.make_node(self.op, inputs, outputs, name=self.name, **attributes)

    def expected(self):
        """The wanted outputs, in float64, by ONNX's formulas."""
        v = {k: x.astype(np.float64) if k != "L" else x for k, x in self.values.items()}
        x = v["X"].transpose(1, 0, 2) if self.layout else v["X"]
        y = np.zeros((self.steps, self.dirs, self.batch, self.units))
        last = np.zeros((2, self.dirs, self.batch, self.units))
        for d in range(self.dirs):
            for b in range(self.batch):
                length = int(v["L"][b]) if "L" in v else self.steps
                place = (b, d) if self.layout else (d, b)
                h = v["h"][place] if "h" in v else np.zeros(self.units)
                c = v["c"][place] if "c" in v else np.zeros(self.units)
                order = range(length)
                if d == 1 or self.direction == "reverse":
                    order = reversed(order)
                for t in order:
                    h, c = self.step(d, x[t, b], h, c, v)
                    y[t, d, b] = h
                last[0, d, b], last[1, d, b] = h, c
        if self.layout:
            y, last = y.transpose(2, 0, 1, 3), last.transpose(0, 2, 1, 3)
        return [r for r, w in zip([y, last[0], last[1]], self.wanted) if w]

    def step(self, d, x, h, c, v):
        gates, n = GATES[self.op], self.units
        w, r = v["W"][d].reshape(gates, n, -1), v["R"][d].reshape(gates, n, n)
        bias = v["B"][d].reshape(2, gates, n) if "B" in v else np.zeros((2, gates, n))
        p = v["P"][d].reshape(3, n) if "P" in v else np.zeros((3, n))
        count = len(DEFAULTS[self.op])
        acts = self.activations[d * count:(d + 1) * count]
        limit = (lambda u: np.clip(u, -self.clip, self.clip)) if self.clip else (lambda u: u)
        def pre(g, state=h):
            return w[g] @ x + bias[0, g] + r[g] @ state + bias[1, g]
        if self.op == "RNN":
            return acts[0](limit(pre(0))), c
        if self.op == "GRU":
            z, reset = acts[0](limit(pre(0))), acts[0](limit(pre(1)))
            inner = (w[2] @ x + bias[0, 2] + reset * (r[2] @ h + bias[1, 2])) if self.reset_after else pre(2, reset * h)
            return (1 - z) * acts[1](limit(inner)) + z * h, c
        i = acts[0](limit(pre(0) + p[0] * c))
        f = 1 - i if self.input_forget else acts[0](limit(pre(2) + p[2] * c))
        c = f * c + i * acts[1](limit(pre(3)))
        o = acts[0](limit(pre(1) + p[1] * c))
        return o * acts[2](c), c


def model_of(nodes, dtype, opset):
    inputs, outputs, constants = [], [], []
    kind = oh.np_dtype_to_tensor_dtype(np.dtype(dtype))
    for node in nodes:
        for key, value in node.values.items():
            name = f"{node.name}_{key}"
            if key in node.constants() and node.constantWeights:
                constants.append(onnx.numpy_helper.from_array(value, name))
            else:
                inputs.append((oh.make_tensor_value_info(name, oh.np_dtype_to_tensor_dtype(value.dtype), value.shape), value))
        for name in filter(None, node.proto().output):
            outputs.append(oh.make_tensor_value_info(name, kind, None))
    graph = oh.make_graph([n.proto() for n in nodes], "recurrent", [i for i, _ in inputs], outputs, constants)
    model = oh.make_model(graph, opset_imports=[oh.make_opsetid("", opset)], ir_version=8)
    return model, [v for _, v in inputs]


def write_data(folder, inputs, expected, names):
    folder.mkdir()
    for i, value in enumerate(inputs):
        (folder / f"input_{i}.pb").write_bytes(onnx.numpy_helper.from_array(value).SerializeToString())
    for i, (value, name) in enumerate(zip(expected, names)):
        (folder / f"output_{i}.pb").write_bytes(onnx.numpy_helper.from_array(value, name).SerializeToString())


def differs_from_onnx_runtime(model, inputs, expected):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except onnxruntime.capi.onnxruntime_pybind11_state.Fail:
        return None  # an activation that it doesn't have for this operator
    got = session.run(None, {i.name: v for i, v in zip(model.graph.input, inputs)})
    for value, want, output in zip(got, expected, model.graph.output):
        if not np.allclose(value, want, rtol=1e-3, atol=1e-4):
            return f"the twin differs from ONNX Runtime in {output.name} by {np.abs(value - want).max():.3g}"
    return None


@harness.group
def random_nodes():
    count = 40 if harness.FULL else 8
    for number in range(count):
        rng = random.Random(number)
        dtype = [np.float32, np.float32, np.float64, np.float16][number % 4]
        nodes = [Node(rng, f"n{i}", dtype) for i in range(12)]
        for node in nodes:
            node.constantWeights = rng.random() < 0.7
        opset = 14 if any(n.layout for n in nodes) else 7
        model, inputs = model_of(nodes, dtype, opset)
        expected = [y for n in nodes for y in n.expected()]
        with tempfile.TemporaryDirectory() as name:
            folder = pathlib.Path(name)
            onnx.save(model, folder / "model.onnx")
            write_data(folder / "data", inputs, [y.astype(dtype) for y in expected], [o.name for o in model.graph.output])
            limits = "rtol=4e-3,atol=2e-3" if dtype == np.float16 else "rtol=1e-3,atol=1e-5"
            result = harness.run([harness.BURIN, "verify", folder / "model.onnx", "--data", folder / "data", "--interpreter",
                                  "--tolerance", limits], code=None)
        problem = None if result.returncode == 0 else (result.stdout + result.stderr)[-1500:]
        yield f"seed {number}, {np.dtype(dtype).name}", problem


@harness.group
def the_twin_is_onnx_runtimes():
    for number in range(30):
        node = Node(random.Random(1000 + number), "n", np.float32)
        # ONNX Runtime has no layout 1; sets states to 0 after no step at all.
        node.constantWeights = True
        if node.layout or 0 in node.values.get("L", [1]):
            continue
        model, inputs = model_of([node], np.float32, 14)
        yield f"seed {1000 + number}, {node.op}", differs_from_onnx_runtime(model, inputs, node.expected())


if __name__ == "__main__":
    harness.main()
