"""Every kind of mail as its readers would get it: the templates with sample data, in each language."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import User
from cpor_portal.faults import Text
from cpor_portal.notifications.account_mails import ACCOUNT_MAILS, AccountMail
from cpor_portal.notifications.desk.frames import frame_class
from cpor_portal.notifications.digest import DIGEST
from cpor_portal.notifications.kinds import MailKind, all_kinds, kind_of, replacements
from cpor_portal.notifications.models import OutboxMail
from cpor_portal.notifications.outbox import render

ZONES = {"en": "America/New_York", "hu": "Europe/Budapest"}

# The people to whom the samples are written; the others of the same cast are in the samples themselves.
FIRMS_ADMIN = ("Ines Incentives", "ines@fabrikam.example")
REVIEWER = ("Rita Reviewer", "rita@microsoft.example")
FORMER_REVIEWER = ("Roy Reviewer", "roy@microsoft.example")
ARBITER = ("Ada Arbiter", "ada@microsoft.example")
READERS = {
    "unassigned": FORMER_REVIEWER,
    "escalated": ARBITER,
    "correction_missed": ARBITER,
    "absence_began": ARBITER,
    "ruling_near": ARBITER,
    "ruling_escalated": ARBITER,
}

Kind = MailKind | AccountMail
"""What has templates of its own: the portal's mails, and those that allauth writes for it."""


@dataclass(frozen=True)
class KindShown:
    """One kind of mail in words; `subject` is an example, in the language that is active."""

    kind: Kind
    subject: str

    @property
    def is_never_silenced(self) -> bool:
        """Whether it comes whatever pace its reader chose."""
        return isinstance(self.kind, AccountMail) or self.kind.never_silenced

    @property
    def pace(self) -> Text:
        """When it comes: whether its recipient can do without it."""
        if isinstance(self.kind, AccountMail):
            return _("At once, to whoever asked for it")
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

    @property
    def frame_class(self) -> str:
        """The class that makes its frame tall enough."""
        return frame_class(self.mail)


def kinds() -> tuple[Kind, ...]:
    """Every kind of mail that the portal sends."""
    return (*all_kinds(), *ACCOUNT_MAILS)


def kind_called(code: str) -> Kind:
    """The kind with this code. Raises ValueError where there is none."""
    return next((mail for mail in ACCOUNT_MAILS if mail.code == code), None) or kind_of(code)


def shown(kind: Kind) -> KindShown:
    """The kind in words, for whoever reads the page."""
    language = translation.get_language() or settings.LANGUAGE_CODE
    return KindShown(kind, sample_in(kind, language).subject)


def samples_of(kind: Kind) -> list[Sample]:
    """The kind's templates in each of the portal's languages. Nothing is read from the database or written to it."""
    return [Sample(code, name, sample_in(kind, code)) for code, name in settings.LANGUAGES]


def sample_in(kind: Kind, language: str) -> OutboxMail:
    """The kind's templates in one language, for somebody made up."""
    with translation.override(language):
        reader = _reader_of(kind, language)
        if isinstance(kind, AccountMail):
            return kind.sample_in(language, reader.email)
        return render(kind.code, reader, kind.sample())


def _reader_of(kind: Kind, language: str) -> User:
    """Somebody of the samples' cast who would get this mail: never the one whom it tells of as somebody else."""
    is_for_firm = isinstance(kind, AccountMail) or not kind.is_for_reviewers
    name, email = FIRMS_ADMIN if is_for_firm else READERS.get(kind.code, REVIEWER)
    return User(name=name, email=email, language=language, time_zone=ZONES.get(language, settings.TIME_ZONE))
