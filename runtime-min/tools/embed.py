#!/usr/bin/env python3
"""Expands the kernel sources and embeds them, as code and as text, in C++.

    embed.py --sources runtime-min --out DIR        writes DIR/fragments/**.h, DIR/*.cpp
    embed.py --sources runtime-min --list-families  prints the families, one per line (CMake wants the outputs' names)

runtime-min/README.md describes the sources. Output is deterministic, and a file that would not change is left alone.
"""

import argparse
import dataclasses
import hashlib
import itertools
import pathlib
import re
import sys
import textwrap

COLUMNS = 100  # width of the C that the generated library quotes
ISA = "c99"  # the vocabulary of `#include "isa.h"`; a target's own takes its place operation by operation


class SourceError(Exception):
    """A kernel source breaks a rule of runtime-min/README.md; the message begins with the file."""


# --- templates --------------------------------------------------------------------------------------------------------


def _integer(bits, signed):
    unsigned = f"uint{bits}_t"
    modular = "uint64_t" if bits == 64 else "uint32_t"
    if signed:
        limits = {"min": f"INT{bits}_MIN", "max": f"INT{bits}_MAX"}
    else:
        limits = {"min": "0u" if bits < 64 else "UINT64_C(0)", "max": f"UINT{bits}_MAX"}
    return {"c": f"int{bits}_t" if signed else unsigned, "u": unsigned, "s": f"int{bits}_t", "m": modular,
            "bits": str(bits), "f": "", "low": f"-{2**(bits - 1)}.0" if signed else "0.0",
            "over": f"{2**(bits - signed)}.0", **limits}


# Per suffix: c C type, u/s unsigned and signed integer of that width, m unsigned type to compute in without overflow,
# bits width, f suffix of <math.h> functions and of literals, min/max the smallest and largest value, low/over the
# smallest value and the power of two above the largest as decimal literals.
TYPES = {
    "f32": {"c": "float", "u": "uint32_t", "s": "int32_t", "bits": "32", "f": "f", "min": "-INFINITY",
            "max": "INFINITY"},
    "f64": {"c": "double", "u": "uint64_t", "s": "int64_t", "bits": "64", "f": "", "min": "-(double)INFINITY",
            "max": "(double)INFINITY"},
    **{f"s{bits}": _integer(bits, True) for bits in (8, 16, 32, 64)},
    **{f"u{bits}": _integer(bits, False) for bits in (8, 16, 32, 64)},
    "b8": {**_integer(8, False), "max": "1u"},
    "8": _integer(8, False), "16": _integer(16, False), "32": _integer(32, False), "64": _integer(64, False),
    "f16": _integer(16, False), "bf16": _integer(16, False),
    **{f"s{bits}": {**_integer(8, True), "bits": str(bits)} for bits in (2, 4)},
    **{f"u{bits}": {**_integer(8, False), "bits": str(bits)} for bits in (2, 4)},
    # Packed weights: four to an element.
    **{f"w{bits}": {**_integer(4 * bits, False), "bits": str(bits)} for bits in (2, 4, 8)},
    **{name: _integer(8, False)
       for name in ("f8e4m3fn", "f8e4m3fnuz", "f8e5m2", "f8e5m2fnuz", "f8e8m0", "f4e2m1")},
}
PLACEHOLDER = re.compile(r"@([A-Za-z_]\w*)(?:\.(\w+))?@")
BLOCK = re.compile(r"@(?:for (\w+) ([^@|]+)(?:\|([^@]*))?|if ([^@]+)|end)@")
BLOCK_LINE = re.compile(r"^[ \t]*(@(?:for [^@]*|if [^@]*|end)@)[ \t]*\n", re.MULTILINE)
EXPRESSION = re.compile(r"@\(([\w\s+\-*/%()<>=!]+)\)@")


def is_axis(column):
    """A column in lower case lists type suffixes; its row stands for every combination of such columns."""
    return column.islower()


def expand(text, values, where):
    """Replaces @COLUMN@ by a cell, @axis@ by a type suffix and @axis.c@ by a property of that type, repeatedly."""
    def value(match):
        name, prop = match.groups()
        if name not in values:
            raise SourceError(f"{where}: no column {name}")
        if prop is None:
            return values[name]
        if prop not in TYPES[values[name]]:
            raise SourceError(f"{where}: type {values[name]} has no property {prop}")
        return TYPES[values[name]][prop]

    for _ in range(4):  # cells may hold placeholders of their own
        text, count = PLACEHOLDER.subn(value, text)
        if count == 0:
            return text
    raise SourceError(f"{where}: placeholders never end in {text!r}")


