"""The rounds of a claim: how it stood in each, and what changed from one to the next, told from its snapshots."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.template.defaultfilters import filesizeformat
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims.acts.snapshots import TEXT_FIELDS, facts_of
from claims.countries import country_name
from claims.models import Claim, Snapshot
from claims.permissions import visible_documents
from claims.proof.freshness import GONE
from claims.proof.words import Column, Source
from claims.transitions import Act
from claims.words import Activity
from cpor_portal.accounts import permissions as people
from cpor_portal.accounts.models import User
from cpor_portal.directory.models import Product, SolutionArea
from cpor_portal.faults import Text

Facts = Mapping[str, Any]
# What a reviewer says in a round; what the partner changes afterwards belongs to the next.
DECISIONS = (Act.REQUEST_INFORMATION, Act.APPROVE, Act.REJECT, Act.REMOVE, Act.VERIFY)
OTHER_FIELDS: Mapping[str, Text] = {
    "tenant_id": gettext_lazy("Tenant ID"),
    "public_sector": gettext_lazy("Public sector"),
    "activities": gettext_lazy("Activity"),
    "mpn_id": gettext_lazy("MPN location"),
}
FIRST_FIELDS = ("tenant_id", "domain", "customer_display_name", "customer_country", "public_sector", "solution_area")
FIELDS = tuple(dict.fromkeys((*FIRST_FIELDS, "activities", "mpn_id", *TEXT_FIELDS)))


@dataclass(frozen=True)
class Change:
    """One thing that differs: `then` is empty where it is new, `now` where it is gone."""

    what: str
    then: str = ""
    now: str = ""

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        if not self.then:
            return "added"
        return "changed" if self.now else "removed"


@dataclass(frozen=True)
class Changes:
    """Everything that differs between two states of a claim, as far as its reader may know of it."""

    fields: Sequence[Change] = ()
    products: Sequence[Change] = ()
    documents: Sequence[Change] = ()
    cells: Sequence[Change] = ()
    held_back: int = 0
    """How many documents came that the reader may not see before their virus scan."""

    def __len__(self) -> int:
        return len([*self.fields, *self.products, *self.documents, *self.cells]) + self.held_back


# --- Two states compared: pure, and no query ------------------------------------------------------------------------


def changes_between(
    then: Facts, now: Facts, names: Mapping[str, str], open_to: Collection[str] | None = None
) -> Changes:
    """What differs from `then` to `now`, both as `claims.acts.snapshots.facts_of` gives them, in the active language.

    `names` are the products' by their codes; `open_to` the hashes of the documents that the reader may see (None: all).
    What the portal read late, in a document that was there already, is no change.
    """
    before, after = _documents(then), _documents(now)
    came = [sha for sha in after if sha not in before]
    seen = came if open_to is None else [sha for sha in came if sha in open_to]
    gone = [sha for sha in before if sha not in after]
    known_gone = gone if open_to is None else [sha for sha in gone if sha in open_to]
    return Changes(
        fields=tuple(_changed_fields(then, now)),
        products=tuple(_changed_products(then, now, names)),
        documents=(
            *(Change(after[sha]["name"], now=filesizeformat(after[sha]["size"])) for sha in seen),
            *(Change(before[sha]["name"], then=filesizeformat(before[sha]["size"])) for sha in known_gone),
        ),
        cells=tuple(_changed_cells(then, now, names, open_to)),
        held_back=len(came) - len(seen),
    )


def field_label(field: str) -> str:
    """What a field of a snapshot is called."""
    label = OTHER_FIELDS.get(field) or Claim._meta.get_field(field).verbose_name  # type: ignore[union-attr]
    return str(capfirst(str(label)))


def field_in_words(field: str, value: Any) -> str:
    """What a field of a snapshot says, as people read it; empty where it is empty."""
    if field == "activities":
        return ", ".join(str(Activity(code).label) for code in value)
    if field == "public_sector":
        return _("Yes") if value else _("No")
    if field == "customer_country":
        return country_name(value)
    if field == "solution_area" and value:
        return str(SolutionArea(value).label)
    return str(value or "")


def _changed_fields(then: Facts, now: Facts) -> Iterator[Change]:
    for field in FIELDS:
        if then.get(field) != now.get(field):
            yield Change(field_label(field), field_in_words(field, then.get(field)), field_in_words(field, now[field]))


def _products(facts: Facts) -> dict[str, str | None]:
    """The subscription of each product that was not taken out, by the product's code."""
    return {line["product"]: line["subscription_id"] for line in facts["lines"] if line["outcome"] not in GONE}


def _changed_products(then: Facts, now: Facts, names: Mapping[str, str]) -> Iterator[Change]:
    before, after = _products(then), _products(now)
    for code in dict.fromkeys((*before, *after)):
        if code not in before:
            yield Change(names.get(code, code), now=after[code] or _("The whole tenant"))
        elif code not in after:
            yield Change(names.get(code, code), then=before[code] or _("The whole tenant"))
        elif before[code] != after[code]:
            yield Change(names.get(code, code), before[code] or "", after[code] or "")


