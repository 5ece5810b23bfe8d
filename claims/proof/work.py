"""Whether what the partner did is described (domain.md, "Proof of execution").

A section with such a heading holds when something of length is written in it; without a heading, sentences that tell of
work done. The template's own sentences and prompts are no description, neither are lines to write on: EMPTY.
"""

import re
from collections.abc import Iterator, Sequence
from functools import cache

from claims.proof.found import Facts, Found
from claims.proof.layout import is_filled
from claims.proof.texts import Page, Plain, alternatives, fold
from claims.proof.words import Element, Verdict

# English, then Hungarian.
_HEADINGS = alternatives(
    """scope of work, scope of services, scope, services performed, services provided, services delivered, services,
    services and deliverables, deliverables, work performed, work done, work carried out, work completed,
    what the partner did, what was done, what we did, description of the work, description of work, description of services,
    description of the services, work description, project description, project scope, activities,
    activities performed, activities carried out, activities carried out by the partner, completed work, completed activities,
    work carried out in the month, tasks, tasks performed, tasks completed, summary of work, project summary,
    execution, deployment summary, work delivered, summary of services,
    elvégzett munka, elvégzett munkák, az elvégzett munka, az elvégzett munkák, az elvégzett munka leírása,
    elvégzett feladatok, elvégzett tevékenységek, a munka leírása, munka leírása, a munka tárgya, teljesítés,
    a teljesítés tárgya, a teljesítés leírása, teljesített szolgáltatások, szolgáltatások, a szolgáltatás leírása,
    a szolgáltatások leírása, feladatok, a feladat leírása, mit végzett el a partner, mit tett a partner, a partner munkája,
    a partner által végzett munka, a projekt tartalma, projekt leírása, a projekt leírása, műszaki tartalom,
    a szerződés tárgya, szerződés tárgya, tevékenységek"""
)
_HEADING = re.compile(
    rf"^[\s>|•*-]*(?:(?:section|article|§)?\s?\d{{1,2}}(?:\.\d{{1,2}})*[.):]?\s+|[ivx]{{1,4}}\.\s+|[a-h][.)]\s+)?"
    rf"(?:the\s+|az?\s+)?(?:{_HEADINGS})(?:\s*\([^()]{{0,60}}\))?\s*(?:[:.–-]\s*(?P<rest>.*)|$)"
)
_ANY_HEADING = re.compile(
    r"^\s*(?:(?:section|article|§)?\s?\d{1,2}(?:\.\d{1,2})*[.)]?\s+|[ivx]{1,4}\.\s+)[a-z][\w\s',&/-]{2,60}$"
)
# Doing, done: the stems of verbs, and the nouns of work.
_DONE = re.compile(
    r"\b(?:"
    + alternatives(
        """deployed, migrated, configured, implemented, installed, trained, rolled out, set up, moved, enabled, integrated,
        designed, delivered, built, customised, customized, developed, provisioned, onboarded, upgraded, enrolled,
        ported, coached, introduced, imported, carried out, performed, completed, supported, planned, assessed, activated,
        adopted, advised, tested, documented, connected, created, established, launched, transferred, automated, ran,
        reviewed, applied, updated, wrote, provided, switched, consolidated, demonstrated, prepared, analysed, analyzed,
        bevezette, bevezettük, bevezették, betanította, betanítottuk, betanították, beállította, beállítottuk, telepítette,
        telepítettük, átköltöztette, átköltöztettük, költöztettük, migrálta, migráltuk, konfigurálta, konfiguráltuk,
        kialakította, kialakítottuk, elvégezte, elvégeztük, oktatta, oktattuk, oktatást tartott, megtartotta, megtartottuk,
        kiépítette, kiépítettük, üzembe helyezte, üzembe helyeztük, létrehozta, létrehoztuk, fejlesztette, fejlesztettük,
        kifejlesztette, összekötötte, integrálta, integráltuk, felmérte, felmértük, megtervezte, megterveztük, tervezte,
        támogatta, támogattuk, átállította, átállítottuk, áttelepítette, kiváltotta, felszerelte, készítette, készítettük,
        átadta, átadtuk, bekapcsolta, testre szabta, testre szabtuk, lebonyolította, elkészítette, elkészítettük,
        beüzemelte, beüzemeltük, rendszerbe állította"""
    )
    + r")\b"
)
_WORK = re.compile(
    r"\b(?:"
    + alternatives(
        """migration, deployment, configuration, configure, implementation, implement, installation, training, roll-out,
        rollout, roll out, deploy, migrate, set-up, setup, set up, integration, customisation, customization, adoption,
        onboarding, workshop, workshops, analysis, assessment, design, support, documentation, testing, handover,
        proof of concept, enrolment, policies, licence sizing, advisory, planning, enablement, development, build,
        migráció, adatmigráció, bevezetése, bevezetés, telepítése, telepítés, beállítása, beállítás, oktatása, oktatás, oktatást,
        képzés, konfigurálás, konfigurálása, paraméterezés, fejlesztés, fejlesztése, integráció, támogatása, támogatás,
        átköltöztetése, költöztetése, kialakítása, tervezés, tervezése, felmérés, tanácsadás, üzembe helyezés, tesztelés,
        átállás, készítése, betanítás, betanítása, átadás"""
    )
    + r")\b"
)
_FUTURE = re.compile(
    r"\b(?:will|shall|would|plans? to|is to|are to|going to|fogja|fogjuk|kivanja|vallalja|koteles|tervezi)\b"
)
_SENTENCE = re.compile(r"[^.!?;\n]*(?:\n(?!\s*\n)[^.!?;\n]*)*[.!?;\n]?")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LINES_OF_SECTION = 40
_WORDS_OF_SECTION, _WORDS_OF_SENTENCE = 8, 7


