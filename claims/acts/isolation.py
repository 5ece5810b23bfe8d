"""The edge round one document of many: whatever is wrong with it, the others get their turn."""

from collections.abc import Callable
from typing import TypeVar

import structlog
from django.db import DatabaseError, connection

T = TypeVar("T")

log = structlog.get_logger(__name__)


def isolated(work: Callable[[int], T], one: int, *, but: tuple[type[Exception], ...] = ()) -> T | None:
    """Do `work` on one document; None where it failed, which is logged. It is tried again by a later sweep.

    Raises what `but` names, and DatabaseError when the database itself is gone: that is everybody's trouble.
    """
    try:
        return work(one)
    except but:
        raise
    except Exception as error:
        if isinstance(error, DatabaseError) and not connection.is_usable():
            raise
        log.exception("document_failed", one=one)
        return None
