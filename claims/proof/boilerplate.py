"""The template's own sentences in a text: what they say, the author of the document did not."""

import re
from functools import cache

from claims.proof.template import boilerplate
from claims.proof.texts import fold

_LONG = 30
GAP = "\x1f"
"""Stands for each character of the template's: a blank that no plain text has otherwise."""
_WORD = re.compile(r"\w+")


def without_template(plain: str) -> str:
    """`plain` with blanks where the template's sentences and labels stand, wherever their lines break.

    Of the same length, so that positions stay. Labels ("Name", "The products") go as whole lines only, since people
    use those words too.
    """
    words, sentences, labels = _patterns()
    if any(all(word in plain for word in each) for each in words):
        plain = sentences.sub(_blank, plain)
    return labels.sub(_blank, f"\n{plain}")[1:]


def _blank(match: re.Match[str]) -> str:
    return re.sub(r"[^\n]", GAP, match[0])


@cache
def _patterns() -> tuple[list[list[str]], re.Pattern[str], re.Pattern[str]]:
    """The words of each sentence, the longest first, without which it does not stand there; the sentences; and the
    labels, each behind the end of a line."""
    every = {fold(sentence) for language in ("en", "hu") for sentence in boilerplate(language)}
    longest_first = sorted(every, key=lambda sentence: (-len(sentence), sentence))
    spelt = {sentence: r"\W+".join(map(re.escape, _WORD.findall(sentence))) for sentence in longest_first}
    sentences = "|".join(spelt[sentence] for sentence in longest_first if len(sentence) > _LONG)
    labels = "|".join(spelt[sentence] for sentence in longest_first if 1 < len(sentence) <= _LONG and spelt[sentence])
    number = r"(?:section[ ]+)?(?:\d[.):]?)?"
    words = [sorted(_WORD.findall(each), key=len, reverse=True) for each in longest_first if len(each) > _LONG]
    return (
        words,
        re.compile(rf"\b(?:{sentences})\b[.:]?"),
        re.compile(rf"\n[^\w\n]{{0,9}}{number}[^\w\n]{{0,9}}(?:{labels})[^\w\n]{{0,99}}(?::|$)", re.MULTILINE),
    )
