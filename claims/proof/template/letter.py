"""The letter as plain data: built once per language from the claim's facts, written by two thin writers."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from babel.lists import format_list
from django.utils import translation

from claims.models import Claim, ClaimLine
from claims.proof.rules import customer_must_acknowledge
from claims.proof.template import wording
from claims.words import Activity, Outcome
from cpor_portal.directory.domain_names import display_form
from cpor_portal.directory.identifiers import Malformed, read_subscription_id
from cpor_portal.directory.models import SolutionArea

LANGUAGES = ("en", "hu")
# Where people print on Letter; the rest of the world has A4.
LETTER_COUNTRIES = frozenset({"US", "PR", "CA"})
# What is no longer claimed is not signed for.
GIVEN_UP = frozenset({Outcome.REMOVED, Outcome.WITHDRAWN})


class Kind(StrEnum):
    """What is written into a blank."""

    LINE = "line"
    TEXT = "text"
    SIGNATURE = "signature"


@dataclass(frozen=True)
class Blank:
    """Something to be filled in. `name` is the same in every language: it names the field of the form."""

    name: str
    label: str
    kind: Kind = Kind.LINE
    hint: str = ""


@dataclass(frozen=True)
class Fact:
    """A fact of the claim; one that is not known yet is a blank with this name."""

    name: str
    label: str
    value: str


@dataclass(frozen=True)
class Table:
    """The products; a column in which nothing is known is left out."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Section:
    """One of the four sections; the parts are written in the order in which they stand here."""

    number: int
    heading: str
    facts: tuple[Fact, ...] = ()
    table: Table | None = None
    paragraphs: tuple[str, ...] = ()
    prompts: tuple[str, ...] = ()
    # The public sector's own paragraph: its title and its text.
    marked: tuple[str, str] | None = None
    closing: tuple[str, ...] = ()
    blanks: tuple[Blank, ...] = ()


@dataclass(frozen=True)
class Letter:
    """The whole letter in one language. No date stands in it: the only one is the customer's own."""

    language: str
    paper: str
    title: str
    claim: str
    lead: tuple[str, ...]
    sections: tuple[Section, ...]
    head: str
    foot: str
    page_of: str
    letters_missing: str

    @property
    def blanks(self) -> dict[str, Blank]:
        """Everything that is to be filled in, in reading order, by name."""
        known: dict[str, Blank] = {}
        for section in self.sections:
            known |= {fact.name: Blank(fact.name, fact.label) for fact in section.facts if not fact.value}
            known |= {blank.name: blank for blank in section.blanks}
        return known


def letter_of(claim: Claim, language: str) -> Letter:
    """The letter for `claim` in `language` (one of LANGUAGES). What the claim does not know yet is left blank.

    Four sections (domain.md, "Proof of execution"): the parties, the products, the work, the acknowledgement.
    """
    with translation.override(language):
        name = f"{wording.CLAIM} {claim.reference}"
        return Letter(
            language=language,
            paper="Letter" if claim.customer_country in LETTER_COUNTRIES else "A4",
            title=str(wording.TITLE),
            claim=name,
            lead=_texts(wording.LEAD),
            sections=(_parties(claim), _products(claim), _work(), _acknowledgement(claim)),
            head=_head(claim),
            foot=f"{wording.TITLE} · {name}",
            page_of=str(wording.PAGE_OF),
            letters_missing=str(wording.LETTERS_MISSING),
        )


def _head(claim: Claim) -> str:
    """Who the letter is about, in one line: a signed page that was scanned alone still says so."""
    names = (claim.firm.name, claim.customer_display_name, display_form(claim.domain), claim.tenant_id or "")
    return " · ".join(_tidy(name) for name in names if name)


def _texts(texts: Iterable[object]) -> tuple[str, ...]:
    return tuple(str(text) for text in texts)


def _parties(claim: Claim) -> Section:
    return Section(
        1,
        str(wording.PARTIES),
        facts=(
            _fact("partner", wording.PARTNER, claim.firm.name),
            _fact("mpn_id", wording.MPN_ID, claim.location.mpn_id if claim.location else ""),
            _fact("customer", wording.CUSTOMER, claim.customer_display_name),
            _fact("domain", wording.DOMAIN, _domain(claim.domain)),
            _fact("tenant_id", wording.TENANT_ID, claim.tenant_id or ""),
        ),
    )