def work_in(pages: Sequence[Page], facts: Facts) -> Iterator[Found]:
    """The description of the work on each page that has one; a place for it that is empty where no page has."""
    empty: Found | None = None
    held = False
    for index, page in enumerate(pages):
        following = pages[index + 1].first.plain if index + 1 < len(pages) else ""
        verdict, start, end = _on_page(page.first, following)
        if verdict is None:
            continue
        found = Found(Element.WORK, verdict, page.number, page.first.quoted(start, end, 20))
        if verdict is Verdict.HOLDS:
            held = True
            yield found
        empty = empty or found
    if empty is not None and not held:
        yield empty


def _on_page(view: Plain, following: str) -> tuple[Verdict | None, int, int]:
    """What the page says of the work: in a section of its own, or in sentences."""
    section = _section(view, following)
    if section and section[0] is Verdict.HOLDS:
        return section
    sentence = _told(view.plain)
    if sentence:
        return Verdict.HOLDS, *sentence
    return section or (None, 0, 0)


def _section(view: Plain, following: str) -> tuple[Verdict, int, int] | None:
    """The best section under a heading of work."""
    lines, start = [], 0
    for line in view.plain.split("\n"):
        lines.append((start, line))
        start += len(line) + 1
    best: tuple[Verdict, int, int] | None = None
    for number, (start, line) in enumerate(lines):
        match = _HEADING.match(line) if len(line) < 200 else None
        if match is None:
            continue
        below = list(_below(lines, number))
        if not below and number + 1 == len(lines):
            below = [(start, text) for text in following.split("\n")[:_LINES_OF_SECTION]]
        written = [text for text in (match["rest"] or "", *(text for _at, text in below)) if _is_authors(text)]
        words = _WORD.findall(" ".join(written))
        about = " ".join(written)
        if len(words) >= _WORDS_OF_SECTION and (_DONE.search(about) or _WORK.search(about)):
            return Verdict.HOLDS, start, start + len(line) + min(len(about), 160)
        if len(words) < _WORDS_OF_SECTION and best is None:
            best = (Verdict.EMPTY, start, start + len(line))
    return best


def _below(lines: Sequence[tuple[int, str]], number: int) -> Iterator[tuple[int, str]]:
    """The lines of a section: up to the next heading."""
    for start, line in lines[number + 1 : number + 1 + _LINES_OF_SECTION]:
        if _ANY_HEADING.match(line[:90]) and not _WORK.search(line):
            return
        yield start, line


def _is_authors(line: str) -> bool:
    """Whether its author wrote it: no prompt of the template, no line to write on."""
    return is_filled(line) and " ".join(line.split()).strip(" .:•-*") not in template_lines()


@cache
def template_lines() -> frozenset[str]:
    """The template's own sentences in both languages, plain, and the parts that lines break them into are left to `_told`."""
    from claims.proof.template import boilerplate

    every = {sentence for language in ("en", "hu") for sentence in boilerplate(language)}
    return frozenset(" ".join(fold(sentence).split()).strip(" .:•-*") for sentence in every)


def _told(plain: str) -> tuple[int, int] | None:
    """The first sentence that tells of work done, and is not the template's."""
    for match in _DONE.finditer(plain):
        start = (
            max(plain.rfind(end, max(0, match.start() - 400), match.start()) for end in (". ", ".\n", "\n\n", "? ")) + 1
        )
        start = max(start, match.start() - 400, 0)
        end = min(
            (at for sign in (". ", ".\n", "\n\n") if (at := plain.find(sign, match.end(), match.end() + 500)) >= 0),
            default=min(len(plain), match.end() + 300),
        )
        sentence = plain[start:end]
        tidy = " ".join(sentence.split()).strip(" .:•-*")
        if _FUTURE.search(plain[max(start, match.start() - 60) : match.start()]) or any(
            tidy in known or known in tidy for known in template_lines() if len(known) > 30
        ):
            continue
        if len(_WORD.findall(sentence)) >= _WORDS_OF_SENTENCE:
            return start, end
    return None
