"""Labelled accuracy on whole evaluation sets, against ONNX Runtime without optimisation."""
import csv
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

LIMIT = 0.001  # 0.1 percentage points
TFLITE_LIMIT = 0.005  # other roundings: a few samples on the edge between two classes
SCALED = {"/255": ["--scale", "1/255"]}


def rows():
    """(model, flags that give its samples, their number, the reference's accuracy)."""
    labelled = harness.data("labelled")
    with open(labelled / "ACCURACY_ort_noopt.tsv", newline="") as f:
        for row in csv.DictReader(f, delimiter="\t"):
            where, _, how = row["data"].partition(" ")
            flags = ["--data", f"{labelled / where}_x.npy", "--labels", f"{labelled / where}_y.npy"]
            flags += [flag for word, more in SCALED.items() if word in how for flag in more]
            yield row["model"], flags, int(row["n"]), float(row["ort_top1"])


def accuracy(model, *flags):
    """The figures of `burin accuracy`, by name."""
    result = harness.burin("accuracy", harness.data("models", model, "model.onnx"), *flags)
    return {key: float(value) for key, value in re.findall(r" (\w+)=([0-9.]+)(?= |$)", result.stdout.splitlines()[-1])}


@harness.group
def within_a_tenth_of_a_point():
    for model, flags, count, reference in rows():
        found = accuracy(model, *flags)
        print(f"{model}: {found['top1']:.4f}, reference {reference:.4f} ({count} samples)")
        good = found["samples"] == count and abs(found["top1"] - reference) <= LIMIT + 1e-9
        yield model, None if good else f"accuracy {found}, reference {reference:.4f}"


@harness.group
def the_interpreter_agrees_with_the_reference():
    for model, flags, _, _ in rows():
        found = accuracy(model, *flags, "--samples", "100", "--interpreter", "--reference")
        good = found["samples"] == 100 and found["agree"] >= 99
        yield model, None if good else f"{found}"


@harness.group(full=True)
def tflite_rounding_keeps_it():
    for model, flags, count, reference in rows():
        if not model.endswith(("_int8", "_q")):
            continue
        found = accuracy(model, *flags, "--rounding", "tflite")
        print(f"{model}, TFLite's rounding: {found['top1']:.4f}, reference {reference:.4f} ({count} samples)")
        good = abs(found["top1"] - reference) <= TFLITE_LIMIT
        yield model, None if good else f"accuracy {found}, reference {reference:.4f}"


if __name__ == "__main__":
    harness.main()
