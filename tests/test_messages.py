"""The Hungarian catalogue: complete, in step with the sources, and in the words of docs/hungarian.md."""

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from django.utils import translation

from devtools import messages
from devtools.borrowed import BORROWED

# Names that Hungarian takes over as they are; all else that equals its English is a text that was forgotten.
SAME_IN_BOTH = {
    "Enter",
    "Ctrl+Enter",
    "Microsoft",
    "Microsoft 365",
    "Volume Licensing",
    "Web-Direct",
    "Cloud Solution Provider (CSP)",
    "Online Services Advisory (OSA)",
    "Online Services Usage, Business Applications (OSU-BA)",
    "Online Services Usage, Microsoft 365 (OSU-M365)",
    "HTML",
    "Partner",
}
# Each word of domain.md and the Hungarian that has to stand for it: (English, Hungarian).
WORDS = [
    (r"\bclaims?\b", "kérel"),
    (r"\bworkloads?\b", "számítási feladat"),
    (r"\bsubscriptions?\b", "előfizet"),
    (r"\btenants?\b", "bérlő"),
    (r"\bdomains?\b", "tartomány"),
    (r"\bMPN locations?\b", "MPN-telephel"),
    (r"\bcorrections?\b", "helyesbít"),
    (r"\bsecond readings?\b", "második olvas"),
    (r"\bconflicts? of interest\b", "összeférhetetlen"),
    (r"\benrol", "regisztr"),
    (r"\bsolution areas?\b", "megoldásterület"),
    (r"\bproofs? of execution\b", "igazolás"),
    (r"\bdocuments?\b", "dokumentum"),
    (r"\bcomments?\b", "megjegyz"),
    (r"\bhistory\b", "előzmény"),
    (r"\breviewers?\b", "felülvizsgál"),
    (r"\bdeadlines?\b", "határid"),
    (r"\barbitration\b", "választottbíráskod"),
    (r"\barbiters?\b", "választottbír"),
    (r"\bassociations?\b", "társít"),
    (r"\bbusiness days?\b", "munkanap"),
    (r"\bdrafts?\b", "piszkozat"),
    (r"\bwithdr[ae]w", "visszavon|von[a-z]* vissza"),
]
# Calques of the source's machine translation, and second words for what has one already.
FORBIDDEN = ["jogcím", "munkaterhel", "beléptet", "hozzárendelés", "igénylés", "naplózás"]
# Letters open and close with other signs in Hungarian.
GREETINGS = {"Hello,", "Hello %(name)s,", "Thank you and kind regards", "Thank you and kind regards\n%(firm)s"}
PLACE = re.compile(r"%\(\w+\)[sd]|%%|\{\w*\}")
TAG = re.compile(r"</?\w+[^>]*>")
ADDRESS = re.compile(r"https?://[\w./-]*\w")

CATALOGUE = messages.messages_of(messages.read())


def forms(message: Message) -> Iterator[tuple[str, str]]:
    """Each English form of a text with its Hungarian form."""
    if isinstance(message.id, str):
        yield message.id, str(message.string)
    else:
        yield from zip(message.id, message.string, strict=True)


PAIRS = [pair for message in CATALOGUE for pair in forms(message)]


def plain(text: str) -> str:
    """A text without its places and marks."""
    return TAG.sub("", PLACE.sub("", text))


def keys(found: list[Message]) -> set[tuple[object, object]]:
    return {(message.id, message.context) for message in found}


def test_the_catalogue_has_exactly_the_texts_of_the_sources() -> None:
    wanted = messages.messages_of(messages.from_sources())
    assert keys(wanted) == keys(CATALOGUE), "run `python3 dev.py messages`, then translate what is new"


def test_every_text_is_translated_and_none_is_a_guess() -> None:
    assert [message.id for message in CATALOGUE if not messages.is_translated(message) or message.fuzzy] == []


def test_the_file_is_as_the_command_writes_it(tmp_path: Path) -> None:
    fresh = messages.from_sources()
    messages.carry_over(messages.read(), fresh)
    messages.write(fresh, tmp_path / "django.po")
    assert (tmp_path / "django.po").read_text() == messages.CATALOGUE.read_text()


