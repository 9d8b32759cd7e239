"""scikit-learn's pipelines in sklearn/: their exported models, compiled, against what scikit-learn itself computed."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness
import numpy as np
import onnx
import ort_cases


@harness.group
def pipelines():
    for path in sorted((pathlib.Path(__file__).parent / "sklearn").glob("*.onnx")):
        data = np.load(path.with_suffix(".npz"))
        x, expected = data["x"], [data[k] for k in ("label", "scores", "y") if k in data]
        # Kernel machines sum in float32 what scikit-learn sums in double.
        yield path.stem, ort_cases.check(onnx.load(path), {"x": x}, expected, "rtol=2e-3,atol=2e-4")


if __name__ == "__main__":
    harness.main()
