"""The answers ask nobody."""

import subprocess
import sys


def test_the_answers_and_the_reading_of_files_load_no_framework() -> None:
    rooms = (
        "answers",
        "calendars",
        "changes_of_answers",
        "layout",
        "pictures",
        "schedule",
        "sheets",
        "timelines",
        "windows",
    )
    imports = ", ".join(f"applicability.{room}" for room in rooms)
    program = f"import sys, {imports}; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
