"""Numbers for the drawings of the figures."""

from django import template

register = template.Library()


@register.filter
def plain(number: float) -> str:
    """A coordinate as SVG reads it, whatever the reader's language writes: with a point, and no more than it needs."""
    return f"{number:.1f}".removesuffix(".0")
