#!/usr/bin/env python3
"""Shows a digit, what the generated library and the reference make of it, and what the library costs.

    python show.py DATA OUTPUTS REPORT

DATA is a folder with input_0.pb and the reference's output_0.pb, OUTPUTS one with the library's output_0.pb (burin
verify --save), REPORT the library's report.json.
"""

import json
import pathlib
import sys

import onnx
from onnx import numpy_helper

SHADES = " .:-=+*#%@"


def tensor(path):
    return numpy_helper.to_array(onnx.load_tensor(path))


def main(data, outputs, report):
    image = tensor(data / "input_0.pb")[0, 0]
    reference = tensor(data / "output_0.pb")[0]
    library = tensor(outputs / "output_0.pb")[0]

    print("+" + "-" * 16 + "+")
    for row in image:
        print("|" + "".join(2 * SHADES[round(float(pixel) * (len(SHADES) - 1))] for pixel in row) + "|")
    print("+" + "-" * 16 + "+")

    print("digit      " + "".join(f"{digit:8d}" for digit in range(len(library))))
    print("library    " + "".join(f"{logit:8.2f}" for logit in library))
    print("reference  " + "".join(f"{logit:8.2f}" for logit in reference))
    print(f"The generated C says {library.argmax()}; ONNX Runtime says {reference.argmax()}.")

    costs = json.loads(report.read_text())
    ram, flash = costs["ram"], costs["flash"]
    print(f"RAM {ram['total']} B (arena {ram['arena']}, state {ram['state']}), stack at most {ram['stack_bound']} B, "
          f"constants {flash['constants']} B, {costs['macs']} MACs.")
    return int(library.argmax() != reference.argmax())


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*map(pathlib.Path, sys.argv[1:])))
