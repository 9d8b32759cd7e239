"""Configuration of the IR tests: `/usr/lib/llvm-22/bin/lit -v tests/lit`, or scripts/test for all tests.

A .mlir or .test file here says in its `// RUN:` lines what to run; burin, burin-opt, FileCheck and not are found in
PATH. BURIN_BUILD names another build folder than build/.
"""

import os
import pathlib

import lit.formats

root = pathlib.Path(__file__).resolve().parents[2]
build = pathlib.Path(os.environ.get("BURIN_BUILD", root / "build"))
if not (build / "bin").is_dir():
    lit_config.fatal(f"{build}/bin doesn't exist: run scripts/build, or set BURIN_BUILD")

config.name = "burin"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.excludes = ["Inputs"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = str(build / "tests/lit")
config.environment["PATH"] = os.pathsep.join([str(build / "bin"), "/usr/lib/llvm-22/bin", os.environ["PATH"]])
config.substitutions.append(("%models", str(root / "tests/models")))
config.substitutions.append(("%examples", str(root / "examples")))