def test_a_text_that_changed_keeps_nothing_of_its_old_translation() -> None:
    old, new = Catalog(locale="hu"), Catalog(locale="hu")
    old.add("Approve the claim", "Kérelem jóváhagyása")
    old.add("Reject", "Elutasítás", context="button")
    for text, context in (("Approve the claims", None), ("Reject", "button"), ("Reject", None)):
        new.add(text, context=context)
    messages.carry_over(old, new)
    assert [message.string or "" for message in messages.messages_of(new)] == ["", "Elutasítás", ""]


@pytest.mark.parametrize("pattern", [PLACE, TAG, ADDRESS])
def test_what_is_filled_in_and_marked_up_is_the_same_in_both_languages(pattern: re.Pattern[str]) -> None:
    plural_forms = {message.id for message in CATALOGUE if not isinstance(message.id, str)}
    singulars = {forms[0] for forms in plural_forms}
    differing = [
        (english, hungarian)
        for english, hungarian in PAIRS
        if sorted(pattern.findall(english)) != sorted(pattern.findall(hungarian)) and english not in singulars
    ]
    assert differing == []


def test_a_singular_form_fills_in_nothing_that_its_plural_does_not_know() -> None:
    plural_texts = [message for message in CATALOGUE if not isinstance(message.id, str)]
    unknown = [
        message.id
        for message in plural_texts
        for form in message.string
        if not set(PLACE.findall(form)) <= set(PLACE.findall(message.id[1]))
    ]
    assert unknown == []


def test_only_names_are_the_same_in_both_languages() -> None:
    same = {english for english, hungarian in PAIRS if english == hungarian and re.search("[A-Za-z]", plain(english))}
    assert same == SAME_IN_BOTH


def test_texts_begin_and_end_with_the_same_blanks_and_lines() -> None:
    def edges(text: str) -> tuple[str, str, int]:
        return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :], text.count("\n")

    assert [english for english, hungarian in PAIRS if edges(english) != edges(hungarian)] == []


def test_no_word_stands_twice_in_a_row() -> None:
    # "az az" is good Hungarian: the article before the pronoun.
    twice = re.compile(r"\b(?!az\b)(\w+) \1\b", re.I)
    assert [text for text in (hungarian for _english, hungarian in PAIRS) if twice.search(plain(text))] == []


def test_sentences_end_as_sentences() -> None:
    def is_format_of_a_date(text: str) -> bool:  # in Hungarian the parts of a date end in full stops
        return re.fullmatch("[jMY ]+", text) is not None

    def is_sentence(text: str) -> bool:
        return text.rstrip().endswith((".", "?", "!", ":"))

    spoken = [pair for pair in PAIRS if pair[0] not in GREETINGS and not is_format_of_a_date(pair[0])]
    odd = [pair for pair in spoken if is_sentence(pair[0]) != is_sentence(pair[1])]
    assert odd == []


@pytest.mark.parametrize(("english", "hungarian"), WORDS)
def test_each_word_of_the_domain_has_its_one_hungarian_word(english: str, hungarian: str) -> None:
    missing = [
        (text, translated)
        for text, translated in PAIRS
        if re.search(english, plain(text), re.I) and not re.search(hungarian, translated, re.I)
    ]
    assert missing == []


@pytest.mark.parametrize("word", FORBIDDEN)
def test_no_second_word_and_no_calque_is_used(word: str) -> None:
    assert [translated for _, translated in PAIRS if word.lower() in translated.lower()] == []


def test_what_is_borrowed_from_a_package_is_still_a_text_of_that_package() -> None:
    for package, texts in BORROWED.items():
        theirs = Path(importlib.import_module(package).__file__).parent / "locale" / "en" / "LC_MESSAGES" / "django.po"
        assert {text for text in texts if text not in messages.read(theirs)} == set()


def test_the_running_portal_speaks_from_the_compiled_catalogue() -> None:
    with translation.override("hu"):
        assert translation.gettext("Proof of execution") == "Végrehajtás igazolása"
        assert translation.pgettext("claim status", "Partner action required") == "Partneri teendő"
        assert translation.ngettext("%(count)d row changed.", "%(count)d rows changed.", 2) == "%(count)d sor módosult."


def test_hungarian_and_english_plurals_are_chosen_by_number() -> None:
    text = ("One thing needs your attention", "%(number)s things need your attention")
    with translation.override("hu"):
        assert [translation.ngettext(*text, n) for n in (1, 2)] == [
            "Egy dolog figyelmet igényel",
            "%(number)s dolog figyelmet igényel",
        ]
    with translation.override("en"):
        assert [translation.ngettext(*text, n) for n in (1, 2)] == list(text)
