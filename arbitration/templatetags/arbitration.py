"""Words for the queue and the workspace: labels for codes."""

from django import template
from django.utils.formats import number_format

from claims.countries import country_name
from cpor_portal.directory.models import SolutionArea

register = template.Library()

AREAS = {str(area.value): area.label for area in SolutionArea}


@register.filter
def area_label(code: str) -> str:
    """A solution area as people read it."""
    return str(AREAS.get(code, code))


@register.filter
def country(code: str) -> str:
    """A country as people read it."""
    return country_name(code)


@register.filter
def localized(number: int) -> str:
    """A number with its thousands set apart."""
    return number_format(number, force_grouping=True)
