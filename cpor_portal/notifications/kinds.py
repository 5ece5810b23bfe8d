"""Which mails there are. Each package registers its own when Django starts (its `apps.py`, `ready()`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cpor_portal.faults import Text


@dataclass(frozen=True)
class MailKind:
    """One kind of mail, with one set of templates: templates/mail/<code>/{subject.txt,body.txt,body.html}.

    `never_silenced`: it asks its reader to act, or is a decision, so it comes at once whatever pace was chosen.
    `tells_state`: it tells all that there is to say of where a claim stands. After an outage a newer such mail
    replaces an older one that waits, for the same claim and person.
    `sample`: the context with which staff are shown the templates: model instances that are not saved, no
    database; called while the language of the page is active.
    `is_firms_alone`: it tells of a draft. Staff see that it went, but neither its subject nor its text.
    """

    code: str
    label: Text
    never_silenced: bool
    tells_state: bool
    sample: Callable[[], Mapping[str, Any]]
    is_firms_alone: bool = False


_kinds: dict[str, MailKind] = {}


def register(*kinds: MailKind) -> None:
    """Make kinds of mail known. Raises ValueError where another kind has the same code."""
    for kind in kinds:
        if _kinds.setdefault(kind.code, kind) != kind:
            raise ValueError(f"there are two kinds of mail called {kind.code}")


def kind_of(code: str) -> MailKind:
    """The kind that was registered with this code. Raises ValueError where there is none."""
    try:
        return _kinds[code]
    except KeyError:
        raise ValueError(f"no kind of mail is called {code}") from None


def all_kinds() -> tuple[MailKind, ...]:
    """Every kind, in the order in which they were registered."""
    return tuple(_kinds.values())
