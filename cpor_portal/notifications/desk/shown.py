"""A mail in words: its kind, its state, why it failed and what cures that, and its life as a timeline."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from cpor_portal.accounts.models import User
from cpor_portal.accounts.permissions import Person, is_reviewer
from cpor_portal.faults import Text
from cpor_portal.notifications.desk.frames import frame_class
from cpor_portal.notifications.digest import DIGEST
from cpor_portal.notifications.kinds import MailKind, kind_of
from cpor_portal.notifications.models import ErrorKind, MailState, OutboxMail
from cpor_portal.notifications.resending import AGAIN

ACCOUNT_LABEL = _("Sign-in and password")
PILLS: Mapping[str, str] = {
    MailState.WAITING: "info",
    MailState.SENT: "good",
    MailState.FAILED: "bad",
    MailState.HELD: "busy",
    MailState.DIGESTED: "good",
    MailState.SILENCED: "ended",
    MailState.SUPERSEDED: "ended",
}
GIVEN_UP: Mapping[str, Text] = {
    ErrorKind.ADDRESS_REFUSED: _("Have the address corrected, then send the mail again."),
    ErrorKind.CONTENT_REFUSED: _("Ask whoever runs the mail server why it refuses this message, then send it again."),
    ErrorKind.SERVER_BUSY: _("Send it again once the mail server takes mail."),
    ErrorKind.SERVER_GONE: _("Send it again once the mail server can be reached."),
    ErrorKind.PORTAL_REFUSED: _("Whoever runs the portal must correct its mail settings; then send it again."),
}
STILL_TRIED: Mapping[str, Text] = {
    ErrorKind.PORTAL_REFUSED: _("Whoever runs the portal must correct its mail settings; it goes on trying meanwhile."),
}
TRIED_BY_ITSELF = _("Nothing to do: the portal tries again by itself.")
SENT_AGAIN = _("It was sent again as a new mail.")
ASK_ANEW = _("It carried a link for its recipient alone, so it cannot be sent again: they ask for a new one.")


@dataclass(frozen=True)
class Step:
    """One entry of a mail's life. `at` is None where no moment is known; `link` leads to another mail."""

    what: Text
    at: datetime | None = None
    more: Text = ""
    link: str = ""


