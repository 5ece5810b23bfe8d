"""Faults of the domain: typed errors with a code and a text for people.

An act or a check raises one of these; the view that called it shows the text where the mistake was made.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True)
class Written:
    """What somebody else wrote meanwhile, for a reader who may know it. `reasons` are codes with their labels."""

    title: str
    text: str
    reasons: Sequence[tuple[str, str]] = ()


class Fault(Exception):
    """Something that a person can understand and somebody can cure. `code` is stable, `text` is for people."""

    def __init__(self, code: str, text: Text, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.text = text
        self.facts: Mapping[str, Any] = facts


class NotAllowed(Fault):
    """This person's role does not carry the act. Shown as 403; another firm's claim is 404 before this."""


class Conflict(Fault):
    """Somebody was first: the stored state no longer permits the act. Shown as the 409 page, text kept.

    `facts` carry what happened, by whom (as the reader may know it) and when, and what was `written` meanwhile
    (a list of Written).
    """


class Refused(Fault):
    """What was entered does not hold. Shown as 422 with the form. `field` says where."""

    def __init__(self, code: str, text: Text, *, field: str = "", **facts: Any) -> None:
        super().__init__(code, text, **facts)
        self.field = field
