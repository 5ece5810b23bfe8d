"""Whether a paper names something only to say that it is left out: "does not cover SharePoint, Teams or Exchange".

Said before it ("excluding Teams", "nem terjed ki a Teamsre"), behind it ("Teams is out of scope", "a Teams
kivételével"), in the heading of a list, or by a box that is not ticked. The reach of an exclusion ends with its clause.
"""

import re

from claims.proof.texts import alternatives

_BOX_UNTICKED = re.compile(r"(?:[☐□❏❑○]|\[ ?\]|\( \))\s?$")
# English, then Hungarian.
_DO = alternatives(
    """cover, covering, include, including, extend to, apply to, concern, comprise, contain, encompass, involve, touch,
    affect, introduce, deploy, migrate, install, implement, configure, set up, roll out, deliver, provide, support,
    use, work on"""
)
_DO_HU = (
    r"terjed(?:nek|t|tek)?\s+ki|tartalmaz\w*|foglal\w*\s+magaban|vonatkoz\w+|erint\w*|fedi?k?\s+le"
    r"|(?:vezet|allit|uzemel)\w*\s+be|telepit\w+|koltoztet\w+|migral\w+|szallit\w+"
)
_EXCLUDES = re.compile(
    rf"\b(?:not|(?:do|does|did|wo)n't)\s+(?:{_DO})\b(?!\s+(?:only|just|merely)\b)"
    r"|(?<!not\s)\bexclud(?:e|es|ing)\b|\bexcept(?:ing)?\b|\bwith\s+the\s+exception\s+of\b"
    r"|\bno\s+(?:work|services?)\b[^.,;:]{0,30}\b(?:on|for|in|to|with)\b"
    rf"|\bnem\s+(?:{_DO_HU})(?!\s+(?:csak|csupan|kizarolag)\b)|\bkiveve\b"
    r"|\bnem\s+(?:resze|targya)i?\s+(?:(?:az?|jelen|ennek)\s+){0,2}\w+n[ae]k\b"
    r"|\bnem\s+tartoz(?:ik|nak)\s+(?:bele|ide|(?:az?|jelen)\s+\w+(?:hoz|hez|b[ae]))\b"
)
_LEFT_OUT = (
    r"(?:out\s+of\s+scope|not\s+in\s+scope|not\s+included|not\s+covered|not\s+part\s+of|excluded|exclusions?"
    r"|hatokoron\s+kivul|kizarasok|kizarva|nem\s+(?:resze|targya|tartalma)i?)"
)
_ANNOUNCES = re.compile(rf"\b{_LEFT_OUT}\b[^.,;:|\t]{{0,40}}?(?:[:(|\t]|\s-|\s(?:is|are)\b)")
_HEADING = re.compile(rf"^\W*(?:\d[\d.]*\s+)?{_LEFT_OUT}\b[^.,;:]{{0,30}}:?$")
_GOES_ON = re.compile(r"\b(?:is|are|was|were|has|have|had|will|shall|we|they)\b")
_CLAUSE_END = re.compile(
    r"[.!?]\s|;|\n\s*\n|\n(?=\s*(?:[•·*–-]|\d{1,2}[.)])\s)|\n(?=[^\n:|\t]{1,30}[:|\t])"
    r"|\b(?:but|however|instead|whereas|while|hanem|viszont|azonban|ellenben|csupan|csak)\b|,\s(?:only|de)\b"
)
_THAT = re.compile(r"\b(?:that|hogy)\b")
_COMMA = re.compile(r"[,/&]|\b(?:and|or|nor|es|vagy|valamint|illetve)\b")
_ITEM = r"\s*(?:(?:the|az?|or|and|es)\s+){0,2}[\w.+-]+(?:\s[\w.+-]+){0,2}?"
_LAST = r"(?:\band|\bor|\bnor|\bes|\bvagy|\bvalamint|\billetve|/|&)"
_ALSO = rf"^\w{{0,6}}(?:\s(?!(?:and|or|es)\b)[\w-]+)?(?:(?:\s*,{_ITEM}){{0,6}}?\s*,?\s*{_LAST}{_ITEM})?"
_BEHIND = re.compile(
    _ALSO + r"\s*[(:|\t-]?\s*\b(?:excluded|excepted|not\s+(?:included|covered|in\s+scope|part\s+of)|out\s+of\s+scope"
    r"|kivetelevel|kiveve|kizarva|(?:(?:az?|jelen)\s+\w+\s+)?nem\s+(?:terjed\w*\s+ki|vonatkoz\w+|erint\w*))\b"
)
_BE = r"(?:is|are|was|were|will\s+be|shall\s+be|ha(?:s|ve)\s+been|remains?|remained)"
_NOT_DONE = r"(?:migrated|introduced|deployed|installed|implemented|configured|delivered|provided|touched|affected)"
_PREDICATE = re.compile(
    _ALSO + rf"\s+(?:{_BE}\s+(?:hereby\s+|expressly\s+)?(?:not\s+(?:included|covered|in\s+scope|part\s+of|within"
    rf"|{_NOT_DONE})|out\s+of\s+scope|outside|excluded)"
    r"|ha(?:s|ve)\s+not\s+been\s|(?:do(?:es)?|did|will|shall)\s+not\s+(?:form\s+part|belong|fall)"
    r"|(?:remain|stay)(?:s|ed)?\s+with\b|(?:is|are|will\s+be)\s+(?:provided|delivered|handled|done)\s+by\s+(?:an)?other\b"
    r"|nem\s+(?:resze|targya|tartoz|kepez)|kivul\s+es|(?:egy\s+)?masi?k?\s+(?:szallito|partner))"
)
_BULLET = re.compile(r"^\s*(?:[•·*–-]|\d{1,2}[.)])\s")
_ITEM_START = re.compile(r"^[\s•·*–.)\d-]*(?:[\w-]+,?\s+){0,3}$")
_REACH, _REACH_OF_HEADING, _BEHIND_IT = 220, 500, 160
_MOST_ITEMS = 8
_WORDS_OF_ITEM = 3


