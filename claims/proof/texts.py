"""The text of a page made comparable, with the way back to the words as they stand there.

People paste, print and scan: the same words come in many characters. Searching is done in the *plain* form (no case, no
accents, one kind of blank, dash and quote, no ligatures, no invisible characters), quoting in the text as it was read.
"""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

MOST_WORDS = 300
"""Characters of a quotation: the length of the column that keeps it."""

_DASHES = frozenset("\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d")
_SINGLE_QUOTES = frozenset("\u2018\u2019\u201a\u201b\u2032\u00b4`")
_DOUBLE_QUOTES = frozenset("\u201c\u201d\u201e\u201f\u2033«»")
_LINE_ENDS = frozenset("\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
# Letters that Unicode does not take apart, as people write them without their marks.
_BARE = {"ł": "l", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "æ": "ae", "œ": "oe", "ħ": "h", "ŧ": "t"}
# "docu-" at the end of a line and "ment" on the next; a soft hyphen is one too.
_BROKEN_WORD = re.compile(r"[-\u2010\u00ad](?<=[^\W\d_].)[ \t]?\r?\n[ \t]{0,8}(?=[^\W\d_])")
SENTENCE_END = re.compile(
    r"(?<!\binc)(?<!\bltd)(?<!\bllc)(?<!\bkft)(?<!\bzrt)(?<!\bnyrt)(?<!\bbt)(?<!\bco)(?<!\bcorp)(?<!\bdr)(?<!\bmr)(?<!\bms)"
    r"(?<!\bmrs)(?<!\bno)(?<!\b\w)[.!?]\s"
)
"""A full stop that ends a sentence in plain text: not behind a legal form, a title or a single letter."""
_BLANKS = re.compile(r"\s+")


class _Folding(dict[int, str]):
    """What each character becomes; worked out once for each that occurs."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = _folded(chr(code))
        return folded


def _folded(char: str) -> str:
    for kind, plain in ((_LINE_ENDS, "\n"), (_DASHES, "-"), (_SINGLE_QUOTES, "'"), (_DOUBLE_QUOTES, '"')):
        if char in kind:
            return plain
    if char == "\t":
        return char
    category = unicodedata.category(char)
    if category == "Cf":
        return ""
    if category in ("Zs", "Cc"):
        return " "
    apart = unicodedata.normalize("NFKD", char.casefold())
    bare = "".join(_BARE.get(c, c) for c in apart if not unicodedata.combining(c))
    return bare.casefold()


_FOLDING = _Folding()


def fold(text: str) -> str:
    """`text` in the plain form in which pages are searched."""
    return unicodedata.normalize("NFC", text).translate(_FOLDING)


@dataclass(frozen=True)
class Plain:
    """A text in both forms: `text` as it was read, `plain` for searching. Positions are those of `plain`."""

    text: str
    plain: str

    @cached_property
    def _is_even(self) -> bool:
        """Whether each character of `text` is one of `plain`."""
        return all(len(_FOLDING[ord(char)]) == 1 for char in set(self.text))

    @cached_property
    def _ends(self) -> list[int]:
        """Where each character of `text` ends in `plain`."""
        return list(accumulate(len(_FOLDING[ord(char)]) for char in self.text))

    def _at(self, position: int) -> int:
        if self._is_even:
            return position
        return min(bisect_right(self._ends, position), len(self.text))

    def words(self, start: int, end: int) -> str:
        """The very words between two positions, as they stand in the text."""
        return self.text[self._at(start) : self._at(end - 1) + 1] if end > start else ""

    def quoted(self, start: int, end: int, around: int = 60, *, before: int | None = None) -> str:
        """The words found with a little of what stands around them, in one line of at most 300 characters.

        `before`: how many characters of what stands before them, where it is not as many as behind them.
        """
        lead = around if before is None else before
        first, last = self._at(start), self._at(max(end - 1, start)) + 1
        above = self.text[max(0, first - lead) : first]
        if first > lead:
            above = above.partition(" ")[2] if " " in above else ""
        after = self.text[last : last + around]
        if last + around < len(self.text):
            after = after.rpartition(" ")[0]
        found = self.text[first:last][:MOST_WORDS]
        quote = _BLANKS.sub(" ", above + found + after).strip()
        return quote if len(quote) <= MOST_WORDS else _BLANKS.sub(" ", found).strip()[:MOST_WORDS]


@dataclass(frozen=True)
class Page:
    """One page: its number, its text as it stands, and where words are broken over lines, with them whole as well."""

    number: int
    views: tuple[Plain, ...]

    @property
    def first(self) -> Plain:
        """The text as it stands; lines are lines here."""
        return self.views[0]


def plain_of(text: str) -> Plain:
    """`text` in both forms. Canonically equal texts are one."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return Plain(composed, composed.translate(_FOLDING))


def page_of(number: int, text: str) -> Page:
    """A page ready to be searched."""
    whole = _BROKEN_WORD.sub("", text)
    views = (plain_of(text),) if whole == text else (plain_of(text), plain_of(whole))
    return Page(number, views)


def behind_none(before: str, expression: str) -> str:
    """The regular expression for `expression` with none of `before` (one character) right before it.

    `expression` begins with an ordinary character. That comes first in what is returned: a search goes from one such
    character to the next, where it would else try each place of a page.
    """
    first, rest = expression[0], expression[1:]
    return rf"{first}(?<!{before}{first}){rest}"


def alternatives(words: str) -> str:
    """A regular expression for any of `words` (separated by commas), plain, the longest first.

    A blank in them stands for any blanks, an end of a line among them. What several words begin with is written once,
    since a long list is else tried word by word at each letter of a page.
    """
    tree = _Tree()
    for word in {fold(" ".join(word.split())) for word in words.split(",")} - {""}:
        tree.add(word)
    return "|".join(tree.branches())


class _Tree(dict[str, "_Tree"]):
    """Words by their letters."""

    is_word = False

    def add(self, word: str) -> None:
        branch = self
        for char in word:
            branch = branch.setdefault(char, _Tree())
        branch.is_word = True

    def branches(self) -> list[str]:
        """What each of the words goes on with."""
        return [_escaped(char) + self[char]._rest() for char in sorted(self)]

    def _rest(self) -> str:
        branches = self.branches()
        if len(branches) == 1 and not self.is_word:
            return branches[0]
        return (f"(?:{'|'.join(branches)})" + "?" * self.is_word) if branches else ""


def _escaped(char: str) -> str:
    return r"\s+" if char == " " else char if char == "-" else re.escape(char)
