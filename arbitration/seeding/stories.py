"""The lives that seeded claims lead, and how often: about 40 % are open, most of them in time.

Instants are seconds since 1970. What is open began within the last days, what is closed up to two years ago.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from arbitration.seeding.instants import DAY, HOUR
from arbitration.seeding.life import Life
from arbitration.seeding.words import ANSWERS, ASKING, NOTES, TITLES, WITHDRAWING
from arbitration.seeding.world import Person, World
from claims.words import Audience, DeadlineKind, Outcome, Reason

OLDEST = 730 * DAY
YOUNGEST_CLOSED = 16 * DAY
"""Closed claims began at least that long ago: their longest story is over by then."""
REASONS = tuple(code.value for code in Reason if code.value in ASKING and code != Reason.PARTNER_REQUEST)


@dataclass(frozen=True)
class Teller:
    """Tells lives; `now` and the choices are the same for all of a run."""

    world: World
    rng: random.Random
    now: int

    def ago(self, longest: int, *, power: float = 1.0) -> int:
        """Some time within the last `longest` seconds; `power` above 1 makes it likelier to be a short while ago."""
        return self.now - 2 * HOUR - int(self.rng.random() ** power * (longest - 2 * HOUR))

    def reviewer(self, life: Life) -> Person:
        """Whoever had it, else anybody."""
        return life.reviewer or self.rng.choice(self.world.reviewers)

    def reasons(self) -> tuple[list[str], str]:
        """One or two reasons in the domain's order, and what is written about them."""
        found = sorted(self.rng.sample(REASONS, self.rng.choice((1, 1, 2))), key=REASONS.index)
        return found, " ".join(ASKING[code] for code in found)

    def later(self, at: int, shortest: int, longest: int) -> int:
        """Some time after `at`, or at once where that is not before now."""
        return max(at, min(at + self.rng.randrange(shortest, longest), self.now - 60))


Story = Callable[[Teller, Life, int], None]
"""Tells a life whose draft began at the given instant; open stories choose their instants themselves."""


# --- Open --------------------------------------------------------------------------------------------------


def submitted(teller: Teller, life: Life, at: int) -> None:
    """Waits for a reviewer."""
    life.submit(at)
    if teller.rng.random() < 0.08:
        life.assign(teller.later(at, HOUR, DAY), teller.world.arbiters[0], teller.rng.choice(teller.world.reviewers))


def under_review(teller: Teller, life: Life, at: int) -> None:
    """A reviewer has it; a few have said something, and a few have handed it back."""
    life.submit(at)
    started = teller.later(at, HOUR, 2 * DAY)
    life.start(started, teller.reviewer(life))
    chance = teller.rng.random()
    if chance < 0.2 and life.reviewer is not None:
        life.comment(teller.later(started, 600, DAY), life.reviewer, teller.rng.choice(NOTES), Audience.INTERNAL)
    elif chance < 0.28:
        life.hand_back(teller.later(started, 600, DAY), NOTES[0])


def partly_decided(teller: Teller, life: Life, at: int) -> None:
    """One product is approved, the others wait."""
    under_review(teller, life, at)
    pending = [line for line in life.lines if line.outcome == Outcome.PENDING]
    if len(pending) > 1 and life.reviewer is not None:
        life.approve(teller.later(life.edited, HOUR, DAY), pending[:1])


def asked(teller: Teller, life: Life, at: int) -> None:
    """The partner owes an answer."""
    life.submit(at - teller.rng.randrange(8 * HOUR, 4 * DAY))
    life.start(at - teller.rng.randrange(HOUR, 7 * HOUR), teller.reviewer(life))
    life.ask(at, *teller.reasons())


def answered(teller: Teller, life: Life, at: int) -> None:
    """The partner has answered, and the claim waits again."""
    asked(teller, life, at - teller.rng.randrange(4 * HOUR, 2 * DAY))
    if teller.rng.random() < 0.5:
        life.change_contacts(at - HOUR, teller.rng.choice(TITLES))
    life.resubmit(at, teller.rng.choice(ANSWERS))


def second_round(teller: Teller, life: Life, at: int) -> None:
    """The reviewer who asked has it again."""
    answered(teller, life, at)
    life.start(teller.later(at, 600, DAY), teller.reviewer(life))


# --- Closed ------------------------------------------------------------------------------------------------


def approved(teller: Teller, life: Life, at: int) -> None:
    """Approved, one product in eight claims rejected."""
    life.submit(at)
    life.start(teller.later(at, HOUR, 3 * DAY), teller.reviewer(life))
    _decide(teller, life, teller.later(life.edited, HOUR, 3 * DAY))


