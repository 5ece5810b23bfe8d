"""The template of the proof of execution: a letter, filled with the claim's facts, that the customer can sign."""

from claims.proof.template.wording import boilerplate

__all__ = ["boilerplate"]
