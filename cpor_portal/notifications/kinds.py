"""Which mails there are. Each package registers its own when Django starts (its `apps.py`, `ready()`)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from cpor_portal.faults import Text


@dataclass(frozen=True)
class MailKind:
    """One kind of mail, with one set of templates: templates/mail/<folder>/{subject.txt,body.txt,body.html}.

    A kind that may wait for the digest has a summary.txt, too: in a sentence or two who did what, and whose turn it is.

    `never_silenced`: it asks its reader to act, or is a decision, so it comes at once whatever pace was chosen.
    `replaces`: the kinds of older mails about the same claim, to the same person, that this one makes pointless
    because it says all of theirs that still matters. Such a mail is not sent after this one, nor when both waited
    through an outage (docs/decisions/mail-preferences.md).
    `sample`: the context with which staff are shown the templates: model instances that are not saved, no
    database; called while the language of the page is active.
    `templates`: the kind whose templates it shares, where it has none of its own.
    `is_firms_alone`: it tells of a draft. Staff see that it went, but neither its subject nor its text.
    `is_for_reviewers`: it goes to reviewers or arbiters, with what they alone may read. Other staff see that it went.
    """

    code: str
    label: Text
    never_silenced: bool
    sample: Callable[[], Mapping[str, Any]]
    is_firms_alone: bool = False
    replaces: frozenset[str] = frozenset()
    templates: str = ""
    is_for_reviewers: bool = False


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


def replacements() -> tuple[tuple[str, str], ...]:
    """All pairs of codes (older, newer) of which the newer mail makes the older one pointless."""
    return tuple((older, kind.code) for kind in all_kinds() for older in sorted(kind.replaces))
