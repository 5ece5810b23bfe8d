"""Names of public holidays in the reader's language, where the `holidays` library has them in English alone."""

from django.utils.translation import gettext, gettext_noop

# The federal holidays of the United States, in whose calendar reviews are counted by default.
AMERICAN = frozenset(
    {
        gettext_noop("Christmas Day"),
        gettext_noop("Christmas Day (observed)"),
        gettext_noop("Columbus Day"),
        gettext_noop("Independence Day"),
        gettext_noop("Independence Day (observed)"),
        gettext_noop("Juneteenth National Independence Day"),
        gettext_noop("Juneteenth National Independence Day (observed)"),
        gettext_noop("Labor Day"),
        gettext_noop("Martin Luther King Jr. Day"),
        gettext_noop("Memorial Day"),
        gettext_noop("New Year's Day"),
        gettext_noop("New Year's Day (observed)"),
        gettext_noop("Thanksgiving Day"),
        gettext_noop("Veterans Day"),
        gettext_noop("Veterans Day (observed)"),
        gettext_noop("Washington's Birthday"),
    }
)


def holiday_name(name: str) -> str:
    """`name` as the library gave it, in the active language where it is known there."""
    return gettext(name) if name in AMERICAN else name
