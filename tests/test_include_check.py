"""The folders' dependencies: every #include edge must be one that docs/architecture.md allows.

The rules below are that page's table, in a form that can be checked. Includes are written from the repository root, so
that the first folder of the path tells whose header it is. The C of runtime-min/ includes fragments relative to
runtime-min/kernels/, which is also how the generated library sees them. No file may name a path of somebody's machine.
"""

import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import harness

# Folder -> the folders it may include, besides itself.
ALLOWED = {
    "runtime-min": set(),
    "quantization": set(),
    "ir": set(),
    "plancheck": {"ir"},
    "frontend": {"ir"},
    "passes": {"ir"},
    "codegen": {"ir"},
    "compiler": {"ir", "frontend", "passes", "codegen", "plancheck", "quantization", "runtime-min"},
    "tests": {"ir", "frontend", "passes", "codegen", "plancheck", "quantization", "compiler", "runtime-min"},
}
# The checker of plans must not know how plans are made.
ONLY = {"plancheck": {"plancheck/", "ir/diagnostics/", "llvm/"}}
ALLOWED_DEEPER = {"ir/kernels": {"runtime-min"}}  # the one place where the compiler meets its C kernels

# External libraries by the first folder of their headers, and who may include them.
COMPILER_FOLDERS = {"ir", "plancheck", "frontend", "passes", "codegen", "compiler", "tests"}
EXTERNAL = {
    "onnx": {"frontend", "tests"},
    "stb": {"frontend"},
    "google": {"frontend", "tests"},
    "CLI": {"compiler", "tests"},
    "catch2": {"tests"},
    "mlir": COMPILER_FOLDERS,
    "llvm": COMPILER_FOLDERS,
    "fmt": COMPILER_FOLDERS,
    "nlohmann": COMPILER_FOLDERS,
}
KERNEL_HEADERS = {"stdint.h", "stddef.h", "string.h", "math.h"}  # all that a kernel may ask of a C library

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)
SOURCE = {".h", ".hpp", ".c", ".cpp", ".td", ".inc"}
# Home folders, and folders that only one machine has; not folders of these names inside others. Built from parts so
# that this file doesn't match itself.
MACHINE_PATH = re.compile(r"(?<![\w.\-})$%])/(" + "|".join(["home", "Users", "work", "root", "tmp"]) + ")/")


def is_generated_library(path):
    """Golden C files and C that uses a generated library include NAME.h, which lies beside them."""
    return path.startswith("tests/") and pathlib.PurePosixPath(path).suffix in (".c", ".h")


def problems_of_include(path, text):
    """Messages about the includes of the C, C++ or TableGen file `path` (from the repository root)."""
    folder = path.split("/")[0]
    if folder not in ALLOWED:
        return
    allowed = ALLOWED[folder] | {folder}
    for prefix, more in ALLOWED_DEEPER.items():
        if path.startswith(prefix + "/"):
            allowed |= more
    for match in INCLUDE.finditer(text):
        quoted, system = match.groups()
        where = f"{path}:{text.count(chr(10), 0, match.start(1 if quoted else 2)) + 1}"
        target = (quoted or system).split("/")[0]
        if folder in ONLY and "/" in (quoted or system) and not (quoted or system).startswith((*ONLY[folder], "fmt/")):
            yield f"{where}: {folder}/ may not include {quoted or system}"
        elif target in ALLOWED:
            if target not in allowed:
                yield f"{where}: {folder}/ may not include {quoted or system} (docs/architecture.md)"
        elif target in EXTERNAL:
            if folder not in EXTERNAL[target]:
                yield f"{where}: {folder}/ may not include {quoted or system}"
        elif system:
            if path.startswith("runtime-min/kernels/") and system not in KERNEL_HEADERS:
                yield f"{where}: a kernel may not include <{system}>"
        elif folder != "runtime-min" and not is_generated_library(path):
            yield f'{where}: "{quoted}" is not written from the repository root'
        if "../" in (quoted or system):
            yield f"{where}: {quoted or system} climbs out of its folder"