@dataclass(frozen=True)
class Shown:
    """A mail as the list and its own page show it to `reader`.

    `copies`: what was sent again of it since. `newer`: what its person was told about the same claim since, newest
    first.
    """

    mail: OutboxMail
    reader: Person
    copies: Sequence[OutboxMail] = ()
    newer: Sequence[OutboxMail] = ()

    @property
    def kind(self) -> Text:
        """Its kind in words; the code of a kind that the portal no longer sends."""
        return kind_in_words(self.mail)

    @property
    def language(self) -> Text:
        """Its language in words."""
        return dict(settings.LANGUAGES).get(self.mail.language, self.mail.language)

    @property
    def state(self) -> Text:
        """Its state in words."""
        return MailState(self.mail.state).label

    @property
    def pill(self) -> str:
        """The pill's colour."""
        return PILLS[self.mail.state]

    @property
    def claim_url(self) -> str:
        """The workspace of the claim that it tells of, for those who work there; else empty."""
        if not self.mail.claim_reference or self.is_firms_alone or not is_reviewer(self.reader):
            return ""
        return reverse("arbitration:workspace", args=[self.mail.claim_reference])

    @property
    def why(self) -> Text:
        """Why it could not be sent so far, in words; empty where nothing went wrong or it has left since."""
        if self.mail.state not in (MailState.WAITING, MailState.FAILED):
            return ""
        return ErrorKind(self.mail.error_kind).label if self.mail.error_kind else self.mail.last_error

    @property
    def cure(self) -> Text:
        """What to do about `why`; empty where there is nothing to say."""
        if not self.why:
            return ""
        if self.is_repeated:
            return SENT_AGAIN
        if self.mail.state == MailState.WAITING:
            return STILL_TRIED.get(self.mail.error_kind, TRIED_BY_ITSELF)
        return ASK_ANEW if self.mail.is_secret else GIVEN_UP.get(self.mail.error_kind, "")

    @property
    def is_firms_alone(self) -> bool:
        """Whether it tells of a draft, which nobody but its firm sees (design.md, "What always holds" 6)."""
        kind = _kind(self.mail)
        return kind is not None and kind.is_firms_alone

    @property
    def subject(self) -> Text:
        """The subject, where the reader may know it."""
        if self.is_firms_alone:
            return _("About a draft, which its firm alone may see")
        return _("To reviewers, who alone may read it") if self.is_reviewers_alone else self.mail.subject

    @property
    def is_reviewers_alone(self) -> bool:
        """Whether it is for reviewers and the reader is none: it may carry internal comments, or a digest of them."""
        kind = _kind(self.mail)
        if kind is None or is_reviewer(self.reader):
            return False
        return kind.is_for_reviewers or (kind == DIGEST and not _is_partner(self.mail.person))

    @property
    def is_readable(self) -> bool:
        """Whether the reader may read its text, and it is there."""
        is_closed = self.mail.is_secret or self.is_firms_alone or self.is_reviewers_alone
        return bool(self.mail.text) and not is_closed

    @property
    def frame_class(self) -> str:
        """The class that makes its frame tall enough."""
        return frame_class(self.mail)

    @property
    def is_repeated(self) -> bool:
        """Whether it was sent again since, as a mail of its own."""
        return bool(self.copies) or bool(getattr(self.mail, "is_repeated", False))

    @property
    def next_attempt_at(self) -> datetime | None:
        """When it is tried next, while it waits."""
        return self.mail.next_attempt_at if self.mail.state == MailState.WAITING else None

    @property
    def given_up_at(self) -> datetime | None:
        """When it was given up; None for one that was not."""
        return self.mail.next_attempt_at if self.mail.state == MailState.FAILED else None

    @property
    def is_answer(self) -> bool:
        """Whether its last error is what the mail server said: a code of three digits, then words."""
        return self.mail.last_error[:3].isdecimal()

    @property
    def subject_parts(self) -> tuple[str, str, str]:
        """The subject before, at and after the claim's reference, which is kept in one piece."""
        subject, reference = str(self.subject), self.mail.claim_reference
        return subject.partition(reference) if reference else (subject, "", "")

    @property
    def has_live_links(self) -> bool:
        """Whether its links are of use to the reader: pages of claims do not exist for portal admins."""
        return is_reviewer(self.reader)

    @property
    def newer_shown(self) -> list["Shown"]:
        """What its person was told since, as the reader may see it."""
        return [Shown(mail, self.reader) for mail in self.newer]

    @property
    def goes_to(self) -> str:
        """The address that it would be sent to now: the person's present one."""
        person = self.mail.person
        return person.email if person else self.mail.recipient

    @property
    def can_be_sent_again(self) -> bool:
        """Whether "Send again" makes sense: it went, or was given up, and its text is still there."""
        is_there = self.mail.state in AGAIN and bool(self.mail.text)
        return is_there and not self.has_left and not self.is_repeated

    @property
    def has_left(self) -> bool:
        """Whether its person may no longer sign in."""
        return self.mail.person is not None and not self.mail.person.is_active

    @property
    def needs_address(self) -> bool:
        """Whether it failed for an address that is still the one it would go to."""
        refused = self.mail.state == MailState.FAILED and self.mail.error_kind == ErrorKind.ADDRESS_REFUSED
        return refused and self.goes_to == self.mail.recipient

    @property
    def seen(self) -> str:
        """What the reader saw, so that "Send again" can tell whether somebody was first."""
        mail = self.mail
        again = str(self.copies[-1].pk) if self.copies else ""
        newest = str(self.newer[0].pk) if self.newer else ""
        return "|".join((mail.state, str(mail.attempts), again, newest, self.goes_to))

    @property
    def life(self) -> list[Step]:
        """What happened to it so far, then how it stands."""
        known = sorted(self._known(), key=lambda step: step.at or self.mail.queued_at)
        return [*known, *self._present(), *map(_sent_again, self.copies)]

    def _known(self) -> Iterator[Step]:
        mail = self.mail
        if mail.resends_id:
            words = _by(_("Queued to send an earlier mail again, by %(name)s"), mail)
            yield Step(words, mail.queued_at, "", _page(mail.resends_id))
        else:
            yield Step(_("Queued"), mail.queued_at)
        if mail.sent_at:
            yield Step(_("Handed to the mail server"), mail.sent_at, self._tries() if mail.attempts > 1 else "")

    def _present(self) -> Iterator[Step]:
        mail = self.mail
        if mail.state == MailState.WAITING:
            if mail.attempts:
                yield Step(self._tries(), None, self.why)
            yield Step(_("Next attempt"), mail.next_attempt_at)
        elif mail.state == MailState.FAILED:
            yield Step(self._given_up(), self.given_up_at, self.why)
        elif mail.state == MailState.DIGESTED and mail.digest_id:
            yield Step(_("Told in a digest"), None, "", _page(mail.digest_id))
        elif mail.state != MailState.SENT:
            yield Step(WHY_NOT_SENT[mail.state])

    def _given_up(self) -> str:
        words = ngettext("Given up after %(count)s attempt", "Given up after %(count)s attempts", self.mail.attempts)
        return words % {"count": self.mail.attempts}

    def _tries(self) -> str:
        words = ngettext("%(count)s attempt", "%(count)s attempts", self.mail.attempts)
        return words % {"count": self.mail.attempts}


WHY_NOT_SENT: Mapping[str, Text] = {
    MailState.HELD: _("Kept for the recipient's next daily digest"),
    MailState.DIGESTED: _("Told in a digest"),
    MailState.SILENCED: _("Not sent: the recipient wants only what needs action"),
    MailState.SUPERSEDED: _("Not sent: newer news about the same claim replaced it before it could go"),
}


def _sent_again(copy: OutboxMail) -> Step:
    words = _by(_("Sent again as a new mail, by %(name)s"), copy)
    return Step(words, copy.queued_at, MailState(copy.state).label, _page(copy.pk))


def _by(words: Text, mail: OutboxMail) -> str:
    return words % {"name": mail.asked_by or ""}


def _page(mail_id: int) -> str:
    return reverse("outbox:mail", args=[mail_id])


def kind_in_words(mail: OutboxMail) -> Text:
    """The label of the mail's kind; its code where the portal knows no such kind any more."""
    if mail.is_secret:
        return ACCOUNT_LABEL
    kind = _kind(mail)
    return kind.label if kind else mail.kind


def _is_partner(person: User | None) -> bool:
    return person is not None and not person.staff_role


def _kind(mail: OutboxMail) -> MailKind | None:
    """The mail's kind; None for allauth's, and for one that the portal no longer sends."""
    try:
        return kind_of(mail.kind)
    except ValueError:
        return None
