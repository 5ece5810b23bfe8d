"""Countries by name, for people; codes stay what is stored."""

import unicodedata
from functools import lru_cache

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language

# Groups of countries, parts of other countries, and codes that stand for no place.
NO_COUNTRIES = frozenset(["AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"])


def country_name(code: str) -> str:
    """The country with this ISO 3166-1 code in the active language; the code itself where it has no name."""
    try:
        names = Locale.parse(get_language() or "en", sep="-").territories
    except (UnknownLocaleError, ValueError):
        return code
    return str(names.get(code, code))


@lru_cache(maxsize=8)
def country_names(language: str) -> list[tuple[str, str]]:
    """Every country, by its name in this language of the portal: (ISO 3166-1 code, name)."""
    known = Locale.parse(language, sep="-").territories
    names = [(code, str(name)) for code, name in known.items() if code.isalpha() and code not in NO_COUNTRIES]
    return sorted(names, key=lambda one: _letters(one[1]))


def _letters(name: str) -> str:
    """Accents do not send a name to the end of the list."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(letter)
    )