def is_left_out(plain: str, start: int, end: int) -> bool:
    """Whether what stands from `start` to `end` is named only as something that is not part of it."""
    line = plain[max(0, start - 150) : start].rpartition("\n")[2]
    if _BOX_UNTICKED.search(line) or _is_listed_as_left_out(plain, start):
        return True
    clause = _clause_before(plain[max(0, start - _REACH) : start])
    if _is_excluded_by(clause):
        return True
    behind = _CLAUSE_END.split(plain[end : end + _BEHIND_IT], maxsplit=1)[0]
    return bool(_BEHIND.match(behind) or (_is_subject(clause) and _PREDICATE.match(behind)))


def _clause_before(text: str) -> str:
    return _CLAUSE_END.split(text)[-1]


def _is_excluded_by(clause: str) -> bool:
    """Whether words of the clause exclude what comes right behind it, and nothing ends their reach."""
    found = [match for pattern in (_EXCLUDES, _ANNOUNCES) for match in pattern.finditer(clause)]
    if not found:
        return False
    last = max(found, key=lambda match: match.end())
    between = clause[last.end() :]
    return not _GOES_ON.search(between) and between.count(")") <= between.count("(")


def _is_subject(clause: str) -> bool:
    """Whether nothing stands before it in its clause but other items of a list: it is what the clause tells of."""
    items = _COMMA.split(_THAT.split(clause)[-1])
    return all(len(item.split()) <= _WORDS_OF_ITEM for item in items)


def _is_listed_as_left_out(plain: str, start: int) -> bool:
    """Whether it is an item of a list below "Out of scope"."""
    *above, own = plain[max(0, start - _REACH_OF_HEADING) : start].split("\n")
    if not _ITEM_START.match(own):
        return False
    for line in [each for each in reversed(above) if each.strip()][:_MOST_ITEMS]:
        if _HEADING.match(line.strip()):
            return True
        if line.rstrip().endswith(":"):
            return bool(_EXCLUDES.search(line) or _ANNOUNCES.search(line))
        if not (_BULLET.match(own) and _BULLET.match(line)):
            return False
    return False
