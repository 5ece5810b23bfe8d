"""A claim's reference in an address."""

from django.urls import register_converter


class Reference:
    """Letters, digits and hyphens: anything else cannot be a claim's reference and is 404 before it is looked up."""

    regex = "[A-Za-z0-9-]{1,20}"

    def to_python(self, value: str) -> str:
        """The reference as it is stored."""
        return value.upper()

    def to_url(self, value: str) -> str:
        """The reference as it is."""
        return value


register_converter(Reference, "reference")