def approved_late(teller: Teller, life: Life, at: int) -> None:
    """Approved after its deadline."""
    life.submit(at)
    life.start(teller.later(at, DAY, 4 * DAY), teller.reviewer(life))
    _decide(teller, life, teller.later(at, 8 * DAY, 13 * DAY))


def approved_after_answer(teller: Teller, life: Life, at: int) -> None:
    """Asked about first."""
    answered(teller, life, at + 7 * DAY)
    life.start(teller.later(at + 7 * DAY, HOUR, DAY), teller.reviewer(life))
    _decide(teller, life, teller.later(life.edited, HOUR, 3 * DAY))


def _decide(teller: Teller, life: Life, at: int) -> None:
    pending = [line for line in life.lines if line.outcome == Outcome.PENDING]
    left, chance = pending, teller.rng.random()
    if len(pending) > 1 and chance < 0.3:
        left = pending[:-1]
        if chance < 0.22:
            life.reject(at - 1, pending[-1:], *teller.reasons())
        else:
            life.remove(at - 1, pending[-1:], ASKING[Reason.PARTNER_REQUEST])
    life.approve(at, left)


def rejected(teller: Teller, life: Life, at: int) -> None:
    """Rejected by a reviewer."""
    life.submit(at)
    life.start(teller.later(at, HOUR, 3 * DAY), teller.reviewer(life))
    life.reject(teller.later(life.edited, HOUR, 3 * DAY), life.lines, *teller.reasons())


def unanswered(teller: Teller, life: Life, at: int) -> None:
    """Asked about, and no answer came: rejected by the portal when its time was over."""
    asked(teller, life, at + 4 * DAY)


def withdrawn(teller: Teller, life: Life, at: int) -> None:
    """Taken back before anything was associated."""
    life.submit(at)
    if teller.rng.random() < 0.5:
        life.start(teller.later(at, HOUR, DAY), teller.reviewer(life))
    life.withdraw(teller.later(life.edited, HOUR, 2 * DAY), WITHDRAWING)


def held(teller: Teller, life: Life, at: int) -> None:
    """Approved, every product."""
    life.submit(at)
    life.start(teller.later(at, HOUR, 3 * DAY), teller.reviewer(life))
    life.approve(teller.later(life.edited, HOUR, 3 * DAY), life.lines)


def ended(teller: Teller, life: Life, at: int) -> None:
    """Approved, and given back later."""
    held(teller, life, at)
    life.release(teller.later(life.edited, 2 * DAY, 60 * DAY))


def draft(teller: Teller, life: Life, at: int) -> None:
    """Not filed yet."""
    life.created = life.edited = teller.ago(80 * DAY)
    life.keep_draft()


OPEN: Sequence[tuple[Story, int]] = (
    (submitted, 40),
    (under_review, 26),
    (partly_decided, 4),
    (asked, 18),
    (answered, 7),
    (second_round, 5),
)
CLOSED: Sequence[tuple[Story, int]] = (
    (approved, 36),
    (approved_late, 4),
    (approved_after_answer, 10),
    (rejected, 16),
    (unanswered, 6),
    (withdrawn, 9),
    (ended, 12),
    (draft, 7),
)
# A product that another firm holds can be asked about, and waits for arbitration otherwise.
CONTESTABLE: Sequence[tuple[Story, int]] = ((submitted, 50), (under_review, 35), (asked, 15))
CORRECTIONS = 0.02


def tell_open(teller: Teller, life: Life, story: Story, since: int | None = None) -> None:
    """An open life. Whoever owes something owes it still, or is late with it where it is Microsoft."""
    at = _still_owed(teller, life) if story is asked else teller.ago(9 * DAY, power=1.5)
    story(teller, life, at if since is None else max(at, since))
    _perhaps_correct(teller, life)


def _still_owed(teller: Teller, life: Life) -> int:
    """An instant from which the partner's time has not run out yet."""
    at = teller.ago(6 * DAY)
    term = life.ground.calendars.term(DeadlineKind.PARTNER_ANSWER, life.firm.country, at)
    return at if term.due > teller.now + HOUR else teller.ago(3 * DAY)


def tell_closed(teller: Teller, life: Life, story: Story, at: int) -> None:
    """A closed life that began at `at`."""
    story(teller, life, at)
    _perhaps_correct(teller, life)


def _perhaps_correct(teller: Teller, life: Life) -> None:
    """A few partners want another MPN location on what is under review or approved."""
    others = [one for one in life.firm.locations if one != life.facts.location]
    if others and life.status in ("approved", "under_review") and teller.rng.random() < CORRECTIONS:
        at = teller.later(life.edited, 600, DAY) if life.status == "under_review" else teller.ago(6 * DAY)
        life.ask_correction(max(at, life.edited), others[0], "We filed it under the wrong location.")
