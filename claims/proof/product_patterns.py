"""How the names of one product stand in text: the patterns by which it is sought."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from claims.proof import product_words as words
from claims.proof.found import ProductNames
from claims.proof.names import SUFFIX
from claims.proof.texts import alternatives, fold

_BEFORE = r"(?<![\w@.])"
_AFTER = SUFFIX + r"(?!\w|\.(?:com|microsoft|office|us|de|cn|live|net|org)\b)"
_BETWEEN = r"[\s-]{0,4}"
_WORD = re.compile(r"\w+")
_PLAN = re.compile(r"p([12])")
DYNAMICS_HEAD = rf"(?:{alternatives(words.DYNAMICS)})"
"""What stands for the family of Dynamics 365."""
_HEAD_OF_NAME = re.compile(rf"(?:{DYNAMICS_HEAD})(?:\s+for)?\s+(?=\w)")
_QUALIFIED = rf"(?:\s+(?:{alternatives(words.QUALIFIERS)}))?"
_DELIMITER = r"(?:[\s,;/+&|•·*-]|\b(?:and|es|und|or|vagy|valamint|illetve|for|module|modul)\b){1,12}"


def set_of(table: str) -> frozenset[str]:
    """The names of a table in `product_words`, plain."""
    return frozenset(fold(" ".join(name.split())) for name in table.split(","))


_ITEMS_OF_DYNAMICS = set_of(words.DYNAMICS_ITEMS)


@dataclass(frozen=True)
class Sought:
    """One product: its plain names, and the pattern in which any of them stands."""

    code: str
    pattern: re.Pattern[str]
    keys: tuple[str, ...]
    listed: tuple[re.Pattern[str], re.Pattern[str]] | None


def sought_as(product: ProductNames) -> Sought | None:
    """How `product` is sought; None where none of its names has a letter or a digit."""
    names = sorted({_HEAD_OF_NAME.sub("", _tidy(name)) for name in product.names} - {""})
    names = [name for name in names if _WORD.search(name)]
    if not names:
        return None
    longest_first = sorted(names, key=lambda name: (-len(name), name))
    pattern = re.compile(_BEFORE + "(?P<name>" + "|".join(map(_pattern, longest_first)) + ")" + _AFTER)
    keys = tuple(sorted({_key(name) for name in names}))
    return Sought(product.code, pattern, keys, _listed(names))


def _key(name: str) -> str:
    """A part that each spelling of the name has: pages without any are not searched."""
    usual = {"premium", "microsoft", "active", "directory", "office"}
    tokens = [token for token in _WORD.findall(name) if token not in usual] or _WORD.findall(name)
    return max(tokens, key=len) if not _PLAN.fullmatch(tokens[-1]) else "a" if "active" in name else tokens[0]


def _tidy(name: str) -> str:
    return " ".join(fold(name).split())


def _pattern(name: str) -> str:
    """How a name may be spelt: blanks, hyphens or ends of lines between its words, or nothing at all."""
    tokens = _WORD.findall(name)
    plan = _PLAN.fullmatch(tokens[-1])
    if plan is None or len(tokens) < 2:
        return _BETWEEN.join(map(re.escape, tokens))
    # "Entra ID P2", "Entra ID Plan 2", "Azure AD Premium P1 and P2", "Entra ID P1/P2"
    stem = _BETWEEN.join(re.escape(word) for word in tokens[:-1] if word != "premium")
    if "active" in tokens:
        stem = rf"(?:{stem}|azure{_BETWEEN}ad|aad)"
    other = r"(?:p\s?[12][\s,/&+]{1,3}(?:(?:and|es|und|or)\s{1,3})?)?"
    return rf"{stem}{_BETWEEN}(?:premium{_BETWEEN})?(?:plan\s{{0,2}})?{other}(?:plan\s{{0,2}}|p\s?){plan[1]}"


def _listed(names: Sequence[str]) -> tuple[re.Pattern[str], re.Pattern[str]] | None:
    """Patterns of "head item, item and item": of the whole list, and of one's own items inside it."""
    lists = (
        (DYNAMICS_HEAD, _ITEMS_OF_DYNAMICS),
        (r"defender(?:\s+for)?", set_of(words.DEFENDER_ITEMS)),
        (r"power", set_of(words.POWER_ITEMS)),
        (r"teams", set_of(words.TEAMS_ITEMS)),
    )
    for head, items in lists:
        bare = re.compile(rf"^(?:microsoft |ms )?{head}\s+")
        own = {bare.sub("", name) for name in names} & items
        if own:
            own |= {"finance and operations", "finance & operations"} if "finance" in own else set()
            every = alternatives(",".join(items))
            again = rf"(?:{head}(?:\s+for)?\s+)?"
            item = rf"{again}(?:{every})\b(?:-\w{{1,4}})?{_QUALIFIED}"
            whole = rf"\b(?:{head})(?:\s+for\s+|\s*[:(]\s*|\s+){item}(?:{_DELIMITER}{item})*"
            return re.compile(whole), re.compile(rf"\b(?:{alternatives(','.join(own))})\b")
    return None
