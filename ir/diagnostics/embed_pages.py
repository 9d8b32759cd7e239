#!/usr/bin/env python3
"""Writes the initialisers of the table of diagnostic pages.

    embed_pages.py PAGES_DIR OUTPUT

Each page is PAGES_DIR/BRNnnnn.md; its first line is "# BRNnnnn: title". The rows come out in the order of the codes.
"""

import pathlib
import re
import sys


def row(path):
    text = path.read_text(encoding="utf-8")
    first = text.split("\n", 1)[0]
    match = re.fullmatch(r"# (BRN\d{4}): (\S.*)", first)
    if not match or match[1] != path.stem:
        sys.exit(f'{path}: the first line must be "# {path.stem}: title", not "{first}"')
    if not text.endswith("\n") or ')page"' in text:
        sys.exit(f"{path}: must end with a newline and hold no raw-string terminator")
    return f'{{"{match[1]}", R"page({match[2]})page", R"page({text})page"}},\n'


def main():
    pages, output = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    output.write_text("".join(row(path) for path in sorted(pages.glob("*.md"))), encoding="utf-8")


main()
