"""Counting in scripts/run_tests.py: whatever goes wrong in a test program must show as a failed case."""

import importlib.util
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent / "support"))
import harness

spec = importlib.util.spec_from_file_location("run_tests", harness.ROOT / "scripts/run_tests.py")
run_tests = sys.modules["run_tests"] = importlib.util.module_from_spec(spec)
spec.loader.exec_module(run_tests)

CATCH2 = """<?xml version="1.0"?><Catch name="t"><Group name="t">
<TestCase name="holds" filename="a.cpp" line="3"><OverallResult success="true"/></TestCase>
<TestCase name="fails" filename="a.cpp" line="5">
  <Expression success="false" type="CHECK" filename="a.cpp" line="6">
    <Original>two == 3</Original><Expanded>2 == 3</Expanded></Expression>
  <OverallResult success="false"/></TestCase>
"""


def outcomes(cases):
    return [(case.name, case.outcome) for case in cases]


def unit_of(program):
    """Cases of a Python test file with this text."""
    command = [sys.executable, "-c", program]
    return outcomes(run_tests.run_unit(run_tests.Unit("unit", command, run_tests.parse_python), seconds=20))


@harness.case
def catch2_cases_are_counted():
    cases = run_tests.parse_catch2(1, "", CATCH2 + "</Group></Catch>")
    harness.equal(outcomes(cases), [("holds", "passed"), ("fails", "failed")], "cases")
    harness.check("a.cpp:6" in cases[1].reason and "2 == 3" in cases[1].reason, "the reason names line and values")


@harness.case
def catch2_program_that_dies_fails_the_case_it_was_in():
    cases = run_tests.parse_catch2(-11, "", CATCH2 + '<TestCase name="dies" filename="a.cpp" line="9">')
    harness.equal(outcomes(cases), [("holds", "passed"), ("fails", "failed"), ("dies", "failed")], "cases")


@harness.case
def catch2_program_that_dies_between_cases_fails():
    unit = run_tests.Unit("unit", ["false"], lambda *_: [run_tests.Case("before", "passed")])
    harness.equal(outcomes(run_tests.run_unit(unit, 20)), [("before", "passed"), ("unit", "failed")], "cases")


@harness.case
def lit_outcomes_are_told_apart():
    report = """<testsuites><testsuite name="burin">
      <testcase classname="burin.nn" name="a.mlir" time="0.1"/>
      <testcase classname="burin.nn" name="b.mlir" time="0.1"><failure>no match</failure></testcase>
      <testcase classname="burin.nn" name="c.mlir" time="0"><skipped message="no tool"/></testcase>
    </testsuite></testsuites>"""
    expected = [("burin.nn/a.mlir", "passed"), ("burin.nn/b.mlir", "failed"), ("burin.nn/c.mlir", "skipped")]
    harness.equal(outcomes(run_tests.parse_lit(1, "", report)), expected, "cases")


@harness.case
def lit_without_a_report_fails():
    unit = run_tests.Unit("lit", ["true"], run_tests.parse_lit)
    harness.equal(outcomes(run_tests.run_unit(unit, 20)), [("lit", "failed")], "cases")


@harness.case
def python_cases_are_counted():
    program = """print('PASS a'); print('SKIP b: no data'); print('FAIL c: x is 1'); print('  more')
print('{"passed": 1, "failed": 1, "skipped": 1}'); raise SystemExit(1)"""
    harness.equal(unit_of(program), [("a", "passed"), ("b", "skipped"), ("c", "failed")], "cases")


@harness.case
def python_file_that_dies_fails():
    harness.equal(unit_of("import os; print('PASS a', flush=True); os.kill(os.getpid(), 9)"),
                  [("a", "passed"), ("summary", "failed")], "cases")


@harness.case
def python_file_whose_counts_are_wrong_fails():
    program = """print('PASS a'); print('{"passed": 2, "failed": 0, "skipped": 0}')"""
    harness.equal(unit_of(program), [("a", "passed"), ("summary", "failed")], "cases")


@harness.case
def program_that_hangs_fails():
    unit = run_tests.Unit("unit", ["sh", "-c", "sleep 60 & sleep 60"], run_tests.parse_single)
    cases = run_tests.run_unit(unit, seconds=0.2)
    harness.equal(outcomes(cases), [("unit", "failed")], "cases")
    harness.check("0.2 s" in cases[0].reason, "the reason names the limit")


@harness.case
def missing_program_fails():
    unit = run_tests.Unit("unit", ["./no-such-program"], run_tests.parse_single)
    harness.equal(outcomes(run_tests.run_unit(unit, 20)), [("unit", "failed")], "cases")


@harness.case
def harness_reports_every_kind_of_outcome():
    program = f"""import sys; sys.path.insert(0, {str(harness.ROOT / "tests/support")!r})
import harness
@harness.case
def holds(): pass
@harness.case
def raises(): harness.equal(1, 2, "x")
@harness.case
def is_wrong(): return undefined
@harness.group
def several():
    yield "one", None
    yield "two words", "bad"
    raise RuntimeError("broken")
@harness.group
def none_of_them():
    if False: yield
@harness.case
def skipped(): harness.skip("why")
@harness.case(full=True)
def long(): pass
harness.main()"""
    expected = [("holds", "passed"), ("raises", "failed"), ("is_wrong", "failed"), ("several/one", "passed"),
                ("several/two words", "failed"), ("several", "failed"), ("none_of_them", "failed"), ("skipped", "skipped")]
    harness.equal(unit_of(program), expected, "cases")


if __name__ == "__main__":
    harness.main()
