"""The answers ask nobody."""

import subprocess
import sys


def test_the_answers_and_the_reading_of_files_load_no_framework() -> None:
    program = "import sys, applicability.answers, applicability.sheets; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
