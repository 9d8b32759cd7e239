"""README.md quotes what Burin really writes: each block fenced as "c FILE" stands in that file of the digits library."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

README = (harness.ROOT / "README.md").read_text()


@harness.group
def quoted_code_is_real():
    model = harness.ROOT / "examples/digits/int8/model.onnx"
    with harness.temporary_folder() as folder:
        harness.burin("compile", model, "-o", folder / "digits", "--name", "digits")
        quotes = re.findall(r"^```c (\S+)\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
        for number, (file, quote) in enumerate(quotes, 1):
            found = quote in (folder / "digits" / file).read_text()
            yield f"{number} of {file}", None if found else f"{file} doesn't have\n{quote}"


@harness.case
def links_lead_to_files():
    for target in re.findall(r"\]\(([^)]+)\)", README):
        harness.check((harness.ROOT / target).exists(), f"{target} doesn't exist")


if __name__ == "__main__":
    harness.main()
