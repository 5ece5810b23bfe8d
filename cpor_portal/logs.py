"""Structured logs: one JSON object a line, with the request's and the job's context bound by django-structlog."""

import re
from typing import Any

import structlog
from structlog.typing import EventDict, WrappedLogger

# Addresses that are keys: whoever read them in a log could read what stands behind them.
SECRET_ADDRESS = re.compile(r"(/calendar/feed/|/mail/unsubscribe/|/password/reset/key/)[^/?\s]+")


def without_secret_addresses(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """A processor: blots out such keys, wherever a line of the log carries an address."""
    return {key: SECRET_ADDRESS.sub(r"\1…", value) if isinstance(value, str) else value for key, value in event.items()}


def logging_config(level: str) -> dict[str, Any]:
    """Django's LOGGING for `level`; also configures structlog, which must happen before the first logger."""
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "json": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    # Here, so that the tracebacks of libraries come out as words, too.
                    structlog.processors.format_exc_info,
                    without_secret_addresses,
                    structlog.processors.JSONRenderer(ensure_ascii=False),
                ],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
        # The fonts of the template's letter: dozens of lines for each, and none tells an operator anything.
        "loggers": {"fontTools": {"level": "WARNING"}},
        "root": {"handlers": ["console"], "level": level},
    }
