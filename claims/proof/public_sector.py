"""The public sector's own acknowledgement (domain.md, "Proof of execution"): that the partner will seek association."""

import re
from collections.abc import Iterator, Sequence

from claims.proof.found import Facts, Found
from claims.proof.texts import SENTENCE_END, Page, Plain, alternatives
from claims.proof.words import Element, Verdict

# English, then Hungarian.
_KNOWS = re.compile(
    r"\b(?:"
    + alternatives(
        """acknowledge, acknowledges, acknowledged, acknowledging, aware, understand, understands, informed, consent,
        consents, agree, agrees, agreed, no objection, approve, approves, confirm, confirms, authorize, authorizes,
        tudomásul veszi, tudomásul vesszük, tudomásul vette, tudomással bír, tudomásunk van, hozzájárul, hozzájárulunk,
        tisztában van, tisztában vagyunk, tudjuk, beleegyezik, egyetért, egyetértünk"""
    )
    + r")\b"
)
_ASSOCIATION = re.compile(
    r"\b(?:"
    + alternatives(
        """partner of record, cpor, be associated with, associated partner, seek association, seek an association,
        claim association, association with, partner association, association as,
        nyilvántartott partner, nyilvántartott partnere, nyilvántartott partnerének, nyilvántartott partnerként,
        társítást kér, társítását kéri, társítási kérelmet, társítás iránt, társítását, társítást, társítsa,
        társítsák"""
    )
    + r")"
)
_BEFORE, _BEHIND = 400, 300


def public_sector_in(pages: Sequence[Page], facts: Facts) -> Iterator[Found]:
    """The sentence in which the customer acknowledges it; looked for only where the claim needs it."""
    if not facts.public_sector:
        return
    for page in pages:
        for view in page.views:
            if span := _acknowledged(view):
                yield Found(Element.PUBLIC_SECTOR, Verdict.HOLDS, page.number, view.quoted(*span))
                break


def _acknowledged(view: Plain) -> tuple[int, int] | None:
    """Where an acknowledging word and the association stand in one sentence."""
    for match in _ASSOCIATION.finditer(view.plain):
        before = view.plain[max(0, match.start() - _BEFORE) : match.start()]
        behind = view.plain[match.end() : match.end() + _BEHIND]
        sentence = SENTENCE_END.split(before)[-1]
        if _KNOWS.search(sentence):
            return match.start() - len(sentence), match.end()
        if found := _KNOWS.search(SENTENCE_END.split(behind)[0]):
            return match.start(), match.end() + found.end()
    return None
