"""How alike the texts of two documents are, for a reviewer's hint (docs/decisions/alike-texts.md).

MinHash over what the author wrote: the claim's facts, numbers, dates and the template's own sentences are left out,
so that the same letter for another customer is the same, and two letters made from the template are not.
"""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from hashlib import blake2b
from heapq import nsmallest
from struct import Struct
from zlib import crc32

from claims.proof.boilerplate import without_template
from claims.proof.found import Facts
from claims.proof.names import core_of, pattern_of
from claims.proof.texts import fold

NUMBERS = 64
BANDS = 16
SHINGLE = 3
FEWEST_WORDS = 40
"""Under so many words of the author's own there is too little to compare."""
MOST_SHINGLES = 2_000
"""Of a long text those with the smallest hashes stand for all: the same ones in any text that shares them."""

_PRIME = (1 << 61) - 1
_PACKED = Struct(f">{NUMBERS}I")
_WORD = re.compile(r"[^\W\d_]{2,}")
_ADDRESS = re.compile(r"(?<!\S)\S{0,200}?(?:@|://|www\.)\S*|(?<![\w-])[\w-]{1,63}(?:\.[a-z][\w-]{1,63})+")


def signature_of(pages: Iterable[str], facts: Facts) -> bytes | None:
    """64 numbers of four bytes that stand for the text; None where too little of it is the author's own."""
    encoded = _Encoded()
    words = [encoded[word] for word in _own_words(pages, facts)]
    if len(words) < FEWEST_WORDS:
        return None
    hashes = {_hash(b" ".join(words[start : start + SHINGLE])) for start in range(len(words) - SHINGLE + 1)}
    sample = nsmallest(MOST_SHINGLES, hashes)
    return _PACKED.pack(*(min((a * value + b) % _PRIME & 0xFFFFFFFF for value in sample) for a, b in _mixers()))


def bands_of(signature: bytes) -> list[int]:
    """Sixteen values (signed, 64 bit): texts that share one in the same place are worth comparing."""
    width = len(signature) // BANDS
    return [
        int.from_bytes(blake2b(signature[at : at + width], digest_size=8).digest(), "big", signed=True)
        for at in range(0, width * BANDS, width)
    ]


def likeness(a: bytes, b: bytes) -> float:
    """The share of word groups that two texts have in common, 0 to 1, as their signatures tell it."""
    pairs = zip(_PACKED.unpack(a), _PACKED.unpack(b), strict=True)
    return len([one for one, other in pairs if one == other]) / NUMBERS


class _Encoded(dict[str, bytes]):
    """Each word as bytes, and only once: a long text says the same words thousands of times."""

    def __missing__(self, word: str) -> bytes:
        self[word] = encoded = word.encode()
        return encoded


def _hash(shingle: bytes) -> int:
    """A fixed hash: Python's own changes with each process."""
    return crc32(shingle) << 29 ^ crc32(shingle, 0x9E3779B9)


@cache
def _mixers() -> tuple[tuple[int, int], ...]:
    """Sixty-four fixed ways to reorder hashes."""

    def number(name: str) -> int:
        return int.from_bytes(blake2b(name.encode(), digest_size=8).digest(), "big") % (_PRIME - 1) + 1

    return tuple((number(f"a{index}"), number(f"b{index}")) for index in range(NUMBERS))


def _own_words(pages: Iterable[str], facts: Facts) -> Iterator[str]:
    """The words that the author wrote, in their order. Page by page: a long text is never held twice."""
    names = [pattern for pattern in (pattern_of(facts.customer), pattern_of(facts.partner)) if pattern]
    left_out = set(_words_of_facts(facts))
    for page in pages:
        plain = without_template(fold(page))
        for pattern in names:
            plain = pattern.sub(" ", plain)
        yield from (word for word in _WORD.findall(_ADDRESS.sub(" ", plain)) if word not in left_out)


def _words_of_facts(facts: Facts) -> Iterator[str]:
    for name in (facts.customer, facts.partner, *(name for product in facts.products for name in product.names)):
        yield from _WORD.findall(core_of(name))
    yield from (part for part in re.split(r"\W", facts.tenant_id.hex) if part)
    yield from _MONTHS


_MONTHS = frozenset(
    fold(
        """january february march april may june july august september october november december jan feb mar apr jun
        jul aug sept sep oct nov dec január február március április május június július augusztus szeptember október
        november"""
    ).split()
)
