"""Doing things at the same moment, on connections of their own, as people in two browsers do."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

from django.db import connection

from cpor_portal.faults import Fault


def at_once(*acts: Callable[[], Any], seconds: int = 60) -> list[Any]:
    """Run the acts at once; returns each one's result, or the Fault it raised. Any other error is raised here.

    `seconds` is how long the slowest of them may take.
    """
    barrier = Barrier(len(acts))

    def run(act: Callable[[], Any]) -> Any:
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            return act()
        except Fault as fault:
            return fault
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as pool:
        return [future.result(timeout=seconds) for future in [pool.submit(run, act) for act in acts]]
