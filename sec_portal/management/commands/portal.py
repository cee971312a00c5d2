"""`manage.py portal --port N`: web, worker and beat in one, until Ctrl-C."""

import os
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from sec_portal import health, launcher


class Command(BaseCommand):
    help = "Runs the portal: web, worker and beat as one. Ctrl-C or SIGTERM stops everything."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--host", default="127.0.0.1", help="0.0.0.0 also answers other machines")
        parser.add_argument("--web-workers", type=int, default=2, help="processes of four threads each")
        parser.add_argument("--task-workers", type=int, default=2, help="processes for background work")

    def handle(self, *args: Any, host: str, port: int, **options: Any) -> None:
        try:
            with launcher.only_one(settings.DATA_DIR):
                self._run(host, port, options)
        except launcher.CannotStart as reason:
            raise CommandError(str(reason)) from reason

    def _run(self, host: str, port: int, options: dict[str, Any]) -> None:
        launcher.refuse_taken_port(host, port)
        _refuse_problems()
        # So that links in e-mails lead here, whatever the port.
        os.environ.setdefault("PORTAL_URL", f"http://localhost:{port}")
        programs = launcher.commands(
            host, port, web_workers=options["web_workers"], task_workers=options["task_workers"]
        )
        self.stdout.write(f"The portal starts at http://{host}:{port}/ (Ctrl-C stops it)")
        self.stdout.flush()
        ended = launcher.run(programs, settings.DATA_DIR)
        if ended:
            raise CommandError(f"The {ended} process ended by itself; everything has been stopped.")
        self.stdout.write("The portal has stopped.")


def _refuse_problems() -> None:
    found = health.problems()
    if found:
        lines = "\n".join(f"  {name}: {problem}" for name, problem in found.items())
        raise launcher.CannotStart(f"The portal is not ready:\n{lines}")
