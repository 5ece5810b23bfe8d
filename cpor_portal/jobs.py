"""Asking a worker for a job. A broker that is down is no fault: beat's sweeps make good what nobody asked for."""

import time
from typing import Any

import structlog
from celery import Task, current_app
from kombu.exceptions import OperationalError
from kombu.pools import producers
from redis.exceptions import RedisError

# After a broker that did not answer, nobody waits for it again this long; the minute's sweep makes good.
QUIET_SECONDS = 30.0
# A request that nobody took by then is left to beat's: requests do not pile up behind a slow job.
SECONDS_TO_BE_TAKEN = 45
# kombu's own patience with a broker that is down is many seconds, and a person would sit through them.
IMPATIENT = {"max_retries": 0, "socket_connect_timeout": 1, "socket_timeout": 1}

log = structlog.get_logger(__name__)
_ask_again_at = 0.0


def ask(task: "Task[Any, Any]", *arguments: Any) -> None:
    """Ask a worker to run `task` now; called after a commit. Never raises for a broker that does not answer."""
    global _ask_again_at
    if time.monotonic() < _ask_again_at:
        return
    try:
        broker = current_app.connection_for_write(transport_options=IMPATIENT)
        with producers[broker].acquire(block=True) as producer:
            task.apply_async(args=arguments, producer=producer, retry=False, expires=SECONDS_TO_BE_TAKEN)
    except (OperationalError, RedisError) as error:
        _ask_again_at = time.monotonic() + QUIET_SECONDS
        log.warning("job_waits_for_sweep", task=task.name, error=str(error))
