"""`manage.py work`: does the long works that wait, until none is left."""

import os
import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from evaluations.long_work.running import Runner

SECONDS_BETWEEN_LOOKS = 2


class Command(BaseCommand):
    """SIGTERM ends it soon: a work that runs goes back to the queue and is begun again by the next runner."""

    # The web server has checked, and a person waits.
    requires_system_checks = ()
    help = "待っている「時間のかかる処理」を、なくなるまで実行します。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--keep-going", action="store_true", help="終わらずに、次の処理を待ち続けます（常駐用）")
        parser.add_argument("--nice", type=int, default=0, help="ほかのプロセスに譲る度合い（0〜19）")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["nice"]:
            os.nice(options["nice"])
        runner, stop = Runner(), Event()

        def end(*_: Any) -> None:
            runner.stop()
            stop.set()

        before = {number: signal.signal(number, end) for number in (signal.SIGTERM, signal.SIGINT)}
        try:
            runner.run_all()
            while options["keep_going"] and not stop.is_set():
                connection.close()  # nothing is held while nothing is done
                stop.wait(SECONDS_BETWEEN_LOOKS)
                runner.run_all()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
