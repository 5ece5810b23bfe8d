"""Whether what the partner did is described (domain.md, "Proof of execution").

A section with such a heading holds when something of length about work is written in it; without a heading, sentences
and lists that tell of work. The template's own sentences and prompts are no description, neither are lines to write
on: EMPTY. Whether the work was done or is promised is for a reviewer to judge: contracts describe it in the future.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from claims.proof import work_words as words
from claims.proof.boilerplate import GAP, without_template
from claims.proof.found import Facts, Found
from claims.proof.layout import is_filled
from claims.proof.texts import SENTENCE_END, Page, alternatives
from claims.proof.words import Element, Verdict

_NUMBER = r"(?:(?:section|article|§)?\s?\d{1,2}(?:\.\d{1,2})*[.):]?\s+|[ivx]{1,4}\.\s+|[a-h][.)]\s+)?"
_HEADING = re.compile(
    rf"(?:\n[^\w\n]{{0,6}}|\.\s|\t|\|\s?){_NUMBER}(?:the\s+|az?\s+)?(?:{alternatives(words.HEADINGS)})(?:\s\([^()\n]{{0,60}}\))?"
    r"[^\S\n]{0,3}(?::|[.–-](?=\s)|\t|\||$)",
    re.MULTILINE,
)
_OTHER_HEADING = re.compile(
    rf"^[^\w\n]{{0,6}}{_NUMBER}(?:{alternatives(words.OTHER_HEADINGS)})\b.{{0,40}}$", re.MULTILINE
)
# Hungarian endings, plain: "telepítette", "beállították", "oktatjuk", "telepítve"; "telepítését", "oktatással".
_HU_VERB = rf"(?:{alternatives(words.STEMS_HU)})(?:[oe]?tt?(?:a|e|ak|ek|uk)|v[ae]|j?[ai]|jak|ik|juk)"
_HU_NOUN = rf"(?:(?:{alternatives(words.STEMS_HU)})[ae]s|{alternatives(words.NOUNS_HU)})\w{{0,9}}"
_DOING = rf"(?:{alternatives(words.CONCRETE)}|{_HU_VERB})"
_NAMED = rf"(?:{alternatives(words.NOUNS)}|{_HU_NOUN})"
_CONCRETE = re.compile(rf"\b{_DOING}\b")
_NOUN = re.compile(rf"\b(?P<noun>{_NAMED})\b(?P<what>\s+(?:of|to|for|in|at|on|with)\b)?")
_HINT = re.compile(rf"\W(?:{_DOING}|{_NAMED})\b")
_VAGUE = re.compile(rf"\b(?:{alternatives(words.VAGUE)})\b")
# The template's line with what the partner called the engagement, "Adoption at Contoso" or so: a name tells of no work.
_NAME_OF_ENGAGEMENT = re.compile(r"^[^\w\n]{0,9}(?:name of the engagement|a megbizas neve)\b[^\n]{0,250}", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]{2,}")
_BLANK_LINE = re.compile(r"\n\s*\n")
_LONGEST_SECTION = 3_000
_AROUND = 350
_WORDS_OF_SECTION, _WORDS_OF_SENTENCE = 8, 7
_MOST_HINTS = 60
_MOST_PAGES = 20
Span = tuple[int, int]


def work_in(pages: Sequence[Page], facts: Facts) -> Iterator[Found]:
    """The description of the work on each page that has one; a place for it that is empty where no page has."""
    empty: list[Found] = []
    held = 0
    for page in pages:
        if held >= _MOST_PAGES:
            return
        own = _NAME_OF_ENGAGEMENT.sub(lambda name: GAP * len(name[0]), without_template(page.first.plain))
        headings = list(_spans(_HEADING, own))
        if span := _described(own, headings):
            held += 1
            yield Found(Element.WORK, Verdict.HOLDS, page.number, page.first.quoted(*span, around=20, before=0))
        elif span := _empty_heading(page.first.plain, own, headings):
            empty.append(Found(Element.WORK, Verdict.EMPTY, page.number, page.first.quoted(*span, before=0)))
    if empty and not held:
        yield empty[0]


def _described(own: str, headings: Sequence[Span]) -> Span | None:
    """Where the page tells of work: in a section of its own, or in sentences."""
    for start, behind in headings:
        end = _end_of_section(own, behind)
        text = _written(own[behind:end])
        if len(_WORD.findall(text)) >= _WORDS_OF_SECTION and (any(_spans(_HINT, text)) or _VAGUE.search(text)):
            return _first_word(own, start), min(end, behind + 200)
    return _told(own)


def _empty_heading(plain: str, own: str, headings: Sequence[Span]) -> Span | None:
    """A heading for the work, the template's own too, with nothing of length below it."""
    for start, behind in headings if own == plain else _spans(_HEADING, plain):
        end = _end_of_section(plain, behind)
        if len(_WORD.findall(_written(own[behind:end]))) < _WORDS_OF_SECTION:
            return start, behind
    return None


def _spans(pattern: re.Pattern[str], text: str) -> Iterator[Span]:
    """Where the first headings or hints stand.

    Their patterns begin with the character before, so that a search goes from line to line or from word to word and
    not from letter to letter; before the first line stands its end.
    """
    for match in islice(pattern.finditer(f"\n{text}"), _MOST_HINTS):
        yield match.start(), match.end() - 1


def _end_of_section(plain: str, start: int) -> int:
    """The next heading of something else, or the end of the page."""
    following = _OTHER_HEADING.search(plain, plain.find("\n", start) + 1 or len(plain), start + _LONGEST_SECTION)
    return following.start() if following else min(len(plain), start + _LONGEST_SECTION)


def _written(text: str) -> str:
    """What is written there: no lines to write on."""
    return "\n".join(line for line in text.split("\n") if is_filled(line))


def _told(own: str) -> Span | None:
    """The first sentence or list that tells of work."""
    reached = 0
    for hint in _spans(_HINT, own):
        if hint[0] < reached:
            continue
        start, reached = _sentence(own, *hint)
        sentence = own[start:reached]
        if len(_WORD.findall(sentence)) >= _WORDS_OF_SENTENCE and _tells(sentence):
            return _first_word(own, own.rfind(GAP, start, hint[0]) + 1 or start), reached
    return None


def _first_word(own: str, start: int) -> int:
    """Where the author's words begin, behind blanks and what the template says."""
    return len(own) - len(own[start:].lstrip())


def _sentence(own: str, start: int, end: int) -> Span:
    before = own[max(0, start - _AROUND) : start]
    ends = [match.end() for pattern in (SENTENCE_END, _BLANK_LINE) for match in pattern.finditer(before)]
    behind = own[end : end + _AROUND]
    found = [match.start() + 1 for pattern in (SENTENCE_END, _BLANK_LINE) if (match := pattern.search(behind))]
    return start - len(before) + max(ends, default=0), end + min(found, default=len(behind))


def _tells(sentence: str) -> bool:
    """A verb of doing; a noun of work with its object ("migration of 412 mailboxes"); or two such nouns."""
    if _CONCRETE.search(sentence):
        return True
    nouns = list(_NOUN.finditer(sentence))
    return (
        len({noun["noun"] for noun in nouns}) > 1
        or any(noun["what"] for noun in nouns)
        or (bool(nouns) and _VAGUE.search(sentence) is not None)
    )
