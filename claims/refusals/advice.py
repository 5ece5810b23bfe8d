"""The shape of a refusal's words: what is wrong, who must act, how, and what to write to whom."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Words = str | Promise
Facts = Mapping[str, Any]


class Who(TextChoices):
    """Who must act (domain.md, "Why a subscription is refused")."""

    YOU = "you", _("You")
    YOU_WITH_CUSTOMER = "you_with_customer", _("You with your customer")
    CUSTOMER_ADMIN = "customer_admin", _("Your customer's administrator")
    WE = "we", _("We")


class Reader(TextChoices):
    """Whom the ready message is for."""

    CUSTOMER = "customer", _("Your customer")
    COLLEAGUE = "colleague", _("Your firm's global admins")


@dataclass(frozen=True)
class Letter:
    """A message that is ready to send. `steps` are numbered below its text."""

    subject: Words
    text: Words
    steps: tuple[Words, ...] = ()
    reader: Reader = Reader.CUSTOMER


@dataclass(frozen=True)
class Advice:
    """What the portal says about one cause. Words may carry %(named)s places that the fault's facts fill.

    `steps_of` makes the steps from the facts where their number depends on them; `topic` is the page of the
    public guidance that explains the matter.
    """

    title: Words
    text: Words
    who: Who
    steps: tuple[Words, ...] = ()
    letter: Letter | None = None
    topic: str = ""
    steps_of: Callable[[Facts], Sequence[str]] | None = None
    links_to_incentives: bool = False


Cause = tuple[str, str]
"""A code and its variant; the variant is empty for the plain case."""


def with_texts(code: str, plain: Advice, texts: Mapping[str, Words]) -> dict[Cause, Advice]:
    """`plain` for the code itself, and the same with another text for each variant."""
    return {(code, ""): plain} | {(code, variant): replace(plain, text=text) for variant, text in texts.items()}
