"""ai.onnx.ml: random models and all attributes, against ONNX Runtime."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness
import numpy as np
import ort_cases
from onnx import helper, numpy_helper

DOMAIN = "ai.onnx.ml"
MODES = ["BRANCH_LEQ", "BRANCH_LT", "BRANCH_GTE", "BRANCH_GT", "BRANCH_EQ", "BRANCH_NEQ"]
POSTS = ["NONE", "SOFTMAX", "LOGISTIC", "SOFTMAX_ZERO", "PROBIT"]
FLOAT, DOUBLE, INT64 = ort_cases.FLOAT, ort_cases.DOUBLE, ort_cases.INT64


def check(op, inputs, outputs, version=3, constants=None, tolerance="rtol=1e-4,atol=1e-5", **attributes):
    node = helper.make_node(op, [*inputs, *(constants or {})], list(outputs), domain=DOMAIN, **attributes)
    model = ort_cases.model([node], inputs, outputs, constants, {DOMAIN: version})
    return ort_cases.check(model, inputs, tolerance=tolerance)


def features(rng, rows, columns, dtype=np.float32):
    x = rng.integers(-3, 4, (rows, columns)).astype(dtype)
    if np.issubdtype(dtype, np.floating):
        x[rng.random(x.shape) < 0.1] = np.nan
    return x


def forest(rng, prefix, trees, depth, columns, targets, style, positive=False):
    """Random trees with nodes of every mode. `style`: which targets a leaf has weights for."""
    nodes = {k: [] for k in "treeids nodeids featureids modes values truenodeids falsenodeids missing_value_tracks_true".split()}
    leaves = {k: [] for k in "treeids nodeids ids weights".split()}
    for tree in range(trees):
        level, last = [(0, 0)], 0
        while level:
            node, at = level.pop(0)
            is_leaf = at == depth or (at > 0 and rng.random() < 0.2)
            for key, value in (("treeids", tree), ("nodeids", node), ("featureids", int(rng.integers(columns))),
                               ("values", float(rng.integers(-2, 3))), ("missing_value_tracks_true", int(rng.integers(2))),
                               ("modes", "LEAF" if is_leaf else MODES[int(rng.integers(6))]),
                               ("truenodeids", 0 if is_leaf else last + 1), ("falsenodeids", 0 if is_leaf else last + 2)):
                nodes[key].append(value)
            if not is_leaf:
                level += [(last + 1, at + 1), (last + 2, at + 1)]
                last += 2
                continue
            for k in {"all": range(targets), "any": [int(rng.integers(targets))], "first": [0], "last": [targets - 1]}[style]:
                weight = float(rng.normal())
                for key, value in (("treeids", tree), ("nodeids", node), ("ids", k),
                                   ("weights", abs(weight) / trees if positive else weight)):
                    leaves[key].append(value)
    return {**{f"nodes_{k}": v for k, v in nodes.items()}, **{f"{prefix}_{k}": v for k, v in leaves.items()}}


@harness.group
def tree_regressors():
    rng = np.random.default_rng(1)
    for dtype in (np.float32, np.float64):
        for aggregate in ("SUM", "AVERAGE", "MIN", "MAX"):
            x = {"x": features(rng, 40, 5, dtype)}
            yield f"{aggregate} {dtype.__name__}", check(
                "TreeEnsembleRegressor", x, {"y": FLOAT}, n_targets=3, aggregate_function=aggregate, base_values=[1.0, 2.0, 3.0],
                **forest(rng, "target", 4, 3, 5, 3, "any"))
    for post in POSTS:
        for targets in (1, 3):
            x = {"x": features(rng, 40, 5)}
            trees = forest(rng, "target", 3, 3, 5, targets, "all", positive=True)
            trees["target_weights"] = [0.3 * w for w in trees["target_weights"]]
            yield f"{post} {targets}", check("TreeEnsembleRegressor", x, {"y": FLOAT}, n_targets=targets, post_transform=post,
                                             tolerance="rtol=1e-3,atol=1e-3", **trees)
    trees = forest(rng, "target", 2, 3, 5, 1, "all")
    for name in ("nodes_values", "target_weights"):
        trees[f"{name}_as_tensor"] = numpy_helper.from_array(np.array(trees.pop(name)) + 1e-9)
    yield "doubles in tensors", check("TreeEnsembleRegressor", {"x": features(rng, 20, 5, np.float64)}, {"y": FLOAT},
                                      n_targets=1, **trees)


@harness.group
def tree_classifiers():
    rng = np.random.default_rng(2)
    for post in POSTS:
        for classes in (2, 3):
            for style in ("all", "any", "first", "last"):
                for positive in (True, False):
                    for base in (None, [0.1, 0.2, 0.3][:classes]):
                        if post == "PROBIT" and classes == 2 and style in ("first", "any"):
                            continue  # the reference leaves an output unset
                        x = {"x": features(rng, 40, 5)}
                        more = {"base_values": base} if base else {}
                        yield f"{post} {classes} {style} {positive} {base}", check(
                            "TreeEnsembleClassifier", x, {"label": INT64, "scores": FLOAT}, post_transform=post,
                            classlabels_int64s=[7, 3, 9][:classes], tolerance="rtol=1e-3,atol=1e-3", **more,
                            **forest(rng, "class", 3, 2, 5, classes, style, positive))


def nested(rng, columns, depth, dtype, targets, use_sets):
    """The attributes of one random tree of TreeEnsemble-5."""
    a = {k: [] for k in "featureids modes splits truenodeids trueleafs falsenodeids falseleafs missing_value_tracks_true".split()}
    leaf_targets, leaf_weights, sets = [], [], []

    def build(at):
        if at == depth:
            leaf_targets.append(int(rng.integers(targets)))
            leaf_weights.append(float(rng.normal()))
            return len(leaf_targets) - 1, 1
        me = len(a["modes"])
        mode = int(rng.integers(7 if use_sets else 6))
        for key, value in (("featureids", int(rng.integers(columns))), ("modes", mode), ("splits", float(rng.integers(-2, 3))),
                           ("missing_value_tracks_true", int(rng.integers(2))), ("truenodeids", 0), ("trueleafs", 0),
                           ("falsenodeids", 0), ("falseleafs", 0)):
            a[key].append(value)
        if mode == 6:
            sets.extend([*rng.choice(np.arange(-3, 4), 3, replace=False).astype(float), np.nan])
        for side in ("true", "false"):
            child, is_leaf = build(at + 1)
            a[f"{side}nodeids"][me], a[f"{side}leafs"][me] = child, is_leaf
        return me, 0

    build(0)
    tensors = {"nodes_modes": np.array(a.pop("modes"), np.uint8), "nodes_splits": np.array(a.pop("splits"), dtype),
               "leaf_weights": np.array(leaf_weights, dtype)}
    if sets:
        tensors["membership_values"] = np.array(sets, dtype)
    return {**{f"nodes_{k}": v for k, v in a.items()}, "leaf_targetids": leaf_targets, "tree_roots": [0],
            "n_targets": targets, **{k: numpy_helper.from_array(v) for k, v in tensors.items()}}


@harness.group
def tree_ensembles():
    rng = np.random.default_rng(3)
    for dtype, element in ((np.float32, FLOAT), (np.float64, DOUBLE)):
        for aggregate in range(4):
            yield f"{dtype.__name__} {aggregate}", check(
                "TreeEnsemble", {"x": features(rng, 40, 4, dtype)}, {"y": element}, version=5, aggregate_function=aggregate,
                **nested(rng, 4, 3, dtype, 2, False))
    # ONNX Runtime mistakes 1 (SOFTMAX) for 2 (LOGISTIC), so the text of the operator is the reference here.
    x = {"x": features(rng, 40, 4)}
    attributes = nested(rng, 4, 3, np.float32, 2, False)
    node = helper.make_node("TreeEnsemble", ["x"], ["y"], domain=DOMAIN, **attributes)
    scores = ort_cases.reference(ort_cases.model([node], x, {"y": FLOAT}, None, {DOMAIN: 5}), x)[0]
    powers = np.exp(scores)
    for post, expected in ((1, powers / powers.sum(1, keepdims=True)), (2, powers / (1 + powers))):
        node = helper.make_node("TreeEnsemble", ["x"], ["y"], domain=DOMAIN, post_transform=post, **attributes)
        yield f"post_transform {post}", ort_cases.check(ort_cases.model([node], x, {"y": FLOAT}, None, {DOMAIN: 5}), x, [expected])
    for round in range(4):
        yield f"sets {round}", check("TreeEnsemble", {"x": features(rng, 40, 4)}, {"y": FLOAT}, version=5,
                                     **nested(rng, 4, 1 + round, np.float32, 2, True))


def numbers(rng, *shape):
    return rng.normal(size=shape).astype(np.float32).ravel().tolist()


@harness.group
def linear_models():
    rng = np.random.default_rng(4)
    labels = {"label": INT64, "scores": FLOAT}
    for dtype in (np.float32, np.float64, np.int64, np.int32):
        x = {"x": rng.integers(-3, 4, (7, 4)).astype(dtype)}
        yield f"classifier {dtype.__name__}", check(
            "LinearClassifier", x, labels, 1, coefficients=numbers(rng, 3, 4), intercepts=numbers(rng, 3),
            classlabels_ints=[5, 6, 7], post_transform="SOFTMAX")
    x = {"x": rng.normal(size=(7, 4)).astype(np.float32)}
    for post in POSTS:
        for rows in (1, 2):
            yield f"regressor {post} {rows}", check(
                "LinearRegressor", x, {"y": FLOAT}, 1, tolerance="rtol=1e-3,atol=1e-3", targets=rows,
                coefficients=[0.01, 0.02, 0.03, 0.01] * rows, intercepts=[0.4] * rows, post_transform=post)
        for rows, classes in ((1, 2), (2, 2), (3, 3)):
            if post == "PROBIT" and rows == 1:
                continue  # the reference leaves an output unset
            yield f"classifier {post} {rows} {classes}", check(
                "LinearClassifier", x, labels, 1, tolerance="rtol=1e-3,atol=1e-3", post_transform=post,
                coefficients=[0.1 * v for v in numbers(rng, rows, 4)], intercepts=[0.4] * rows, classlabels_ints=[5, 6, 7][:classes])


@harness.group
def support_vector_machines():
    rng = np.random.default_rng(5)
    x = {"x": rng.normal(size=(7, 4)).astype(np.float32)}
    labels = {"label": INT64, "scores": FLOAT}
    kernels = {"LINEAR": [0.0, 0.0, 0.0], "POLY": [0.5, 1.0, 2.0], "RBF": [0.3, 0.0, 0.0], "SIGMOID": [0.2, 0.1, 0.0]}
    for kernel, params in kernels.items():
        common = {"kernel_type": kernel, "kernel_params": params}
        for one_class in (0, 1):
            yield f"regressor {kernel} {one_class}", check(
                "SVMRegressor", x, {"y": FLOAT}, 1, one_class=one_class, n_supports=5, support_vectors=numbers(rng, 5, 4),
                coefficients=numbers(rng, 5), rho=[0.2], **common)
        for classes in (2, 3, 4):
            pairs, counts = classes * (classes - 1) // 2, [2, 3, 1, 2][:classes]
            for with_probabilities in (False, True):
                for post in POSTS[:4] if kernel == "RBF" else ["NONE"]:
                    more = {"prob_a": [-abs(v) for v in numbers(rng, pairs)], "prob_b": numbers(rng, pairs)} if with_probabilities else {}
                    yield f"classifier {kernel} {classes} {with_probabilities} {post}", check(
                        "SVMClassifier", x, labels, 1, vectors_per_class=counts, support_vectors=numbers(rng, sum(counts), 4),
                        coefficients=numbers(rng, classes - 1, sum(counts)), rho=numbers(rng, pairs),
                        classlabels_ints=[5, 6, 7, 8][:classes], post_transform=post, **more, **common)
    for classes in (2, 3):
        for positive in (False, True):
            coefficients = np.array(numbers(rng, classes, 4))
            yield f"classifier without vectors {classes} {positive}", check(
                "SVMClassifier", x, labels, 1, kernel_params=[1.0, 0.0, 3.0], rho=[0.1] * classes,
                coefficients=(abs(coefficients) if positive else coefficients).tolist(), classlabels_ints=[5, 6, 7][:classes])
    yield "regressor without vectors", check("SVMRegressor", x, {"y": FLOAT}, 1, kernel_params=[1.0, 0.0, 3.0],
                                             coefficients=numbers(rng, 4), rho=[0.2])


@harness.group
def scaling_and_extracting():
    rng = np.random.default_rng(6)
    for dtype in (np.float32, np.float64, np.int64, np.int32):
        name, element = dtype.__name__, helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        x = {"x": rng.integers(-3, 4, (5, 3)).astype(dtype)}
        zeros = {"x": np.array([[0, 1, 2], [0, 0, 0], [-1, -2, 0]], dtype)}
        yield f"Scaler {name}", check("Scaler", x, {"y": FLOAT}, 1, offset=[1.0, 2.0, 3.0], scale=[0.5, 2.0, 3.0])
        yield f"Scaler of one number {name}", check("Scaler", x, {"y": FLOAT}, 1, offset=[1.0], scale=[0.5])
        for norm in ("MAX", "L1", "L2"):
            yield f"Normalizer {norm} {name}", check("Normalizer", zeros, {"y": FLOAT}, 1, norm=norm)
        indices = {"i": np.array([[2, 0]], np.int64)}
        yield f"ArrayFeatureExtractor {name}", check("ArrayFeatureExtractor", x, {"y": element}, 1, indices)
        yield f"ArrayFeatureExtractor of a vector {name}", check("ArrayFeatureExtractor", {"x": x["x"][0]}, {"y": element}, 1, indices)
        two = {"a": x["x"], "b": x["x"][:, :2]}
        yield f"FeatureVectorizer {name}", check("FeatureVectorizer", two, {"y": FLOAT}, 1, inputdimensions=[2, 4])
    x = {"x": np.array([[np.nan, 1, 2], [0, np.nan, np.nan]], np.float32)}
    yield "Imputer of NaN", check("Imputer", x, {"y": FLOAT}, 1, imputed_value_floats=[4.0, 5.0, 6.0], replaced_value_float=np.nan)
    yield "Imputer of a number", check("Imputer", x, {"y": FLOAT}, 1, imputed_value_floats=[4.0], replaced_value_float=1.0)
    yield "Imputer of integers", check("Imputer", {"x": np.array([[0, 1, 2]])}, {"y": INT64}, 1, imputed_value_int64s=[4, 5, 6])
    yield "Binarizer", check("Binarizer", {"x": np.array([[0.5, 1, 2, -1]], np.float32)}, {"y": FLOAT}, 1,
                              threshold=0.5)
    for dtype in (np.float32, np.float64, np.int64):
        codes = {"x": rng.integers(0, 4, (5, 2)).astype(dtype)}
        yield f"OneHotEncoder {dtype.__name__}", check("OneHotEncoder", codes, {"y": FLOAT}, 1, cats_int64s=[0, 1, 3])


@harness.group
def label_encoders():
    integers = {"x": np.array([[3, 1, 7], [9, -1, 3]])}
    reals = {"x": np.array([[3, 1, np.nan], [9, -1, 3]], np.float32)}
    for version in (2, 4):
        yield f"int to int {version}", check("LabelEncoder", integers, {"y": INT64}, version, keys_int64s=[3, 1, 9],
                                             values_int64s=[10, 20, 30])
        yield f"int to float, a key twice {version}", check(
            "LabelEncoder", integers, {"y": FLOAT}, version, keys_int64s=[3, 1, 9, 3], values_floats=[10.0, 20.0, 30.0, 40.0],
            default_float=0.5)
        yield f"float to float {version}", check("LabelEncoder", reals, {"y": FLOAT}, version, keys_floats=[3.0, np.nan, 9.0],
                                                 values_floats=[10.0, 20.0, 30.0])
        yield f"float to int {version}", check("LabelEncoder", reals, {"y": INT64}, version, keys_floats=[3.0, np.nan, 9.0],
                                               values_int64s=[10, 20, 30], default_int64=-7)
    tensors = {k: numpy_helper.from_array(np.array(v, np.float64)) for k, v in
               (("keys_tensor", [3, np.nan, 9]), ("values_tensor", [1, 2, 3]), ("default_tensor", [7]))}
    yield "tensors", check("LabelEncoder", {"x": reals["x"].astype(np.float64)}, {"y": DOUBLE}, 4, **tensors)
    node = helper.make_node("LabelEncoder", ["x"], ["y"], domain=DOMAIN, keys_int64s=[3, 1, 9], values_strings=["c", "a", "b"])
    model = ort_cases.model([node], integers, {"y": ort_cases.STRING}, None, {DOMAIN: 2})
    yield "int to string", ort_cases.check(model, integers, [np.array([[0, 1, 3], [2, 3, 0]])])


if __name__ == "__main__":
    harness.main()