def problems_of_paths(path, text):
    """Messages about paths that exist on one machine only."""
    for number, line in enumerate(text.splitlines(), 1):
        if MACHINE_PATH.search(line):
            yield f"{path}:{number}: {line.strip()}"


def tracked_files():
    """(path, text) of every file of text that is tracked, or new and not ignored."""
    command = ["git", "-C", harness.ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    for path in filter(None, listing.split("\0")):
        file = harness.ROOT / path
        if not file.is_file():  # deleted, not yet committed
            continue
        content = file.read_bytes()
        if b"\0" not in content[:8000]:
            yield path, content.decode(errors="replace")


@harness.case
def the_table_is_the_documented_one():
    page = (harness.ROOT / "docs/architecture.md").read_text()
    documented = set(re.findall(r"^\| `([\w-]+)/` \|", page, re.MULTILINE))
    harness.equal(documented, set(ALLOWED) - {"tests"}, "folder table of docs/architecture.md")


@harness.case
def no_forbidden_include():
    found = [problem for path, text in tracked_files() if pathlib.PurePosixPath(path).suffix in SOURCE
             for problem in problems_of_include(path, text)]
    harness.check(not found, "\n".join(found))


@harness.case
def no_machine_paths():
    found = [problem for path, text in tracked_files() for problem in problems_of_paths(path, text)]
    harness.check(not found, "paths of one machine:\n" + "\n".join(found))


@harness.case
def forbidden_edges_are_found():
    def caught(path, line):
        return len(list(problems_of_include(path, line + "\n"))) == 1

    harness.check(caught("frontend/onnx/Import.cpp", '#include "passes/layout/Layout.h"'), "frontend -> passes")
    harness.check(caught("ir/nn/Nn.cpp", '#include "codegen/Print.h"'), "ir -> codegen")
    harness.check(caught("ir/nn/Nn.cpp", '#include "runtime-min/isa/c99.h"'), "ir -> runtime-min outside ir/kernels")
    harness.check(caught("plancheck/Plan.cpp", '#include "ir/plan/Plan.h"'), "plancheck -> ir/plan")
    harness.check(not caught("plancheck/Plan.cpp", '#include "ir/diagnostics/Diagnostics.h"'), "plancheck -> diagnostics")
    harness.check(caught("passes/memory/Plan.cpp", "#include <onnx/onnx_pb.h>"), "passes -> ONNX")
    harness.check(caught("ir/nn/Nn.cpp", '#include "Nn.h"'), "include beside the file")
    harness.check(caught("runtime-min/kernels/a/a.h", '#include "ir/nn/Nn.h"'), "runtime-min -> ir")
    harness.check(caught("runtime-min/kernels/a/a.h", "#include <stdlib.h>"), "kernel -> stdlib")
    harness.check(caught("codegen/Print.cpp", '#include "ir/../passes/X.h"'), "path that climbs")
    harness.check(not caught("ir/kernels/Kernels.cpp", '#include "runtime-min/isa/c99.h"'), "ir/kernels -> runtime-min")
    harness.check(not caught("compiler/main.cpp", '#include "codegen/Print.h"'), "compiler -> codegen")
    harness.check(not caught("frontend/onnx/Import.cpp", "#include <vector>"), "standard header")


@harness.case
def machine_paths_are_found():
    def caught(line):
        return bool(list(problems_of_paths("scripts/x", line)))

    harness.check(caught("cd /" + "home/me/burin"), "home folder")
    harness.check(caught('path = "/' + 'work/data"'), "path in quotes")
    harness.check(not caught("examples/" + "work/x"), "relative path")
    harness.check(not caught("$ROOT/" + "work/x"), "path from a variable")


if __name__ == "__main__":
    harness.main()