def evaluated(expression, numbers, where):
    """The integer that an expression over columns and counters is; / divides integers, a comparison is 0 or 1."""
    try:
        if not EXPRESSION.fullmatch(f"@({expression})@"):
            raise SyntaxError("unexpected characters")
        return int(eval(expression.replace("/", "//"), {"__builtins__": {}}, numbers))
    except (NameError, SyntaxError, TypeError, ZeroDivisionError) as error:
        raise SourceError(f"{where}: {expression!r}: {error}") from None


def unroll(text, values, where):
    """Blocks: `@for i COUNT@ … @end@` stands for its text with @i@ = 0 … COUNT - 1, COUNT being an expression over columns
    that are numbers and the indices around, `@for i COUNT|, @` puts what is behind the bar between two, and `@if CONDITION@
    … @end@` stands for its text where a column is neither empty nor 0, or an expression isn't. `@(EXPRESSION)@` is a
    number."""
    text = BLOCK_LINE.sub(r"\1", text)
    numbers = {name: int(cell) for name, cell in values.items() if cell.isdecimal()}

    def end_of(part, begin):
        """The end of the block that begins there."""
        depth, match = 1, begin
        while depth:
            match = BLOCK.search(part, match.end())
            if match is None or begin.group(0) == "@end@":
                raise SourceError(f"{where}: blocks and their ends don't match")
            depth += -1 if match.group(0) == "@end@" else 1
        return match

    def written_out(part, indices):
        out, at = "", 0
        while begin := BLOCK.search(part, at):
            end = end_of(part, begin)
            index, count, between, condition = begin.groups()
            if condition in values and condition not in numbers:
                times = int(values[condition] != "")
            elif condition:
                times = int(evaluated(condition, numbers | indices, where) != 0)
            else:
                times = evaluated(count, numbers | indices, where)
            body = part[begin.end():end.start()]
            copies = [written_out(body, indices | ({index: n} if index else {})) for n in range(times)]
            out += filled(part[at:begin.start()], indices) + (between or "").join(copies)
            at = end.end()
        return out + filled(part[at:], indices)

    def filled(part, indices):
        for name, number in indices.items():
            part = part.replace(f"@{name}@", str(number))
        return EXPRESSION.sub(lambda match: str(evaluated(match.group(1), numbers | indices, where)), part)

    return written_out(text, {})


def rows_of(table):
    """(where, {column: cell}) per row and combination of types of a .tsv file."""
    lines = [(n, line) for n, line in enumerate(table.read_text().splitlines(), 1)
             if line.strip() and not line.startswith("#")]
    columns = [name for name in lines[0][1].split("\t") if name]
    for number, line in lines[1:]:
        where = f"{table}:{number}"
        cells = [cell for cell in re.split(r"\t+", line)]
        if len(cells) != len(columns):
            raise SourceError(f"{where}: {len(cells)} cells, expected {len(columns)}")
        row = {name: "" if cell == "-" else cell.replace(r"\n", "\n") for name, cell in zip(columns, cells)}
        axes = [name for name in columns if is_axis(name)]
        for combination in itertools.product(*(row[axis].split() for axis in axes)):
            for suffix in combination:
                if suffix not in TYPES:
                    raise SourceError(f"{where}: no type {suffix}")
            yield where, {**row, **dict(zip(axes, combination))}


# --- fragments --------------------------------------------------------------------------------------------------------

INCLUDE = re.compile(r'^#include\s*(?:"([^"]*)"|<([^>]*)>|)\s*\n', re.MULTILINE)
SYSTEM_HEADERS = {"stdint.h", "stddef.h", "string.h", "math.h"}
INTRINSICS = {"arm_acle.h", "arm_mve.h", "riscv_vector.h"}  # for vocabularies
FUNCTION = re.compile(r"^static ([\w ]+[ *])(brn_\w+)\(([^)]*)\)\n\{$", re.MULTILINE)


@dataclasses.dataclass
class Param:
    type: str
    name: str
    kind: str  # of burin::kernels::ParamKind
    elem: str


@dataclasses.dataclass
class Fragment:
    path: str
    text: str
    includes: list  # paths of other fragments
    system: set  # of SYSTEM_HEADERS
    kernel: str = ""  # name of the kernel it defines, if any
    params: list = dataclasses.field(default_factory=list)

    @property
    def family(self):
        return self.path.rpartition("/")[0]


