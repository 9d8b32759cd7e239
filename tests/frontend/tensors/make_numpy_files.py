#!/usr/bin/env python3
"""Writes NumpyFiles.inc: .npy files as numpy writes them, as C++ initialisers {name, bytes}.

    build/venv/bin/python tests/frontend/tensors/make_numpy_files.py

The tests read these bytes and compare with values typed by hand; nothing here knows our reader or writer.
"""

import io
import pathlib

import numpy as np


def npy(array, version=None):
    file = io.BytesIO()
    np.lib.format.write_array(file, array, version=version)
    return file.getvalue()


def cases():
    rows = np.array([[1, 2, 3], [4, 5, 6]])
    yield "float32 2x3", npy(rows.astype("<f4"))
    yield "float32 2x3 fortran", npy(np.asfortranarray(rows.astype("<f4")))
    yield "int32 2x3x2 fortran", npy(np.asfortranarray(np.arange(12, dtype="<i4").reshape(2, 3, 2)))
    yield "version 2", npy(rows.astype("<f4"), (2, 0))
    yield "version 3", npy(rows.astype("<f4"), (3, 0))
    yield "scalar", npy(np.float64(-2.5).reshape(()))
    yield "empty", npy(np.zeros((0, 3), "<f4"))
    yield "bool", npy(np.array([True, False, True]))
    for name in "i1 u1 <i2 <u2 <i4 <u4 <i8 <u8 <f2 <f4 <f8 <c8 <c16 >i2 >u4 >i8 >f2 >f4 >f8 >c8".split():
        yield name, npy(np.array([1, 100]).astype(name))
    yield "string", npy(np.array(["ab", "c"]))
    yield "date", npy(np.array(["2020-01-01"], dtype="datetime64[D]"))
    yield "structure", npy(np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    yield "longdouble", npy(np.zeros(2, dtype=np.longdouble))
    yield "object", npy(np.array([None, 1], dtype=object))


def literal(data):
    """A C++ string literal on several lines. Octal escapes have three digits, so that no digit after them joins in."""
    pieces = [chr(b) if 32 <= b < 127 and chr(b) not in '"\\?' else f"\\{b:03o}" for b in data]
    lines = [""]
    for piece in pieces:
        if len(lines[-1]) + len(piece) > 100:
            lines.append("")
        lines[-1] += piece
    return "\n".join(f'        "{line}"' for line in lines)


def main():
    out = [f"// Written by make_numpy_files.py with numpy {np.__version__}.\n"]
    for name, data in cases():
        out.append(f'    {{"{name}", std::string_view(\n{literal(data)},\n        {len(data)})}},\n')
    (pathlib.Path(__file__).parent / "NumpyFiles.inc").write_text("".join(out))


main()