def _documents(facts: Facts) -> dict[str, Facts]:
    return {document["sha256"]: document for document in facts["documents"]}


def _cells(facts: Facts) -> dict[tuple[str, str], Facts]:
    return {(cell["product"], cell["column"]): cell for cell in facts["cells"]}


def _said(cell: Facts | None) -> tuple[Any, ...]:
    """What a cell says; nothing where no document is named for it."""
    if cell is None or not cell["document"]:
        return ()
    return cell["document"], cell["page"], cell["dated_on"]


def _changed_cells(
    then: Facts, now: Facts, names: Mapping[str, str], open_to: Collection[str] | None
) -> Iterator[Change]:
    before, after, known = _cells(then), _cells(now), _documents(then)
    products = _products(now)
    keys = [key for key in dict.fromkeys((*before, *after)) if key[0] in products]
    for key in sorted(keys, key=lambda key: (list(products).index(key[0]), list(Column.values).index(key[1]))):
        old, new = before.get(key), after.get(key)
        if _said(old) == _said(new) or _is_read_late(new, known):
            continue
        what = _("%(product)s: %(column)s") % {"product": names.get(key[0], key[0]), "column": Column(key[1]).label}
        yield Change(what, _place(old, _documents(then), open_to), _place(new, _documents(now), open_to))


def _is_read_late(cell: Facts | None, known: Mapping[str, Facts]) -> bool:
    return cell is not None and cell.get("source") == Source.FOUND and cell["document"] in known


def _place(cell: Facts | None, documents: Mapping[str, Facts], open_to: Collection[str] | None) -> str:
    """Where a cell points: file, page and day in words."""
    if cell is None or not cell["document"]:
        return ""
    document = documents.get(cell["document"])
    if document is None or (open_to is not None and cell["document"] not in open_to):
        return _("in a document that reviewers cannot see")
    named = {"document": document["name"], "page": cell["page"], "day": _day(cell["dated_on"])}
    if cell["page"] is None:
        return str(document["name"])
    if named["day"]:
        return _("%(document)s, page %(page)d, dated %(day)s") % named
    return _("%(document)s, page %(page)d") % named


def _day(iso: str | None) -> str:
    return date_format(date.fromisoformat(iso), "SHORT_DATE_FORMAT") if iso else ""


# --- The rounds of one claim ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Round:
    """One round: with which snapshot it began (None: nobody handed anything in), and the facts as they were judged."""

    number: int
    began: Snapshot | None
    facts: Facts
    ended_at: datetime | None
    """When the next round began; None for the current one."""


def rounds_of(claim: Claim) -> list[Round]:
    """Every round of a filed claim, the first one first. Five queries.

    A round is told as it stood at its last decision, the current one before any as the claim stands now: what the
    partner changes after a decision belongs to the next round.
    """
    snapshots = list(claim.snapshots.select_related("by").order_by("pk"))
    decided = list(claim.events.filter(verb__in=DECISIONS).order_by("pk").values_list("at", flat=True))
    rounds = []
    for number in range(1, claim.round + 1):
        own = [one for one in snapshots if one.round == number]
        ended = next((one.at for one in snapshots if one.round > number), None)
        began = own[0] if own else None
        rounds.append(Round(number, began, _as_judged(claim, number, own, ended, decided), ended))
    return rounds


def _as_judged(
    claim: Claim, number: int, own: Sequence[Snapshot], ended: datetime | None, decided: Sequence[datetime]
) -> Facts:
    if not own:
        return facts_of(claim)
    spoken = [at for at in decided if own[0].at <= at and (ended is None or at <= ended)]
    last = max(spoken, default=own[0].at)
    is_changed_since = bool(spoken) and own[-1].at > last
    if number == claim.round and not is_changed_since:
        # The portal may have read a document after the snapshot was taken.
        return facts_of(claim)
    facts: Facts = [one for one in own if one.at <= last][-1].facts
    return facts


def changes_in(claim: Claim, reader: User, number: int | None = None) -> Changes | None:
    """What changed from the round before to round `number` (None: the current one); None for the first round.

    For the firm, and for reviewers as far as they may see the documents. The same few queries for every claim.
    """
    wanted = claim.round if number is None else number
    if wanted < 2:
        return None
    rounds = rounds_of(claim)
    then, now = rounds[wanted - 2].facts, rounds[wanted - 1].facts
    return changes_between(then, now, names_in(then, now), open_to(reader, claim))


def names_in(*states: Facts) -> dict[str, str]:
    """The names of the products in these states of a claim, by their codes. One query."""
    codes = {line["product"] for facts in states for line in facts["lines"]}
    return dict(Product.objects.filter(code__in=codes).values_list("code", "name"))


def open_to(reader: User, claim: Claim) -> set[str] | None:
    """Which of the claim's documents `reader` may know of, by their hashes; None where that is all of them."""
    if not people.is_reviewer(reader):
        return None
    return set(visible_documents(reader, claim).values_list("sha256", flat=True))