def parse_param(declaration, where):
    match = re.fullmatch(r"(const )?(\w+) (\*const \*|\*|)(\w+)", declaration)
    if not match:
        raise SourceError(f"{where}: cannot tell what the parameter `{declaration}` is")
    const, base, stars, name = match.groups()
    spelled = f"{const or ''}{base}{' ' + stars if stars else ''}"
    if stars == "*const *":
        return Param(spelled, name, "Rows", base)
    if stars:
        return Param(spelled, name, "Pointer", base)
    return Param(spelled, name, "Float" if base in ("float", "double") else "Int", "")


def declarations(params):
    return [" ".join(param.split()) for param in params.split(",") if param.strip() != "void"]


def wrap_signature(match):
    """The same function header, its parameters filled into lines of COLUMNS under the opening parenthesis."""
    head = f"static {match.group(1)}{match.group(2)}("
    params = ", ".join(p.replace(" ", "\0") for p in declarations(match.group(3))) or "void"
    lines = textwrap.wrap(params, COLUMNS - len(head) - 1, break_long_words=False, break_on_hyphens=False)
    return head + ("\n" + " " * len(head)).join(lines).replace("\0", " ") + ")\n{"


def wrap_docstring(match):
    """The same comment, each paragraph filled into lines of COLUMNS; lines indented by 3 or more stay as they are."""
    lines = [re.sub(r"^ ?\*? ?", "", line) for line in ("*" + match.group(1)).splitlines()]
    paragraphs = []  # texts to fill, and (as a list of one) lines to keep
    for line in lines:
        if line.startswith("  ") or not line.strip():
            paragraphs.append([line.rstrip()])
        elif paragraphs and isinstance(paragraphs[-1], str):
            paragraphs[-1] += " " + line.strip()
        else:
            paragraphs.append(line.strip())
    out = []
    for paragraph in paragraphs:
        kept = isinstance(paragraph, list)
        out += paragraph if kept else textwrap.wrap(" ".join(paragraph.split()), COLUMNS - 3, break_long_words=False,
                                                    break_on_hyphens=False)
    if len(out[-1]) > COLUMNS - 6:  # no room for the end
        last = textwrap.wrap(out.pop(), COLUMNS - 6, break_long_words=False, break_on_hyphens=False)
        out += last
    text = "\n".join((" * " + line).rstrip() for line in out)
    return "/*" + text[2:] + " */"


def make_fragment(path, source, where):
    """A fragment of the expanded text of one source."""
    includes, system = [], set()
    for quoted, angled in INCLUDE.findall(source):
        if quoted:
            includes.append(quoted)
        elif angled:
            if angled not in SYSTEM_HEADERS and not (angled in INTRINSICS and path.startswith("isa/")):
                raise SourceError(f"{where}: a kernel may not include <{angled}>")
            system.add(angled)
    text = INCLUDE.sub("", source).strip() + "\n"
    text = FUNCTION.sub(wrap_signature, text)
    text = re.sub(r"^/\*((?:(?!\*/).)*?)\s*\*/", wrap_docstring, text, flags=re.MULTILINE | re.DOTALL)
    odd = [line for line in text.splitlines() if len(line) > COLUMNS or line != line.rstrip() or "\t" in line]
    if odd:
        raise SourceError("\n".join(f"{where}: over {COLUMNS} columns, or odd white space: {line}" for line in odd))
    fragment = Fragment(path, text, includes, system)
    stem = path.rpartition("/")[2].removesuffix(".h")
    for result, name, params in FUNCTION.findall(text):
        if name == f"brn_{stem}" and result == "void " and not path.startswith("isa/"):
            fragment.kernel = name
            fragment.params = [parse_param(p, where) for p in declarations(params)]
            if not text.startswith("/*"):
                raise SourceError(f"{where}: {name} has no docstring")
    return fragment


def expanded(template):
    """(where, {column: cell}, text) per row and combination of types of the table beside a template."""
    source = template.read_text()
    for where, values in rows_of(template.with_name(template.name.replace(".tmpl.h", ".tsv"))):
        values["NAME"] = expand(values["NAME"], values, where)
        yield where, values, expand(unroll(source, values, where), values, where)


