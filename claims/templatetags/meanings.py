"""The activities for the public guidance, in the words in which the wizard explains them."""

from typing import Any

from django import template

from claims.meanings import MEANINGS, explained
from claims.words import Activity
from cpor_portal.directory.models import SolutionArea

register = template.Library()


@register.simple_tag
def activities_by_area() -> list[dict[str, Any]]:
    """Each solution area with its activities: `label`, `text` and the pairs of `more`."""
    return [{"label": area.label, "activities": _activities_of(area)} for area in SolutionArea]


def _activities_of(area: str) -> list[dict[str, Any]]:
    return [
        {"label": Activity(key[1]).label, "text": meaning.text, "more": explained(key)}
        for key, meaning in MEANINGS.items()
        if key[0] == area
    ]
