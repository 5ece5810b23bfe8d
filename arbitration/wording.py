"""Words for the reasons of a decision: drafts of their texts, and which of them somebody has edited."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

from arbitration.cells import named
from arbitration.drafting import drafts
from claims.models import Claim, ClaimLine
from claims.proof.matrix import MatrixView
from claims.proof.words import REASON_OF, Column
from claims.words import REVIEWER_REASONS


@dataclass(frozen=True)
class Words:
    """The reasons of a part in the order of domain.md, and a draft for each that has words of its own."""

    reasons: list[str]
    texts: dict[str, str]

    @property
    def marks(self) -> dict[str, str]:
        """The mark of each draft."""
        return {reason: mark_of(text) for reason, text in self.texts.items()}


def words_of(
    claim: Claim,
    matrix: MatrixView,
    lines: Sequence[ClaimLine],
    reasons: Collection[str],
    keys: Collection[str],
    *,
    product_count: int,
) -> Words:
    """What `reasons` and the cells `keys` of `lines` come to, drafted in the language of whoever submitted.

    `product_count` is how many products of the claim are undecided. Raises Refused as `arbitration.cells.named` does.
    """
    given, cells = named(matrix, lines, reasons, keys)
    return Words(given, drafts(claim, cells, given, product_count))


def mark_of(text: str) -> str:
    """What tells a draft that nobody has edited from a text of one's own, however browsers break its lines."""
    return sha256(" ".join(text.split()).encode()).hexdigest()[:16]


def is_untouched(text: str, mark: str) -> bool:
    """Whether nobody has worded this yet: an empty field, or a draft as it was written.

    An empty field with a mark was emptied by hand, and stays so.
    """
    return mark_of(text) == mark if mark else not text.strip()


def reasons_with(given: Iterable[str], keys: Iterable[str]) -> list[str]:
    """The reasons with those that the cells `keys` bring along, in the order of domain.md; unknown ones last."""
    columns = [key.partition(":")[2] for key in keys]
    brought = {str(REASON_OF[Column(column)].value) for column in columns if column in Column.values}
    reasons = {*given, *brought}
    known = [str(reason.value) for reason in REVIEWER_REASONS if reason in reasons]
    return [*known, *sorted(reasons - set(known))]