def _domain(name: str) -> str:
    """The domain as people write it, and as look-ups use it where that is another text."""
    shown = display_form(name)
    return shown if shown == name else f"{shown} ({name})"


def _fact(name: str, label: object, value: object) -> Fact:
    return Fact(name, str(label), _tidy(value))


def _tidy(value: object) -> str:
    """One line, without what no XML may hold (a DOCX is XML)."""
    return " ".join("".join(char for char in str(value) if char.isspace() or is_written(char)).split())


def is_written(char: str) -> bool:
    """Whether the character may stand in a document at all."""
    return unicodedata.category(char) not in {"Cc", "Cs"} and char not in "\ufffe\uffff"


def _products(claim: Claim) -> Section:
    area = SolutionArea(claim.solution_area).label if claim.solution_area else ""
    known = [
        _fact("solution_area", wording.SOLUTION_AREA, area),
        _fact("activity", wording.ACTIVITY, _activities(claim)),
    ]
    if claim.name:
        known.append(_fact("engagement", wording.ENGAGEMENT, claim.name))
    if claim.is_revenue_association:
        known.append(_fact("seller", wording.SELLER, claim.seller_name))
        known.append(_fact("isv_solution", wording.ISV_SOLUTION, claim.isv_solution))
    lines = _lines(claim)
    # A claim without products still leaves room to name one.
    blank = () if lines else (Blank("products", str(wording.PRODUCT)),)
    return Section(2, str(wording.PRODUCTS), facts=tuple(known), table=_table(lines) if lines else None, blanks=blank)


def _activities(claim: Claim) -> str:
    labels = [str(Activity(code).label) for code in claim.activities]
    # Within a list a label is a common noun: "Presales and usage".
    words = [*labels[:1], *(label.lower() for label in labels[1:])]
    return format_list(words, locale=translation.get_language() or "en")


def _lines(claim: Claim) -> list[ClaimLine]:
    """What is still claimed; all lines of a claim that was given up as a whole."""
    lines = list(claim.lines.select_related("product").order_by("id"))
    return [line for line in lines if line.outcome not in GIVEN_UP] or lines


def _table(lines: list[ClaimLine]) -> Table:
    rows = [(_tidy(line.product.name), _subscription(line)) for line in lines]
    if not any(subscription for _name, subscription in rows):
        return Table((str(wording.PRODUCT),), tuple((name,) for name, _subscription in rows))
    return Table((str(wording.PRODUCT), str(wording.SUBSCRIPTION_ID)), tuple(rows))


def _subscription(line: ClaimLine) -> str:
    """The subscription ID as far as the partner may know it.

    One that the portal matched is shown after approval only (domain.md, "Products and subscriptions"); what the
    partner typed is shown as it was typed, since the portal may have found it under its other id.
    """
    if line.outcome == Outcome.ASSOCIATED:
        return str(line.subscription_id or "")
    try:
        return str(read_subscription_id(line.subscription_entered))
    except Malformed:
        return ""


def _work() -> Section:
    return Section(
        3,
        str(wording.WORK),
        paragraphs=_texts(wording.WORK_INTRODUCTION),
        prompts=_texts(wording.PROMPTS),
        blanks=(Blank("work", str(wording.DESCRIPTION), Kind.TEXT),),
    )


def _acknowledgement(claim: Claim) -> Section:
    marked = (str(wording.PUBLIC_SECTOR_TITLE), str(wording.PUBLIC_SECTOR))
    return Section(
        4,
        str(wording.ACKNOWLEDGEMENT),
        paragraphs=(str(wording.CONFIRMED),),
        marked=marked if customer_must_acknowledge(claim) else None,
        closing=_texts((wording.NO_CONTRACT, wording.DATE_LIMIT)),
        blanks=(
            Blank("signer_name", str(wording.NAME)),
            Blank("signer_title", str(wording.JOB_TITLE)),
            Blank("signed_on", str(wording.DATE), hint=str(wording.DATE_HINT)),
            Blank("signature", str(wording.SIGNATURE), Kind.SIGNATURE),
        ),
    )
