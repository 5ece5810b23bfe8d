"""What the page says that hands back what was chosen and written, where somebody was first."""

import importlib
import pkgutil

import pytest
from django import forms
from django.http import QueryDict
from django.test import RequestFactory

import arbitration.forms
import claims
from cpor_portal.accounts.models import User
from cpor_portal.look.errors import LABELS, NOT_TYPED, typed_in


def _modules() -> list[str]:
    ours = pkgutil.walk_packages(arbitration.forms.__path__, "arbitration.forms.")
    theirs = pkgutil.walk_packages(claims.__path__, "claims.")
    return [one.name for one in ours] + [one.name for one in theirs if "form" in one.name]


def _forms() -> list[type[forms.BaseForm]]:
    """Every form that is posted: those that filter a list stand in the address and meet nobody."""
    found = [one for name in _modules() for one in vars(importlib.import_module(name)).values()]
    posted = [one for one in found if isinstance(one, type) and issubclass(one, forms.BaseForm)]
    return [one for one in posted if one.__name__ not in ("FilterForm", "SpanForm")]


def test_every_field_of_every_form_is_called_by_a_name_or_was_typed_by_nobody() -> None:
    fields = {name for form in _forms() for name in getattr(form, "base_fields", {})}
    assert len(fields) > 30
    assert fields - {*LABELS} - NOT_TYPED == set()


@pytest.mark.django_db
def test_what_many_products_have_is_named_once_and_hidden_fields_are_not_handed_back() -> None:
    sent = QueryDict(mutable=True)
    sent.update({"answer": "refuse", "preview": "1", "text": "No.", "in": "mine=1", "then": "pages"})
    sent.update({"ask_text_proof_missing": "One.", "ask_text_product_missing": "Two."})
    sent.update({"ask_drafted_proof_missing": "x", "audience": "internal"})
    request = RequestFactory().post("/", sent.urlencode(), content_type="application/x-www-form-urlencoded")
    request.user = User(email="r@portal.example")
    assert typed_in(request) == {
        "Answer to the correction": "Refuse the correction",
        "Text": "No.",
        "What the partner was to be asked": "One.\nTwo.",
        "Who is to read it?": "Reviewers only",
    }
