"""Calendar feeds: where a firm's calendar programs read its deadlines."""

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import PartnerFirm


class CalendarFeed(models.Model):
    """A secret address at which a calendar program reads a firm's deadlines. Only the token's hash is kept."""

    firm = models.ForeignKey(PartnerFirm, models.CASCADE, related_name="calendar_feeds", verbose_name=_("firm"))
    name = models.CharField(_("name"), max_length=80)
    token_hash = models.CharField(_("hash of the token"), max_length=64, unique=True)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("made by"))
    made_at = models.DateTimeField(_("made"), default=timezone.now)
    last_read_at = models.DateTimeField(_("last read"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("revoked by"), null=True, blank=True
    )

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.firm_id}: {self.name}"
