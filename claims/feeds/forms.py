"""The form that makes a feed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from claims.acts.feeds import NAME_LENGTH
from claims.views.forms import PlainForm


class FeedForm(PlainForm):
    """What the feed is called, so that people know later who reads it."""

    name = forms.CharField(
        label=_("Name of the new feed"),
        help_text=_("For example the name of the person or the mailbox that will subscribe to it."),
        max_length=NAME_LENGTH,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
