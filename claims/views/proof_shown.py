"""The proof on a claim's pages: the documents with their states, the matrix, how long it is good, what is asked for."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from claims.models import Claim
from claims.permissions import visible_documents
from claims.proof.documents import documents_context, in_work, shown_documents
from claims.proof.freshness import freshness_of
from claims.proof.gaps import gaps_named
from claims.proof.matrix import matrix_of
from claims.shown import ShownComment, ShownLine
from claims.transitions import Act
from claims.words import Status
from cpor_portal.accounts.models import User

ANSWERS = (Act.AMEND, Act.ADD_PROOF, Act.COMMENT)
"""What a firm can do about a request; a reviewer's own comment counts as well and only spares a warning."""


def proof_of(claim: Claim, reader: User, lines: Iterable[ShownLine], word: ShownComment | None) -> dict[str, object]:
    """What the claim's page needs for its proof, with as many queries for ten documents as for one."""
    since, label = _news(claim, lines, word)
    documents = shown_documents(visible_documents(reader, claim), since=since)
    shown: dict[str, object] = {**documents_context(documents), "news_label": label, **asked_of(claim, reader, word)}
    return shown if claim.is_draft else shown | {"freshness": freshness_of(claim, timezone.now())}


def asked_of(claim: Claim, reader: User, word: ShownComment | None) -> dict[str, object]:
    """The matrix, and the cells of it that Microsoft's word names; a draft's matrix stands in the wizard."""
    if claim.is_draft:
        return {}
    matrix = matrix_of(claim, reader)
    return {"matrix": matrix, "named": gaps_named(matrix, word.cells) if word else []}


def answer_of(claim: Claim, reader: User, word: ShownComment | None) -> dict[str, object]:
    """What the page of an answer needs: the cells asked for, and whether anything was done since the request."""
    return {
        **asked_of(claim, reader, word),
        "documents_in_work": sum(in_work(document) for document in visible_documents(reader, claim)),
        "freshness": freshness_of(claim, timezone.now()),
        "is_unchanged": word is not None and not _is_touched(claim, word.at),
    }


def _is_touched(claim: Claim, since: datetime) -> bool:
    """Whether the firm changed a step, a document or a cell, or wrote a comment, after this instant."""
    own = claim.events.filter(at__gt=since, verb__in=ANSWERS)
    return own.exists() or claim.cells.filter(changed_at__gt=since).exists()


def _news(claim: Claim, lines: Iterable[ShownLine], word: ShownComment | None) -> tuple[datetime | None, str]:
    """After which instant a document is news, and what to call it then."""
    if claim.status == Status.PARTNER_ACTION_REQUIRED and word:
        return word.at, _("Added since the request")
    started = [line.since for line in lines if line.since]
    return (min(started), _("Added since the approval")) if started else (None, "")
