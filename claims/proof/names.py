"""Names of firms in running text: with or without the legal form, with or without accents, over the ends of lines."""

import re
from collections.abc import Iterator, Sequence

from claims.proof.found import Facts, Found
from claims.proof.texts import Page, Plain, alternatives, behind_none, fold
from claims.proof.words import Element, Verdict

# Legal forms by language; they are no part of what a firm is called by.
_FORMS = alternatives(
    # English
    """ltd, limited, plc, llc, l.l.c., inc, incorporated, corp, corporation, co, company, llp, lp, pty ltd, pty, pte
    ltd, pte, public limited company, cic"""
    # German, Dutch, the Nordic languages
    """, gmbh, gmbh & co. kg, gmbh & co kg, ag, kg, ohg, e.v., ev, se, ug, mbh, b.v., bv, n.v., nv, a/s, aps, as, ab,
    oy, oyj, asa"""
    # Hungarian
    """, kft, korlátolt felelősségű társaság, zrt, zártkörűen működő részvénytársaság, nyrt,
    nyilvánosan működő részvénytársaság, rt, részvénytársaság, bt, betéti társaság, kkt, közkereseti társaság, kht,
    nkft, nonprofit kft, nonprofit korlátolt felelősségű társaság, szövetkezet, alapítvány, ev., e.v."""
    # French, Spanish, Portuguese, Italian, Romanian
    """, s.a., sa, s.a.s., sas, sarl, s.a.r.l., eurl, s.l., sl, s.l.u., slu, s.a. de c.v., s.p.a., spa, s.r.l., srl,
    s.n.c., lda, ltda, s.a.u."""
    # Czech, Slovak, Polish, Slovene, Croatian, Baltic, Turkish, Bulgarian
    """, s.r.o., sro, spol. s r.o., a.s., v.o.s., sp. z o.o., sp z o o, sp.k., d.o.o., doo, d.d., uab, sia, ou, oü,
    a.ş., ltd. şti., ood, eood, ad"""
    # Asia
    """, k.k., kk, kabushiki kaisha, sdn bhd, bhd, pvt ltd, private limited, pvt, pt, tbk"""
)
_FORM_AT_END = re.compile(rf"[\s,.(]+(?:{_FORMS})[.)\s]*$")
_FORM_AT_START = re.compile(r"^(?:the|pt|ooo|az?)\s+")
_ASIDE = re.compile(r"\([^()]*\)\s*$")
_WORD = re.compile(r"\w+")
_AND = frozenset({"and", "es", "und", "et", "y", "e"})
# Words that say what kind of firm, place or trade: by themselves they name nobody. English, then Hungarian and German.
_GENERIC = frozenset(
    fold(
        """the of for and a an group holding holdings company companies international global world services service
        solutions solution systems system consulting consultants consultancy partners partner technology technologies
        tech software cloud data digital it business customer client enterprise enterprises industries industry
        trading trade bank school university hospital college city county state office department ministry institute
        center centre agency association foundation council government national central european american hungarian
        europe hungary usa uk us microsoft dynamics online network networks management marketing sales finance media
        energy health care cégcsoport csoport szolgáltató szolgáltatás szolgáltatások rendszer rendszerek informatika
        informatikai tanácsadó megoldások megoldás kereskedelmi kereskedelem ipari és a az magyar magyarország nemzeti
        városi állami egyetem iskola kórház bank önkormányzat hivatal minisztérium intézet központ egyesület
        alapítvány ügyfél partner társaság gruppe dienste lösungen deutschland und der die das"""
    ).split()
)
# Endings of Hungarian: "Contoso-nak", "a Contosoval". English: "Contoso's".
SUFFIX = (
    r"(?:'s?|-?(?:" + alternatives("""nak, nek, val, vel, ban, ben, ba, be, ból, ből, ra, re, ról, ről, on, en, ön, n,
    nál, nél, hoz, hez, höz, tól, től, ért, ig, ként, ot, et, at, öt, t, ja, je, a, e, i, os, es, ös, s, ék, é,
    ban is, féle""") + r")|-[a-z]{1,2}[ae][lnrt])?"
)  # fmt: skip
_BEFORE, _AFTER = r"[\w@.-]", SUFFIX + r"(?![\w@]|-\w|\.[a-z0-9])"


