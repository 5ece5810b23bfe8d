"""Papers as people write them: plain texts with the little markup of `letters/`.

A line of `=====` begins a page; `# ` a heading, `> ` a line set to the right, `| ` a row of a table; `^^ ` and `__ ` at
the top are the running header and footer ({page} and {pages} in them). What cannot be seen in an editor is written by
name: <nbsp>, <nbhy> (non-breaking hyphen), <shy> (soft hyphen), <fi>, <fl>.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path

LETTERS = Path(__file__).parent / "letters"
UNSEEN = {"<nbsp>": "\u00a0", "<nbhy>": "\u2011", "<shy>": "\u00ad", "<fi>": "\ufb01", "<fl>": "\ufb02"}


@dataclass(frozen=True)
class Block:
    """Lines that belong together: a heading, a paragraph, lines set to the right, or the rows of a table."""

    kind: str  # heading, text, right, table
    lines: tuple[str, ...]

    @property
    def rows(self) -> list[list[str]]:
        """The cells of a table, row by row."""
        return [[cell.strip() for cell in line.strip("| ").split("|")] for line in self.lines]


@dataclass(frozen=True)
class Paper:
    """A paper of one or more pages, not yet in any format."""

    text: str

    @property
    def header(self) -> str:
        """What stands at the top of each page, or nothing."""
        return self._running("^^ ")

    @property
    def footer(self) -> str:
        """What stands at the foot of each page, or nothing."""
        return self._running("__ ")

    @property
    def pages(self) -> list[list[Block]]:
        """The blocks of each page."""
        body = [line for line in self.text.splitlines() if not line.startswith(("^^ ", "__ "))]
        pages = "\n".join(body).split("\n=====\n")
        return [list(_blocks(page)) for page in pages]

    def but(self, old: str, new: str) -> "Paper":
        """The same paper with other words in one place; the words must be there."""
        assert old in self.text, f"not in the paper: {old}"
        return replace(self, text=self.text.replace(old, _seen(new)))

    def _running(self, mark: str) -> str:
        return next((line.removeprefix(mark) for line in self.text.splitlines() if line.startswith(mark)), "")


def paper(text: str) -> Paper:
    """A paper of that text, with what cannot be seen put in."""
    return Paper(_seen(text).strip("\n"))


@cache
def letter(name: str) -> Paper:
    """The paper of that name in `letters/`."""
    return paper((LETTERS / f"{name}.txt").read_text())


def _seen(text: str) -> str:
    for name, sign in UNSEEN.items():
        text = text.replace(name, sign)
    return text


def _blocks(page: str) -> Iterator[Block]:
    for kind, lines in groupby(page.splitlines(), key=_kind):
        if kind != "blank":
            yield Block(kind, tuple(line.removeprefix("# ").removeprefix("> ") for line in lines))


def _kind(line: str) -> str:
    marks = {"#": "heading", ">": "right", "|": "table"}
    return marks.get(line[:1], "text") if line.strip() else "blank"
