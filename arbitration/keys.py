"""The keys of the reviewers' pages, in one table: templates write them beside what they press, `?` lists them.

What a key does is what the element does that carries it (`{% key "approve" %}`), or what a page's script binds to it.
`static/js/keys.js` listens. A key never acts where somebody types, and all single keys can be turned off
(WCAG 2.2, 2.1.4).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Page(StrEnum):
    """Where a key counts."""

    QUEUE = "queue"
    WORKSPACE = "workspace"
    CONFIRM = "confirm"
    ROOM = "room"


@dataclass(frozen=True)
class Key:
    """One thing to do, and the keys that do it, as the browser names them; the first is the one that is shown."""

    presses: tuple[str, ...]
    does: str | Promise
    pages: frozenset[Page]

    @property
    def pressed(self) -> list[str]:
        """The keys as people know them."""
        return [str(NAMES.get(press, press)) for press in self.presses]


NAMES: Mapping[str, str | Promise] = {
    "ArrowDown": "↓",
    "ArrowUp": "↑",
    "Enter": pgettext_lazy("a key", "Enter"),
    "Ctrl+Enter": pgettext_lazy("a key", "Ctrl+Enter"),
}

_QUEUE, _WORKSPACE, _CONFIRM, _ROOM = (frozenset({page}) for page in Page)

KEYS: Mapping[str, Key] = {
    # The queue
    "down": Key(("j", "ArrowDown"), _("Next row"), _QUEUE),
    "up": Key(("k", "ArrowUp"), _("Row before"), _QUEUE),
    "open": Key(("o", "Enter"), _("Open the claim"), _QUEUE),
    "select": Key(("x",), _("Tick the row"), _QUEUE),
    "search": Key(("/",), _("Search"), _QUEUE),
    "next_page": Key(("n",), _("Next page"), _QUEUE),
    # Going about
    "next": Key(("n",), _("Next claim of these filters"), _WORKSPACE),
    "previous": Key(("p",), _("Claim before, of these filters"), _WORKSPACE),
    "take_next": Key(("t",), _("Take the next claim"), _QUEUE | _WORKSPACE),
    "queue": Key(("q",), _("Back to the queue"), _WORKSPACE),
    # Reading
    "facts": Key(("1",), _("Facts and live checks"), _WORKSPACE),
    "proof": Key(("2",), _("Proof of execution"), _WORKSPACE),
    "conversation": Key(("3",), _("Conversation and history"), _WORKSPACE),
    "pages": Key(("o",), _("Look at the pages of the proof"), _WORKSPACE),
    "changes": Key(("c",), _("What changed since the last round"), _WORKSPACE),
    "hold_all": Key(("v",), _("Everything that is filled in holds"), _WORKSPACE | _ROOM),
    "tick": Key(("x",), _("Go to the cells, to tick them one by one"), _ROOM),
    # Deciding
    "start": Key(("s",), _("Start the review, or take the claim over"), _WORKSPACE),
    "start_pages": Key(("l",), _("Start the review, and look at the pages of the proof"), _WORKSPACE),
    "decide": Key(("d",), _("Go to the decision"), _WORKSPACE | _ROOM),
    "approve": Key(("a",), _("Approve"), _WORKSPACE),
    "ask": Key(("i",), _("Ask for information"), _WORKSPACE),
    "reject": Key(("r",), _("Reject"), _WORKSPACE),
    "remove": Key(("x",), _("Remove"), _WORKSPACE),
    "not_yet": Key(("z",), _("Do not decide yet"), _WORKSPACE),
    "go_on": Key(("Ctrl+Enter",), _("Go on: see the mail, then send it"), _WORKSPACE | _CONFIRM),
    "back": Key(("b",), _("Back, to change something"), _CONFIRM),
    "correction": Key(("e",), _("Answer the correction"), _WORKSPACE),
    # Writing, and giving away
    "note": Key(("w",), _("Write a note"), _WORKSPACE),
    "comment": Key(("m",), _("Write a comment"), _WORKSPACE),
    "hand_back": Key(("h",), _("Hand the claim back"), _WORKSPACE),
    "conflict": Key(("f",), _("Declare a conflict of interest"), _WORKSPACE),
    "assign": Key(("g",), _("Give the claim to somebody"), _WORKSPACE),
    "keys": Key(("?",), _("Show the keys"), _QUEUE | _WORKSPACE | _CONFIRM),
}


def keys_on(page: Page) -> list[Key]:
    """The keys that count on a page, in the order of the table."""
    return [key for key in KEYS.values() if page in key.pages]
