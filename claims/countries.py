"""Countries by name, for people; codes stay what is stored."""

from babel import Locale, UnknownLocaleError
from django.utils.translation import get_language


def country_name(code: str) -> str:
    """The country with this ISO 3166-1 code in the active language; the code itself where it has no name."""
    try:
        names = Locale.parse(get_language() or "en", sep="-").territories
    except (UnknownLocaleError, ValueError):
        return code
    return str(names.get(code, code))
