#!/usr/bin/env python3
"""Shows a digit, what the generated library and the reference make of it, and what the library costs.

    python show.py DATA OUTPUTS REPORT CLASSIFIER

DATA is a folder with input_0.pb and the reference's output_0.pb, OUTPUTS one with the library's output_0.pb (burin
verify --save), REPORT the library's report.json, CLASSIFIER the program of classify.c.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
import onnx
from onnx import numpy_helper

SHADES = " .:-=+*#%@"


def tensor(path):
    return numpy_helper.to_array(onnx.load_tensor(path))


def show_image(image):
    print("+" + "-" * 16 + "+")
    for row in image:
        print("|" + "".join(2 * SHADES[round(float(pixel) * (len(SHADES) - 1))] for pixel in row) + "|")
    print("+" + "-" * 16 + "+")


def count_right(classifier):
    """How many of the labelled samples the program gets right, and how many there are."""
    samples = np.load(pathlib.Path(__file__).resolve().parent / "samples.npz")
    answers = subprocess.run([classifier.resolve()], input=samples["pixels"].tobytes(), capture_output=True, check=True)
    digits = np.array(answers.stdout.split(), dtype=int)
    return int((digits == samples["labels"]).sum()), len(samples["labels"])


def main(data, outputs, report, classifier):
    image = tensor(data / "input_0.pb")[0, 0]
    reference = tensor(data / "output_0.pb")[0]
    library = tensor(outputs / "output_0.pb")[0]

    show_image(image)
    print("digit      " + "".join(f"{digit:8d}" for digit in range(len(library))))
    print("library    " + "".join(f"{logit:8.2f}" for logit in library))
    print("reference  " + "".join(f"{logit:8.2f}" for logit in reference))
    print(f"The generated C says {library.argmax()}; ONNX Runtime says {reference.argmax()}.")

    right, samples = count_right(classifier)
    print(f"Of {samples} labelled samples the generated C gets {right} right, {right / samples:.1%}.")
    costs = json.loads(report.read_text())
    ram, flash = costs["ram"], costs["flash"]
    print(f"RAM {ram['total']} B (arena {ram['arena']}, state {ram['state']}), stack at most {ram['stack_bound']} B, "
          f"constants {flash['constants']} B, {costs['macs']} MACs.")
    return int(library.argmax() != reference.argmax())


if __name__ == "__main__":
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    sys.exit(main(*map(pathlib.Path, sys.argv[1:])))