_LONGER = re.compile(rf"(?:[ ]+(?!(?:and|es|und|for|a|az)\b)[\w&.'-]+){{1,3}}?,?[ ]+(?:{_FORMS})(?!\w)")
_OWN_FORM = re.compile(rf"[\s,]{{0,3}}(?:{_FORMS})(?!\w)")


def core_of(name: str) -> str:
    """What a firm is called by: its name, plain, without legal forms, an aside in brackets and an article."""
    core = _ASIDE.sub("", fold(name)).strip(" ,\"'") or fold(name).strip()
    core = _FORM_AT_START.sub("", core)
    while (shorter := _FORM_AT_END.sub("", core)) != core and _WORD.search(shorter):
        core = shorter.strip(" .,&-")
    return core


def pattern_of(name: str) -> re.Pattern[str] | None:
    """How `name` is searched; None for a name without letters or digits.

    A name of nothing but common words ("Cloud Services Ltd") or of one or two characters counts with its legal form
    only.
    """
    words = _WORD.findall(core_of(name))
    if all(word in _GENERIC for word in words) or len("".join(words)) < 3:
        words = _WORD.findall(fold(name))
        if len(words) < 2 and len("".join(words)) < 3:
            return None
    if not words:
        return None
    return re.compile(behind_none(_BEFORE, _joined(words)) + _AFTER)


def _joined(words: Sequence[str]) -> str:
    """The words in their order, whatever signs and blanks stand between; "and" and "&" are the same."""
    kept = [re.escape(word) for word in words if word not in _AND] or [re.escape(word) for word in words]
    between = rf"(?:[\W_]{{0,8}}(?:{'|'.join(sorted(_AND))})\b)?[\W_]{{0,8}}"
    return between.join(kept)


def firms_in(pages: Sequence[Page], facts: Facts) -> Iterator[Found]:
    """The customer's and the partner's name. A name inside the other's longer one is not taken for itself."""
    customer, partner = pattern_of(facts.customer), pattern_of(facts.partner)
    customer_is_longer = len(core_of(facts.customer)) > len(core_of(facts.partner))
    sought = (
        (Element.CUSTOMER, customer, None if customer_is_longer else partner),
        (Element.PARTNER, partner, customer if customer_is_longer else None),
    )
    for page in pages:
        for element, own, longer in sought:
            if own is not None and (found := _first(page, own, longer)):
                yield Found(element, Verdict.HOLDS, page.number, found)


def _first(page: Page, own: re.Pattern[str], longer: re.Pattern[str] | None) -> str:
    for view in page.views:
        if span := first_outside(view, own, longer):
            return view.quoted(*span)
    return ""


def _is_longer_name(view: Plain, match: re.Match[str], other: re.Pattern[str] | None) -> bool:
    """Whether the name goes on to another firm's: "Contoso Pharmaceuticals Ltd" is not Contoso Ltd."""
    if _OWN_FORM.match(view.plain, match.end()) or match.end() - match.start() != len(match[0].rstrip()):
        return False
    further = _LONGER.match(view.plain, match.end())
    if further is None or (other is not None and other.search(view.plain, match.end(), further.end())):
        return False
    first = view.words(*further.span()).split()[0]
    return first[:1].isupper()


def first_outside(view: Plain, own: re.Pattern[str], longer: re.Pattern[str] | None) -> tuple[int, int] | None:
    """Where `own` first stands, and not as a part of `longer`."""
    taken = list(longer.finditer(view.plain)) if longer is not None and longer.pattern != own.pattern else []
    ends = iter(taken)
    current = next(ends, None)
    for match in own.finditer(view.plain):
        while current is not None and current.end() <= match.start():
            current = next(ends, None)
        if (current is None or match.end() <= current.start()) and not _is_longer_name(view, match, longer):
            return match.span()
    return None
