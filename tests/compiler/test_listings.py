"""What docs/ has from the program is what the program says: flags and targets; every flag that a page names exists."""
import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

PAGES = {"flags.md": ["flags"], "targets.md": ["targets", "--markdown"]}


@harness.group
def pages_are_current():
    for page, command in PAGES.items():
        said = harness.burin(*command).stdout
        is_same = (harness.ROOT / "docs" / page).read_text() == said
        yield page, None if is_same else f"docs/{page} isn't what `burin {' '.join(command)}` prints"


@harness.group
def flags_that_pages_name_exist():
    known = set(re.findall(r"--[a-z][a-z-]*", harness.burin("flags").stdout)) | {"--version", "--help", "--diagnostics"}
    known |= {"--full", "--tflite"}  # of other programs
    pages = [harness.ROOT / "README.md", *sorted((harness.ROOT / "ir/diagnostics/pages").glob("*.md")),
             *(harness.ROOT / "docs" / name for name in ("generated-code.md", "quantisation.md", "report.md", "samples.md"))]
    for page in pages:
        burin_lines = [line for line in page.read_text().splitlines() if not re.search(r"scripts/|tests/|cmake|gcc|clang", line)]
        named = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", "\n".join(burin_lines)))
        yield page.name, f"there are no flags {sorted(named - known)}" if named - known else None


if __name__ == "__main__":
    harness.main()
