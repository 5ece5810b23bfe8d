"""People, partner firms, MPN locations and enrolments (domain.md, "Who uses the portal", "Identities")."""

from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class PartnerRole(models.TextChoices):
    """What a person may do for the firm."""

    GLOBAL_ADMIN = "global_admin", _("Global admin")
    BILLING_ADMIN = "billing_admin", _("Billing admin")
    INCENTIVES_ADMIN = "incentives_admin", _("Incentives admin")
    INCENTIVES_USER = "incentives_user", _("Incentives user")


class StaffRole(models.TextChoices):
    """What a person may do for Microsoft."""

    REVIEWER = "reviewer", _("Reviewer")
    ARBITER = "arbiter", _("Arbiter")
    PORTAL_ADMIN = "portal_admin", _("Portal admin")


class MailPace(models.TextChoices):
    """How a person wants the portal's mails. What needs action, and rulings, come at once whatever is chosen."""

    AT_ONCE = "at_once", _("Each mail at once")
    DIGEST = "digest", _("One daily digest on working days")
    NEEDS_ACTION = "needs_action", _("Only what needs action")


class Programme(models.TextChoices):
    """Incentive programmes that a location can be enrolled in (domain.md, "Solution areas")."""

    OSA = "OSA", _("Online Services Advisory (OSA)")
    OSU_BA = "OSU-BA", _("Online Services Usage, Business Applications (OSU-BA)")
    OSU_M365 = "OSU-M365", _("Online Services Usage, Microsoft 365 (OSU-M365)")


class EnrolmentState(models.TextChoices):
    """How far an enrolment has come. Only `enrolled` carries a paying activity."""

    INVITED = "invited", _("Invited")
    ENROLLING = "enrolling", _("Enrolling")
    ACTION_REQUIRED = "action_required", _("Action required")
    VALIDATING = "validating", _("Validating")
    ENROLLED = "enrolled", _("Enrolled")
    INACTIVE = "inactive", _("Inactive")
    DISCONTINUED = "discontinued", _("Discontinued")


class UserManager(BaseUserManager["User"]):
    """Makes people; the e-mail address is the login and is kept in lower case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A person with a hashed password (unusable when None)."""
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """A portal admin, for `manage.py createsuperuser`."""
        return self.create_user(email, password, staff_role=StaffRole.PORTAL_ADMIN, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> "User":
        """Sign-in finds the person whatever the case in which the address was typed."""
        return self.get(email=(username or "").strip().lower())


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Partners have a Membership, Microsoft's staff a `staff_role`; nobody has both."""

    email = models.EmailField(_("e-mail address"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    language = models.CharField(_("language"), max_length=8, choices=settings.LANGUAGES, default="en")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    staff_role = models.CharField(_("staff role"), max_length=20, choices=StaffRole.choices, blank=True)
    mail_pace = models.CharField(_("mails"), max_length=20, choices=MailPace.choices, default=MailPace.AT_ONCE)
    is_active = models.BooleanField(_("may sign in"), default=True)
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        # Microsoft's own people, a few among all the partners': who reviews is asked with each claim that is taken.
        indexes = [models.Index(fields=["staff_role"], name="people_at_microsoft", condition=~Q(staff_role=""))]

    def __str__(self) -> str:
        return self.name or self.email

    @property
    def is_staff(self) -> bool:
        """Django's word for "may open /admin/": portal admins alone."""
        return self.staff_role == StaffRole.PORTAL_ADMIN

    def get_full_name(self) -> str:
        """The name as people write it."""
        return self.name

    def get_short_name(self) -> str:
        """The name again: the portal does not take names apart."""
        return self.name


class PartnerFirm(models.Model):
    """A partner firm. Its country gives the calendar of the firm's own deadlines."""

    name = models.CharField(_("name"), max_length=200)
    country = models.CharField(_("country (ISO code)"), max_length=2)
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    global_id = models.CharField(_("global MPN ID (PGA)"), max_length=8, unique=True)

    class Meta:
        verbose_name = _("partner firm")
        verbose_name_plural = _("partner firms")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class MpnLocation(models.Model):
    """A location id (PLA) of a firm: what a claim is filed under."""

    mpn_id = models.CharField(_("MPN ID"), max_length=8, unique=True)
    firm = models.ForeignKey(PartnerFirm, models.CASCADE, related_name="locations", verbose_name=_("firm"))
    name = models.CharField(_("name"), max_length=200)
    own_label = models.CharField(_("your own label"), max_length=80, blank=True)

    class Meta:
        verbose_name = _("MPN location")
        verbose_name_plural = _("MPN locations")
        ordering = ["mpn_id"]

    def __str__(self) -> str:
        return f"{self.mpn_id} {self.name}"


class Enrolment(models.Model):
    """A location's enrolment in one programme, until the end of the fiscal year."""

    location = models.ForeignKey(MpnLocation, models.CASCADE, related_name="enrolments", verbose_name=_("location"))
    programme = models.CharField(_("programme"), max_length=12, choices=Programme.choices)
    state = models.CharField(_("state"), max_length=20, choices=EnrolmentState.choices)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        constraints = [models.UniqueConstraint(fields=["location", "programme"], name="one_enrolment_per_programme")]

    def __str__(self) -> str:
        return f"{self.location.mpn_id} {self.programme}: {self.state}"


class Membership(models.Model):
    """A person's place in a firm. A person belongs to one firm (domain.md, "After approval")."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="membership", verbose_name=_("person")
    )
    firm = models.ForeignKey(PartnerFirm, models.CASCADE, related_name="memberships", verbose_name=_("firm"))
    role = models.CharField(_("role"), max_length=20, choices=PartnerRole.choices)

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")

    def __str__(self) -> str:
        return f"{self.user} – {self.firm}"


class DayKind(models.TextChoices):
    """What an exception makes of its day."""

    CLOSED = "closed", _("Closed")
    WORKED = "worked", _("Worked")


class CalendarException(models.Model):
    """A day on which a calendar departs from the country's public holidays (domain.md, "Clocks").

    It belongs to one firm, or to every calendar of a country, or (with neither) to Microsoft's review site. What it
    changes are deadlines that begin later: a running one never moves.
    """

    firm = models.ForeignKey(
        PartnerFirm,
        models.CASCADE,
        related_name="calendar_exceptions",
        verbose_name=_("firm"),
        null=True,
        blank=True,
    )
    country = models.CharField(_("country (ISO code)"), max_length=2, blank=True)
    day = models.DateField(_("day"))
    kind = models.CharField(_("the day is"), max_length=10, choices=DayKind.choices)
    reason = models.CharField(_("reason"), max_length=200)
    entered_at = models.DateTimeField(_("entered"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("calendar exception")
        verbose_name_plural = _("calendar exceptions")
        ordering = ["day", "id"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(firm__isnull=True) | models.Q(country=""), name="exception_of_one_calendar"
            ),
            models.UniqueConstraint(
                fields=["firm", "day"], condition=models.Q(firm__isnull=False), name="one_exception_per_firm_and_day"
            ),
            models.UniqueConstraint(
                fields=["country", "day"],
                condition=models.Q(firm__isnull=True),
                name="one_exception_per_country_and_day",
            ),
        ]

    def __str__(self) -> str:
        # Django's log of changes keeps this text: it must tell whose day it was when the row is gone.
        return f"{self.day:%Y-%m-%d} {self.kind}: {self.firm or self.country or 'review site'}"
