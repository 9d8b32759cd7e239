"""Kernels over a vocabulary give on an emulated board what they give in portable C."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness
import twins

BOARDS = pathlib.Path(__file__).resolve().parent / "boards"
PAIRS = {  # name of the source: the kernels it calls
    "conv_pairs": ["conv_pairs4_s8_s8", "conv_pairs4_u8_u8", "conv_pairs3_s8_u8", "conv_pairs2_u8_s8",
                   "conv_pairs1_s8_s8", "conv_pairs1_u8_u8", "conv_wide_pairs4_u8_s8", "conv_wide_pairs3_s8_s8",
                   "conv_wide_pairs2_s8_u8", "conv_whole_pairs4_s8_s8", "conv_whole_pairs3_u8_u8",
                   "conv_whole_pairs2_s8_u8", "conv_wide_whole_pairs4_u8_s8", "conv_wide_whole_pairs3_s8_s8",
                   "conv_wide_whole_pairs2_u8_u8", "conv_joined_pairs5_s8_s8", "conv_joined_pairs4_u8_u8",
                   "conv_joined_pairs3_s8_u8", "conv_joined_pairs2_u8_s8",
                   "conv_columns1_s8_s8", "conv_columns1_u8_u8"],
    "conv_winograd": ["conv_winograd2_s8_s8", "conv_winograd2_u8_u8", "conv_winograd1_s8_u8", "conv_winograd1_u8_s8"],
    "depthwise3": ["depthwise3_s8_s8", "depthwise3_s8_u8", "depthwise3_u8_s8", "depthwise3_u8_u8",
                   "depthwise3by2_s8_s8", "depthwise3by2_s8_u8", "depthwise3by2_u8_s8", "depthwise3by2_u8_u8"],
    "depthwise_pairs": ["depthwise_pairs_s8_s8", "depthwise_pairs_s8_u8", "depthwise_pairs_u8_s8",
                        "depthwise_pairs_u8_u8"],
}
DOTS = {
    "conv_dots": ["conv_dots_s8_s8", "conv_dots_s8_u8", "conv_dots_u8_s8", "conv_dots_u8_u8", "conv_dots_direct_s8_s8",
                  "conv_dots_direct_s8_u8"],
    "qadd_high": ["qadd_high_s8", "qadd_high_u8"],
    "depthwise_dots": ["depthwise_dots_s8_s8", "depthwise_dots_s8_u8", "depthwise_dots_u8_s8", "depthwise_dots_u8_u8"],
}
LANES = {
    "conv_lanes": ["conv_lanes1_s8_s8", "conv_lanes1_u8_u8", "conv_lanes2_s8_u8", "conv_lanes3_s8_s8",
                   "conv_lanes3_u8_s8", "conv_lanes4_u8_u8", "conv_lanes5_s8_s8", "conv_lanes6_s8_u8",
                   "conv_lanes6_u8_s8", "conv_shared_lanes2_s8_s8", "conv_shared_lanes3_u8_u8",
                   "conv_shared_lanes4_s8_u8", "conv_shared_lanes5_u8_s8", "conv_shared_lanes6_s8_s8"],
    "depthwise_lanes": ["depthwise_lanes_s8_s8", "depthwise_lanes_s8_u8", "depthwise_lanes_u8_s8",
                        "depthwise_lanes_u8_u8"],
    "byte_lanes": ["qadd_high_s8", "qadd_high_u8", "pool_add_row_s8", "pool_add_row_u8"],
}
FAMILIES = {"armv6m": PAIRS, "armv7em": PAIRS, "armv7m": PAIRS, "helium": DOTS, "rv32im": PAIRS,
            "rvv": LANES}  # of each vocabulary
BUILDS = {"gcc -O2": ("gcc", ["-O2"]), "gcc -O0": ("gcc", ["-O0"]), "gcc -Os": ("gcc", ["-Os"]),
          "clang -O2": ("clang", ["-O2"])}
BUILDS_OF = {"rvv": {f"clang {level}": ("clang", [level]) for level in ("-O0", "-O2", "-O3", "-Os")}}  # gcc 12 has no intrinsics


@harness.group
def same_as_portable():
    for isa, programs in FAMILIES.items():
        for program, kernels in programs.items():
            with harness.temporary_folder() as folder:
                twins.write(folder, kernels, isa)
                for build, (compiler, options) in BUILDS_OF.get(isa, BUILDS).items():
                    problem = None
                    try:
                        twins.run_on_board(folder, BOARDS / f"{program}.c", isa, compiler, [*options, "-I", BOARDS])
                    except harness.Skip as reason:
                        problem = reason
                    except harness.Failure as failure:
                        problem = str(failure)
                    yield f"{isa} {program} {build}", problem


if __name__ == "__main__":
    harness.main()
