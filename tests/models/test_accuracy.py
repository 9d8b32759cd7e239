"""Labelled accuracy of the generated C on whole evaluation sets, against ONNX Runtime without optimisation."""
import csv
import json
import pathlib
import subprocess
import sys

import numpy as np

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

LIMIT = 0.001  # 0.1 percentage points
TFLITE_LIMIT = 0.005  # other roundings: a few samples on the edge between two classes
SCALED = {"/255": 255.0}

MAIN = """
#include "net.h"
#include <stdio.h>
static net_arena arena;
/* Inputs from stdin, outputs to stdout, until the inputs end. */
int main(void)
{
    while (fread(net_input(&arena, 0u), 1u, IN_BYTES, stdin) == IN_BYTES) {
        if (net_run(&arena) != NET_OK) { return 1; }
        if (fwrite(net_output(&arena, 0u), 1u, OUT_BYTES, stdout) != OUT_BYTES) { return 2; }
    }
    return 0;
}
"""
CTYPES = {"float": np.float32, "int8_t": np.int8, "uint8_t": np.uint8, "int64_t": np.int64}


def outputs_of(model, samples, folder, *flags):
    """The library's first output for every sample; integers are fed by the scale that the report gives."""
    harness.burin("compile", model, "-o", folder / "probe", "--name", "net", *flags)
    report = json.loads((folder / "probe" / "report.json").read_text())
    tensor, out = report["inputs"][0], report["outputs"][0]
    if tensor["ctype"] != "float":
        low, high = (-128, 127) if tensor["ctype"] == "int8_t" else (0, 255)
        samples = np.clip(np.rint(samples / np.float32(tensor["scale"])) + tensor["zero"], low, high)
    data = samples.astype(CTYPES[tensor["ctype"]])
    sizes = [int(np.prod(t["shape"])) * np.dtype(CTYPES[t["ctype"]]).itemsize for t in (tensor, out)]
    (folder / "main.c").write_text(MAIN)
    harness.run(["cc", "-std=c99", "-O2", f"-DIN_BYTES={sizes[0]}u", f"-DOUT_BYTES={sizes[1]}u", "-I", folder / "probe",
                 folder / "main.c", folder / "probe" / "net.c", folder / "probe" / "net_weights.c", "-lm", "-o", folder / "net"])
    done = subprocess.run([folder / "net"], input=data.tobytes(), stdout=subprocess.PIPE, check=True)
    return np.frombuffer(done.stdout, CTYPES[out["ctype"]]).reshape(len(samples), -1)


def labelled_sets():
    """(model, samples, labels, ONNX Runtime's accuracy) of each evaluation set."""
    labelled = harness.data("labelled")
    with open(labelled / "ACCURACY_ort_noopt.tsv", newline="") as f:
        rows = list(csv.DictReader(f, delimiter="\t"))
    for row in rows:
        where, _, how = row["data"].partition(" ")
        samples = np.load(labelled / (where + "_x.npy")).astype(np.float32)
        for word, divisor in SCALED.items():
            if word in how:
                samples = samples / np.float32(divisor)
        yield row["model"], samples, np.load(labelled / (where + "_y.npy")), float(row["ort_top1"])


def accuracy_of(model, samples, labels, *flags):
    with harness.temporary_folder() as folder:
        out = outputs_of(harness.data("models", model, "model.onnx"), samples, folder, *flags)
    predicted = out[:, 0] if out.shape[1] == 1 else out.argmax(axis=1)
    return float((predicted == labels).mean())


@harness.group
def within_a_tenth_of_a_point():
    for model, samples, labels, reference in labelled_sets():
        accuracy = accuracy_of(model, samples, labels)
        print(f"{model}: {accuracy:.4f}, reference {reference:.4f} ({len(labels)} samples)")
        good = abs(accuracy - reference) <= LIMIT + 1e-9
        yield model, None if good else f"accuracy {accuracy:.4f}, reference {reference:.4f}"


@harness.group(full=True)
def tflite_rounding_keeps_it():
    for model, samples, labels, reference in labelled_sets():
        if not model.endswith(("_int8", "_q")):
            continue
        accuracy = accuracy_of(model, samples, labels, "--rounding", "tflite")
        print(f"{model}, TFLite's rounding: {accuracy:.4f}, reference {reference:.4f} ({len(labels)} samples)")
        good = abs(accuracy - reference) <= TFLITE_LIMIT
        yield model, None if good else f"accuracy {accuracy:.4f}, reference {reference:.4f}"


if __name__ == "__main__":
    harness.main()
