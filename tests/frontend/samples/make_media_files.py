"""Writes MediaFiles.inc: archives and images that other programs made, for the tests of frontend/samples.

usage: python make_media_files.py > MediaFiles.inc       (with numpy, and cjpeg of libjpeg-turbo-progs in PATH)
"""
import io
import struct
import subprocess
import zlib

import numpy as np


def archive(save):
    file = io.BytesIO()
    save(file, x=np.arange(24, dtype=np.float32).reshape(4, 2, 3), y=np.array([3, 1, 0, 2]))
    return file.getvalue()


def png(array, colour):
    """A PNG of 8 bits a channel; `colour` is PNG's colour type: 0 gray, 2 RGB, 6 RGBA."""
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width = array.shape[:2]
    rows = b"".join(b"\0" + row.tobytes() for row in array)
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def ppm(array):
    return b"P6\n%d %d\n255\n" % (array.shape[1], array.shape[0]) + array.tobytes()


def bmp(array):
    """24 bits, rows from the bottom, BGR, each filled up to 4 bytes."""
    height, width = array.shape[:2]
    rows = b"".join(row[:, ::-1].tobytes() + b"\0" * (-3 * width % 4) for row in array[::-1])
    info = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, len(rows), 2835, 2835, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(rows), 0, 0, 54) + info + rows


def jpeg(array):
    command = ["cjpeg", "-quality", "95", "-sample", "1x1"]
    return subprocess.run(command, input=ppm(array), capture_output=True, check=True).stdout


COLOURS = np.array([[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[10, 20, 30], [40, 50, 60], [70, 80, 90]]], np.uint8)
HALVES = np.zeros((16, 16, 3), np.uint8)
HALVES[:, :8] = [200, 40, 40]
HALVES[:, 8:] = [30, 60, 180]

FILES = {
    "stored.npz": archive(np.savez),
    "deflated.npz": archive(np.savez_compressed),
    "colours.png": png(COLOURS, 2),
    "transparent.png": png(np.dstack([COLOURS, np.full((2, 3), 7, np.uint8)]), 6),
    "gray.png": png(np.array([[0, 100, 255], [1, 2, 3]], np.uint8), 0),
    "colours.ppm": ppm(COLOURS),
    "colours.bmp": bmp(COLOURS),
    "halves.jpg": jpeg(HALVES),
}


def literal(data):
    text, lines = "", []
    for byte in data:
        plain = 32 <= byte < 127 and chr(byte) not in '"\\?'
        text += chr(byte) if plain else "\\%03o" % byte
        if len(text) > 100:
            lines.append(text)
            text = ""
    return "\n".join('        "%s"' % line for line in lines + [text])


print(f"// Written by make_media_files.py with numpy {np.__version__}.")
for name, data in FILES.items():
    print('    {"%s", std::string_view(\n%s,\n        %d)},' % (name, literal(data), len(data)))