def split_vocabulary(header, portable=()):
    """One support fragment per function of isa/<isa>.h and of the templates in isa/<isa>, and in other folders that it
    includes, so that the library quotes only the operations it uses. What it lacks it may take from the portable
    vocabulary, whose names are given. Files of isa/<isa> that are no templates are fragments, which it includes by their
    names."""
    isa = header.stem
    for file in sorted((header.parent / isa).glob("*.h")):
        if not file.name.endswith(".tmpl.h"):
            yield make_fragment(f"isa/{isa}/{file.name}", file.read_text(), file)
    sources = [header.read_text()]
    shared = [name for name, _ in INCLUDE.findall(sources[0]) if name]
    for folder in (isa, *shared):
        for template in sorted((header.parent / folder).glob("*.tmpl.h")):
            sources += [text for _, _, text in expanded(template)]
    system = {angled for source in sources for _, angled in INCLUDE.findall(source) if angled}
    pieces = []  # a function, and what the template that it is from includes
    for source in sources:
        quoted = [name for name, _ in INCLUDE.findall(source) if name.endswith(".h")]
        helpers = [name if "/" in name else f"isa/{isa}/{name}" for name in quoted]
        found = re.findall(r"^/\*(?:(?!\*/).)*\*/\nstatic .*?^\}$", source, re.MULTILINE | re.DOTALL)
        if len(found) != len(re.findall(r"^static ", source, re.MULTILINE)):
            raise SourceError(f"{header}: every function of a vocabulary needs a docstring")
        pieces += [(FUNCTION.search(piece).group(2), piece, helpers) for piece in found]
    known = {name: ISA for name in portable} | {name: isa for name, _, _ in pieces}
    for name, piece, helpers in pieces:
        fragment = make_fragment(f"isa/{isa}/{name.removeprefix('brn_')}.h", piece, header)
        fragment.system = set(system)
        fragment.includes = helpers + vocabulary_used(piece, {other: at for other, at in known.items() if other != name})
        yield fragment


def vocabulary_used(text, known):
    """The operations that the text names, of those `known`, which says of each in which vocabulary it is."""
    code = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    words = set(re.findall(r"\bbrn_\w+", code))
    return [f"isa/{isa}/{name.removeprefix('brn_')}.h" for name, isa in known.items() if name in words]


def read_sources(root):
    """All fragments by path, kernels' includes of "isa.h" replaced by the operations they name."""
    fragments = {}

    def add(fragment, where):
        if fragment.path in fragments:
            raise SourceError(f"{where}: {fragment.path} is defined twice")
        fragments[fragment.path] = fragment

    headers = sorted((root / "isa").glob("*.h"), key=lambda header: header.stem != ISA)
    vocabulary = {}
    for header in headers:
        for fragment in split_vocabulary(header, vocabulary):
            add(fragment, header)
        if header.stem == ISA:
            vocabulary = {f"brn_{pathlib.PurePath(path).stem}": ISA for path in fragments}
    kernels = root / "kernels"
    for file in sorted(kernels.rglob("*.h")):
        family = file.parent.relative_to(kernels).as_posix()
        if not file.name.endswith(".tmpl.h"):
            add(make_fragment(f"{family}/{file.name}", file.read_text(), file), file)
            continue
        for where, values, text in expanded(file):
            add(make_fragment(f"{family}/{values['NAME']}.h", text, where), where)
    for fragment in fragments.values():
        if "isa.h" in fragment.includes:
            at = fragment.includes.index("isa.h")
            fragment.includes[at:at + 1] = vocabulary_used(fragment.text, vocabulary)
        for include in fragment.includes:
            if include not in fragments:
                raise SourceError(f"{fragment.path}: there is no {include}")
    return fragments


def closure(fragment, fragments):
    """The fragments it needs, itself last."""
    seen = {}

    def visit(one, above):
        if one.path in above:
            raise SourceError(f"{one.path} includes itself")
        for include in one.includes:
            if include not in seen:
                visit(fragments[include], above | {one.path})
        seen[one.path] = one

    visit(fragment, frozenset())
    return list(seen.values())


# --- output -----------------------------------------------------------------------------------------------------------


def identifier(path):
    return re.sub(r"\W", "_", path)


def header_text(fragment):
    guard = f"BRN_{identifier(fragment.path).upper()}"
    system = "".join(f"#include <{name}>\n" for name in sorted(fragment.system | {"stdint.h", "stddef.h"}))
    local = "".join(f'#include "{name}"\n' for name in fragment.includes)
    return f"#ifndef {guard}\n#define {guard}\n{system}{local}\n{fragment.text}#endif\n"


