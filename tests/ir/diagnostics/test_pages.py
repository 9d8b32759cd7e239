"""Every diagnostic has a page, every page has a use, and all pages have the same form."""

import pathlib
import re
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "support"))
import harness

PAGES = harness.ROOT / "ir/diagnostics/pages"
FOLDERS = ["ir", "frontend", "passes", "codegen", "plancheck", "compiler"]
SUFFIXES = {".h", ".cpp", ".td", ".py", ".inc"}


def used_codes():
    """Code -> the files that emit it. A use is a string that begins with the code, not in a comment."""
    uses = {}
    for folder in FOLDERS:
        for file in (harness.ROOT / folder).rglob("*"):
            if file.suffix in SUFFIXES:
                for code in re.findall(r'"(BRN\d{4})', re.sub(r"//.*", "", file.read_text(errors="replace"))):
                    uses.setdefault(code, set()).add(str(file.relative_to(harness.ROOT)))
    return uses


@harness.case
def every_used_code_has_a_page():
    missing = {code: sorted(files) for code, files in used_codes().items() if not (PAGES / f"{code}.md").exists()}
    harness.check(not missing, f"no page in ir/diagnostics/pages/ for {missing}")


@harness.case
def every_page_has_a_use():
    unused = sorted({page.stem for page in PAGES.iterdir()} - set(used_codes()))
    harness.check(not unused, f"nothing emits {unused}")


@harness.case
def pages_have_one_form():
    for page in sorted(PAGES.iterdir()):
        text = page.read_text()
        headings = re.findall(r"^#+ .*", re.sub(r"^```.*?^```", "", text, flags=re.MULTILINE | re.DOTALL), re.MULTILINE)
        harness.check(re.fullmatch(rf"# {page.stem}: \S.*[^.\s]", headings[0]), f"{page.name}: title {headings[0]}")
        harness.equal(headings[1:], ["## Example", "## What to do"], f"headings of {page.name}")
        example = text.split("## Example\n", 1)[1].split("```")[1]
        harness.check(page.stem in example, f"{page.name}: the example shows another code")


if __name__ == "__main__":
    harness.main()
