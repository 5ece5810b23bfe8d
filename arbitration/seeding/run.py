"""The seeding itself: customers and the lives of their claims, written in bulk in one transaction."""

import random
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from arbitration.seeding import stories, writing
from arbitration.seeding.copies import Copies
from arbitration.seeding.customers import Claimable, Customer, Register
from arbitration.seeding.facts import new_facts
from arbitration.seeding.instants import DAY, Calendars, Stamps
from arbitration.seeding.leaving import leave
from arbitration.seeding.life import Life
from arbitration.seeding.records import Ground
from arbitration.seeding.stories import Story, Teller
from arbitration.seeding.tables import Row, Sheets
from arbitration.seeding.turning import likely_place
from arbitration.seeding.world import Firm, Ware, World, bring_world
from claims.models import Claim
from claims.models.claim import REFERENCE_LETTERS
from cpor_portal.working_days import local_day

MOST = 1_000_000
AT_ONCE = 2_000
M365_SHARE = 0.7
OPEN_SHARE_EARLY, OPEN_SHARE_LATE = 0.07, 0.70
PORTION = 10_000
"""So many stories are told one by one; where more claims are wanted, the database copies them."""
Say = Callable[[str], None]
Write = Callable[[str, Sequence[Row]], None]


def seed(claims: int, *, say: Say, now: datetime | None = None) -> dict[str, int]:
    """Bring `claims` more claims with all that belongs to them; returns how many rows each table got.

    `now` (aware) is when the stories end: everything that was due by then has been done. One transaction: all of it
    or nothing. For a portal that nobody works with at this moment: on PostgreSQL the tables are locked meanwhile.
    """
    now = now or timezone.now()
    began = time.monotonic()
    with transaction.atomic():
        world = bring_world(claims, local_day(now, settings.REVIEW_TIME_ZONE))
        say(f"Firms: {len(world.firms):,}. Products: {len(world.workloads) + len(world.applications)}.")
        seeding = Seeding.begin(world, int(now.timestamp()))
        with writing.indexes_aside(claims):
            _write_claims(seeding, claims, say)
            say(f"Rows are written after {time.monotonic() - began:.1f} s; building indexes.")
        writing.settle_numbers()
    writing.let_the_planner_know()
    return seeding.ground.sheets.counts


