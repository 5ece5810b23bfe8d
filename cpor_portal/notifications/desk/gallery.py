"""Every kind of mail as its readers would get it: the templates with sample data, in each language."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from cpor_portal.accounts.models import User
from cpor_portal.faults import Text
from cpor_portal.notifications.digest import DIGEST
from cpor_portal.notifications.kinds import MailKind, replacements
from cpor_portal.notifications.models import OutboxMail
from cpor_portal.notifications.outbox import render

ZONES = {"en": "America/New_York", "hu": "Europe/Budapest"}


@dataclass(frozen=True)
class KindShown:
    """One kind of mail in words; `subject` is an example, in the language that is active."""

    kind: MailKind
    subject: str

    @property
    def pace(self) -> Text:
        """When it comes: whether its recipient can do without it."""
        if self.kind == DIGEST:
            return _("Once on each working day, for those who chose the digest")
        if self.kind.never_silenced:
            return _("Always at once: it asks for something, or is a decision")
        return _("As the recipient chose: at once, in the daily digest, or not at all")

    @property
    def outage(self) -> Text:
        """What becomes of it when mail could not be sent for a while."""
        if any(older == self.kind.code for older, _newer in replacements()):
            return _("Replaced by a newer one about the same claim")
        return _("Sent in any case")


@dataclass(frozen=True)
class Sample:
    """One kind of mail in one language; the mail is not stored."""

    language: str
    language_name: Text
    mail: OutboxMail


def shown(kind: MailKind) -> KindShown:
    """The kind in words, for whoever reads the page."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return KindShown(kind, sample_in(kind, language).subject)


def samples_of(kind: MailKind) -> list[Sample]:
    """The kind's templates in each of the portal's languages. Nothing is read from the database or written to it."""
    return [Sample(code, name, sample_in(kind, code)) for code, name in settings.LANGUAGES]


def sample_in(kind: MailKind, language: str) -> OutboxMail:
    """The kind's templates in one language, for somebody made up."""
    with translation.override(language):
        return render(kind.code, _somebody(language), kind.sample())


def _somebody(language: str) -> User:
    """A person who exists nowhere; call it while `language` is active."""
    zone = ZONES.get(language, settings.TIME_ZONE)
    return User(email="sample@partner.example", name=_("Alex Sample"), language=language, time_zone=zone)
