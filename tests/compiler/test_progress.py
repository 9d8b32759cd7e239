"""What takes more than a second says so, on a terminal only."""
import os
import pathlib
import pty
import shutil
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "support"))
import harness

MODEL = harness.ROOT / "examples" / "digits" / "int8"


def errors_with_slow_compiler(on_terminal):
    """Standard error of `burin verify` with a C compiler that takes its time."""
    with harness.temporary_folder() as folder:
        slow = folder / "slow-cc"
        slow.write_text(f'#!/bin/sh\nsleep 1.5\nexec {shutil.which("cc")} "$@"\n')
        slow.chmod(0o755)
        command = [harness.BURIN, "verify", MODEL / "model.onnx", "--data", MODEL / "test_data_set_0", "--cc", slow]
        reader, writer = pty.openpty() if on_terminal else os.pipe()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=writer)
        os.close(writer)
        text = b""
        try:
            while part := os.read(reader, 4096):
                text += part
        except OSError:  # a terminal ends this way
            pass
        os.close(reader)
        harness.equal(process.wait(), 0, "exit code")
        return text.decode()


@harness.case
def a_terminal_shows_what_takes_long_and_clears_it():
    text = errors_with_slow_compiler(on_terminal=True)
    harness.check("building the library" in text and "1 s" in text, f"nothing about the slow step in {text!r}")
    harness.check(text.endswith("\r\x1b[K"), f"the line is left behind: {text!r}")


@harness.case
def a_file_gets_nothing():
    harness.equal(errors_with_slow_compiler(on_terminal=False), "", "standard error")


if __name__ == "__main__":
    harness.main()
