"""Makes the models of this folder: scikit-learn pipelines as skl2onnx exports them, and what they compute.

    python -m venv venv && venv/bin/pip install scikit-learn skl2onnx onnxruntime && venv/bin/python make_models.py

Each NAME.onnx comes with NAME.npz: input "x" (some rows of a data set that scikit-learn brings along) and the outputs of
scikit-learn itself, not of a runtime: "label" (for string labels, their places in classes_) and "scores", or "y".
"""
import pathlib

import numpy as np
from skl2onnx import to_onnx
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris, load_wine
from sklearn.ensemble import (AdaBoostClassifier, ExtraTreesRegressor, GradientBoostingClassifier,
                              GradientBoostingRegressor, IsolationForest, RandomForestClassifier)
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.naive_bayes import GaussianNB
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import Binarizer, MinMaxScaler, Normalizer, OneHotEncoder, PolynomialFeatures, StandardScaler
from sklearn.svm import SVC, SVR
from sklearn.tree import DecisionTreeClassifier, DecisionTreeRegressor

HERE = pathlib.Path(__file__).parent
ROWS = 24


def classifiers():
    iris, wine, cancer = load_iris(return_X_y=True), load_wine(return_X_y=True), load_breast_cancer(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])
    yield "logistic", make_pipeline(StandardScaler(), LogisticRegression()), *iris, {}
    yield "logistic_strings", LogisticRegression(max_iter=500), iris[0], names[iris[1]], {}
    yield "logistic_binary_zipmap", make_pipeline(MinMaxScaler(), LogisticRegression()), *cancer, {"zipmap": True}
    yield "random_forest", RandomForestClassifier(5, max_depth=4, random_state=0), *wine, {}
    yield "random_forest_binary", RandomForestClassifier(5, max_depth=3, random_state=0), *cancer, {}
    yield "decision_tree_strings", DecisionTreeClassifier(max_depth=3, random_state=0), iris[0], names[iris[1]], {}
    yield "gradient_boosting", GradientBoostingClassifier(n_estimators=5, random_state=0), *iris, {}
    yield "gradient_boosting_binary", GradientBoostingClassifier(n_estimators=8, random_state=0), *cancer, {}
    yield "adaboost", AdaBoostClassifier(n_estimators=4, random_state=0), *iris, {}
    yield "svc", make_pipeline(StandardScaler(), SVC(probability=True, random_state=0)), *iris, {}
    yield "normalizer", make_pipeline(Normalizer(), LogisticRegression()), *iris, {}
    yield "gaussian_nb", GaussianNB(), *iris, {}
    yield "mlp", make_pipeline(StandardScaler(), MLPClassifier((8,), max_iter=800, random_state=0)), *iris, {}
    yield "binarizer", make_pipeline(Binarizer(threshold=3.0), LogisticRegression()), *iris, {}


def regressors():
    x, y = load_diabetes(return_X_y=True)
    holes = x.copy()
    holes[::7, 2] = np.nan
    yield "ridge", make_pipeline(StandardScaler(), PolynomialFeatures(2), Ridge()), x, y
    yield "decision_tree_regressor", DecisionTreeRegressor(max_depth=5, random_state=0), x, y
    yield "extra_trees_regressor", ExtraTreesRegressor(4, max_depth=4, random_state=0), x, y
    yield "gradient_boosting_regressor", GradientBoostingRegressor(n_estimators=10, random_state=0), x, y
    yield "imputer_svr", make_pipeline(SimpleImputer(), StandardScaler(), SVR(C=50)), holes[:120], y[:120]


def store(name, model, x, options, arrays):
    x = x[:: max(1, len(x) // ROWS)][:ROWS].astype(np.float32)
    onnx = to_onnx(model, x[:1], options=options, target_opset={"": 17, "ai.onnx.ml": 3})
    onnx.graph.name = "net"
    assert onnx.ByteSize() < 20_000, (name, onnx.ByteSize())
    (HERE / f"{name}.onnx").write_bytes(onnx.SerializeToString())
    np.savez_compressed(HERE / f"{name}.npz", x=x, **arrays(x))


def main():
    for name, model, x, y, options in classifiers():
        x = x.astype(np.float32)
        model.fit(x, y)
        options = {id(model): {"zipmap": options.get("zipmap", False)}}
        store(name, model, x, options, lambda rows: {
            "label": np.searchsorted(model.classes_, model.predict(rows)).astype(np.int64),
            "scores": model.predict_proba(rows).astype(np.float32)})
    for name, model, x, y in regressors():
        x = x.astype(np.float32)
        model.fit(x, y)
        store(name, model, x, None, lambda rows: {"y": model.predict(rows).astype(np.float32).reshape(-1, 1)})
    x = np.array([[c, s, w] for c in range(3) for s in range(2) for w in (0.5, 1.5)], np.float32)
    columns = ColumnTransformer([("codes", OneHotEncoder(sparse_output=False), [0, 1]), ("rest", StandardScaler(), [2])])
    columns.fit(x)
    store("one_hot_columns", columns, x, None, lambda rows: {"y": columns.transform(rows).astype(np.float32)})
    forest = IsolationForest(n_estimators=4, max_samples=16, random_state=0).fit(load_iris().data.astype(np.float32))
    store("isolation_forest", forest, load_iris().data, None, lambda rows: {
        "label": forest.predict(rows).astype(np.int64).reshape(-1, 1),
        "scores": forest.decision_function(rows).astype(np.float32).reshape(-1, 1)})


if __name__ == "__main__":
    main()
