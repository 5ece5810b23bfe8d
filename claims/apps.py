from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClaimsConfig(AppConfig):
    name = "claims"
    verbose_name = _("Claims")

    def ready(self) -> None:
        """The outbox learns which mails there are about claims."""
        from claims.mails.kinds import KINDS
        from cpor_portal.notifications.kinds import register

        register(*KINDS)