def boolean(value):
    return "true" if value else "false"


def family_text(family, members, fragments):
    kernels = [f for f in members if f.kernel]
    out = ["// Generated by runtime-min/tools/embed.py.\n", '#include "ir/kernels/Invoke.h"\n']
    digest = hashlib.sha256()
    for fragment in kernels:
        out.append(f'#include "{fragment.path}"\n')
        for needed in closure(fragment, fragments):
            digest.update(needed.text.encode())
    # Ninja looks at the headers' ages before it runs this script: a change must show in this file, too.
    # A literal with suffix sv knows its length; counting so many characters is more than compilers do in a constant.
    out.append(f"// {digest.hexdigest()}\n\nnamespace burin::kernels {{\nnamespace {{\n"
               "using namespace std::string_view_literals;\n")
    for f in members:
        if f.includes:
            names = ", ".join(f'"{name}"' for name in f.includes)
            out.append(f"constexpr std::string_view includes_{identifier(f.path)}[] = {{{names}}};\n")
        if f.kernel:
            params = ",\n    ".join(f'{{"{p.type}", "{p.name}", ParamKind::{p.kind}, "{p.elem}", '
                                    f'{boolean(p.type.startswith("const "))}}}' for p in f.params)
            out.append(f"constexpr Param params_{identifier(f.path)}[] = {{\n    {params}}};\n")
    out.append("constexpr Fragment fragmentList[] = {\n")
    for f in members:
        includes = f"includes_{identifier(f.path)}" if f.includes else "{}"
        intrinsics = "".join(sorted(f.system & INTRINSICS))
        out.append(f'{{"{f.path}", R"brn({f.text})brn"sv, {includes}, {boolean("math.h" in f.system)}, '
                   f'{boolean("string.h" in f.system)}, "{intrinsics}"}},\n')
    out.append("};\n")
    if kernels:
        out.append("constexpr Kernel kernelList[] = {\n")
        for f in kernels:
            out.append(f'{{"{f.kernel}", "{family}", "{f.path}", params_{identifier(f.path)}, '
                       f"&invoke<&{f.kernel}>}},\n")
        out.append("};\n")
    listed = "kernelList" if kernels else "{}"
    table = f"const Family family_{identifier(family)}"
    out.append(f"}} // namespace\nextern {table};\n{table} = {{{listed}, fragmentList}};\n"
               "} // namespace burin::kernels\n")
    return "".join(out)


def families_text(families):
    names = [f"family_{identifier(family)}" for family in families]
    externs = "".join(f"extern const Family {name};\n" for name in names)
    pointers = ", ".join(f"&{name}" for name in names)
    return ("// Generated by runtime-min/tools/embed.py.\n"
            '#include "ir/kernels/Family.h"\n\nnamespace burin::kernels {\n' + externs +
            f"std::span<const Family *const> families() {{\n  static const Family *const list[] = {{{pointers}}};\n"
            "  return list;\n}\n} // namespace burin::kernels\n")


def write_if_changed(path, text):
    if not path.exists() or path.read_text() != text:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def families_of(root):
    """Folders of kernels, and one family for each vocabulary."""
    folders = {file.parent.relative_to(root / "kernels").as_posix() for file in (root / "kernels").rglob("*.h")}
    return sorted(folders | {f"isa/{header.stem}" for header in (root / "isa").glob("*.h")})


def write_outputs(root, out):
    fragments = read_sources(root)
    headers = {out / "fragments" / f.path: header_text(f) for f in fragments.values()}
    for path, text in headers.items():
        write_if_changed(path, text)
    for stale in set((out / "fragments").rglob("*.h")) - set(headers):
        stale.unlink()
    families = families_of(root)
    for family in families:
        members = sorted((f for f in fragments.values() if f.family == family), key=lambda f: f.path)
        write_if_changed(out / f"{identifier(family)}.cpp", family_text(family, members, fragments))
    write_if_changed(out / "Families.cpp", families_text(families))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=pathlib.Path, required=True)
    parser.add_argument("--out", type=pathlib.Path)
    parser.add_argument("--list-families", action="store_true")
    options = parser.parse_args()
    if options.list_families:
        print("\n".join(identifier(family) for family in families_of(options.sources)))
        return
    try:
        write_outputs(options.sources, options.out)
    except SourceError as error:
        sys.exit(f"error: {error}")


if __name__ == "__main__":
    main()