def _write_claims(seeding: "Seeding", claims: int, say: Say) -> None:
    """By INSERT … SELECT from a portion where there are many, told one by one where not; what is left over, too."""
    copies = -(-claims // PORTION) if writing.is_postgresql() else 1
    portion = claims // copies
    if copies > 1:
        many = Copies(seeding.teller.world, copies)
        seeding.leave_room(copies)
        _tell(seeding, portion, many.keep, say)
        say(f"{portion:,} stories are told; each is written {copies:,} times.")
        many.write()
        seeding.leave_room(1)
        claims -= copies * portion
    _tell(seeding, claims, writing.write, say)


def _tell(seeding: "Seeding", claims: int, write: Write, say: Say) -> None:
    done = told = 0
    for life_count in seeding.customers(claims):
        done += life_count
        if done - told >= AT_ONCE:
            told = done
            seeding.write(write)
            if done % 50_000 < AT_ONCE:
                say(f"{done:,} of {claims:,} claims.")
    seeding.write(write)


@dataclass
class Seeding:
    """One run: where rows wait, who tells the stories, and the references that are still free."""

    ground: Ground
    teller: Teller
    register: Register
    references: Iterator[str]
    share: float
    copies: int = 1

    @classmethod
    def begin(cls, world: World, now: int) -> "Seeding":
        """Numbers go on after what is there; a database in the same state gets the same claims."""
        is_naive = not writing.is_postgresql()
        numbers = writing.last_ids()
        rng = random.Random(numbers["claims_claim"])  # noqa: S311 - nothing secret is made of it
        ground = Ground(Sheets(numbers), Stamps(is_naive=is_naive), Calendars(world.samples), now, is_naive)
        register = Register(ground.sheets, rng, is_naive=is_naive)
        share = settings.SECOND_READING_SHARE / 100
        return cls(ground, Teller(world, rng, now), register, _references(rng), share)

    def leave_room(self, copies: int) -> None:
        """From now on each claim stands for so many: there are numbers and references for all of them."""
        self.copies = copies
        self.ground.sheets.leave_room(copies)

    def write(self, write: Write) -> None:
        """Bring to the database what waits."""
        for table, rows in self.ground.sheets.empty():
            write(table, rows)

    def customers(self, claims: int) -> Iterator[int]:
        """Customer after customer until there are `claims`; tells how many each brought. The oldest come first."""
        done = 0
        while done < claims:
            lives = self._customer(done / claims, claims - done)
            for life in lives:
                references = " ".join(islice(self.references, self.copies))
                leave(life, references, self.teller.world.reviewers, self.share, self.teller.rng)
            done += len(lives)
            yield len(lives)

    def _customer(self, part: float, room: int) -> list[Life]:
        chance = self.teller.rng.random()
        if chance < 0.80 or room == 1:
            return self._alone(part)
        if chance < 0.88:
            return self._side_by_side(part)
        if chance < 0.94:
            return self._one_after_the_other(part)
        return self._rivals(part)

    # --- Who claims what of a customer ---------------------------------------------------------------------

    def _alone(self, part: float) -> list[Life]:
        customer = self._new_customer()
        return [self._any(self._life(customer, self._firm(), customer.claimable), part)]

    def _side_by_side(self, part: float) -> list[Life]:
        """Two firms, each with its own products of one customer."""
        world, rng = self.teller.world, self.teller.rng
        chosen = rng.sample(world.workloads, 3)
        customer = self.register.customer(chosen, rng.sample(world.applications, 1))
        first, second = self._two_firms()
        lives = (
            self._life(customer, first, customer.claimable[:3]),
            self._life(customer, second, customer.claimable[3:]),
        )
        return [self._any(life, part) for life in lives]

    def _one_after_the_other(self, part: float) -> list[Life]:
        """What one firm lost or gave back is claimed by another one months later."""
        customer = self._new_customer()
        first, second = self._two_firms()
        earlier = self._life(customer, first, customer.claimable)
        story = self.teller.rng.choice((stories.rejected, stories.withdrawn, stories.ended))
        began = self.ground.now - self.teller.rng.randrange(150 * DAY, stories.OLDEST)
        stories.tell_closed(self.teller, earlier, story, began)
        later = self._life(customer, second, customer.claimable)
        stories.tell_open(self.teller, later, self._choice(stories.OPEN))
        return [earlier, later]

    def _rivals(self, part: float) -> list[Life]:
        """Two firms for the same: one holds it, or waits for a reviewer as well."""
        teller, customer = self.teller, self._new_customer()
        first, second = self._two_firms()
        holder = self._life(customer, first, customer.claimable)
        newcomer = self._life(customer, second, customer.claimable, is_held=True)
        if teller.rng.random() < 0.5:
            stories.tell_closed(teller, holder, stories.held, self._long_ago(part))
            stories.tell_open(teller, newcomer, self._choice(stories.CONTESTABLE))
            return [holder, newcomer]
        stories.tell_open(teller, holder, stories.submitted)
        newcomer.submit(teller.later(holder.edited, 600, DAY))
        holder.meet_rival(newcomer.edited)
        for life in (holder, newcomer):
            if teller.rng.random() < 0.5:
                life.start(teller.later(newcomer.edited, 60, DAY), teller.rng.choice(teller.world.reviewers))
        return [holder, newcomer]

    # --- Pieces --------------------------------------------------------------------------------------------

    def _any(self, life: Life, part: float) -> Life:
        """An open or a closed life; what began long ago is mostly closed."""
        teller = self.teller
        if teller.rng.random() < (OPEN_SHARE_EARLY if part < 0.5 else OPEN_SHARE_LATE):
            stories.tell_open(teller, life, self._choice(stories.OPEN))
        else:
            stories.tell_closed(teller, life, self._choice(stories.CLOSED), self._long_ago(part))
        return life

    def _long_ago(self, part: float) -> int:
        """The older, the earlier in the run; with a month's play, so that days do not come in a strict order."""
        age = stories.YOUNGEST_CLOSED + (1 - part) * (stories.OLDEST - 46 * DAY)
        return self.ground.now - int(age + self.teller.rng.random() * 30 * DAY)

    def _choice(self, shares: Sequence[tuple[Story, int]]) -> Story:
        return self.teller.rng.choices([story for story, _n in shares], [n for _story, n in shares])[0]

    def _new_customer(self) -> Customer:
        rng, world = self.teller.rng, self.teller.world
        if rng.random() < M365_SHARE:
            return self.register.customer(_some(rng, world.workloads, (1, 1, 2, 2, 3)), ())
        return self.register.customer((), _some(rng, world.applications, (1, 1, 1, 2)))

    def _firm(self) -> Firm:
        """Some firms file far more than others."""
        firms = self.teller.world.firms
        return firms[likely_place(len(firms), self.teller.rng.random())]

    def _two_firms(self) -> tuple[Firm, Firm]:
        first = second = self._firm()
        while second.half == first.half:
            second = self._firm()
        return first, second

    def _life(self, customer: Customer, firm: Firm, wanted: Sequence[Claimable], *, is_held: bool = False) -> Life:
        facts = new_facts(self.teller.rng, customer, firm, wanted)
        return Life(self.ground, customer, firm, facts).want(wanted, is_held=is_held)


def _some(rng: random.Random, wares: Sequence[Ware], sizes: Sequence[int]) -> Sequence[Ware]:
    return rng.sample(wares, rng.choice(sizes))


def _references(rng: random.Random) -> Iterator[str]:
    """References that no claim has, in no order that tells anything: each number of the room once, by a stride."""
    size, base = len(REFERENCE_LETTERS) ** 8, len(REFERENCE_LETTERS)
    pairs = [first + second for first in REFERENCE_LETTERS for second in REFERENCE_LETTERS]
    taken = set(Claim.objects.values_list("reference", flat=True))
    number, stride = rng.randrange(size), rng.randrange(size // 3, size // 2) * base + 1
    while True:
        number = (number + stride) % size
        rest, letters = number, "C-"
        for _place in range(4):
            rest, pair = divmod(rest, base * base)
            letters += pairs[pair]
        if letters not in taken:
            yield letters
