"""What a decision would do, shown before it is done: the exact mails, what happens next, and by when."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.translation import get_language_info

from arbitration.acts.decide import decide
from arbitration.drafting import language_of_partner
from arbitration.forms.deciding import DecisionForm, Then
from arbitration.previewing import mails_of
from arbitration.reminders import Reminder, reminders
from arbitration.verdicts import Part, Verdict
from claims.models import Claim
from claims.panels import Panel, next_panel
from claims.proof.matrix import MatrixView
from claims.proof.words import REASON_OF, Column
from claims.words import Reason, Status
from cpor_portal.accounts.models import User
from cpor_portal.notifications.models import OutboxMail


@dataclass(frozen=True)
class PartView:
    """One part of the decision: what, on which products, and why."""

    verdict: Verdict
    products: list[str]
    reasons: list[tuple[str, str]]
    unsaid: list[str]
    """Products of a request or rejection of which neither a cell nor a reason says anything."""


@dataclass(frozen=True)
class LetterView:
    """The mails of one kind in one language: the first in full, and the others behind their readers or subjects."""

    language: str
    first: OutboxMail
    others: list[OutboxMail]

    @property
    def recipients(self) -> list[str]:
        """Everybody who gets one of them."""
        return list(dict.fromkeys(mail.recipient for mail in (self.first, *self.others)))


@dataclass(frozen=True)
class Confirmation:
    """What the page shows before anything is sent."""

    parts: list[PartView]
    undecided: list[str]
    """Products without a decision: they stay as they are."""
    letters: list[LetterView]
    status: Status
    panel: Panel
    language: str
    """That of the texts, as people call it."""
    ways: list[tuple[str, str]]
    """Where the reader can go afterwards, as codes with labels; the first is the usual one."""
    reminders: list[Reminder]


def confirmation(
    claim: Claim, reader: User, form: DecisionForm, matrix: MatrixView, *, has_a_place: bool
) -> Confirmation:
    """What the decision in `form`, which must be valid, would do at this moment; nothing of it is done.

    `matrix` is the claim's as it stands. `has_a_place` says whether the reader came from filters of the queue and can
    go on in them.
    Raises what `decide` raises.
    """
    arguments = form.arguments()
    seen: list[tuple[Claim, Panel]] = []

    def act() -> None:
        done = decide(reference=claim.reference, by=reader, **arguments)
        # Read while it is done: the deadlines that it starts are gone again a moment later.
        seen.append((done, next_panel(done, reader)))

    sent = letters(mails_of(act))
    after, panel = seen[0]
    return Confirmation(
        parts=_parts(form, arguments["parts"]),
        undecided=[line.product.name for line in form.decidable if line.pk in form.lines_with("")],
        letters=sent,
        status=Status(after.status),
        panel=replace(panel, ics=""),
        language=_name_of(language_of_partner(claim) or "en"),
        ways=_ways(has_a_place=has_a_place),
        reminders=reminders(claim, reader, matrix, arguments["parts"], after),
    )


def _parts(form: DecisionForm, parts: Sequence[Part]) -> list[PartView]:
    names = {line.pk: line.product.name for line in form.claim_lines}
    return [
        PartView(
            part.verdict,
            [names[line] for line in part.line_ids],
            [(reason, str(Reason(reason).label)) for reason in part.reasons],
            [names[line] for line in _unsaid(part)],
        )
        for part in parts
    ]


def _unsaid(part: Part) -> list[int]:
    """A reason without cells of its column speaks of every product of its part, one with cells of theirs alone."""
    cells = [key.partition(":") for key in part.cells]
    narrow = {REASON_OF[Column(column)] for _line, _colon, column in cells}
    named = {line for line, _colon, _column in cells}
    if set(part.reasons) - narrow or not part.reasons:
        return []
    return [line for line in part.line_ids if str(line) not in named]


def letters(mails: Sequence[OutboxMail]) -> list[LetterView]:
    """The mails of an act, by kind and language: a reviewer's differs from the firm's about the same."""
    grouped: dict[tuple[str, str], list[OutboxMail]] = {}
    for mail in sorted(mails, key=lambda one: one.language):
        grouped.setdefault((mail.kind, mail.language), []).append(mail)
    return [LetterView(_name_of(group[0].language), group[0], group[1:]) for group in grouped.values()]


def _name_of(language: str) -> str:
    return str(get_language_info(language)["name_translated"])


def _ways(*, has_a_place: bool) -> list[tuple[str, str]]:
    """On with the filters where one came from them, else with what is most urgent."""
    ways = [Then.FOLLOWING, Then.NEXT, Then.STAY] if has_a_place else [Then.NEXT, Then.STAY]
    return [(str(way.value), str(way.label)) for way in ways]
