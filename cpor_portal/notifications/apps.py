from django.apps import AppConfig
from django.core import checks
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "cpor_portal.notifications"
    label = "notifications"
    verbose_name = _("Mail")

    def ready(self) -> None:
        """The settings are looked at by `manage.py check`, and at each start; the digest is made known."""
        from cpor_portal.notifications.checks import mail_leaves_the_machine
        from cpor_portal.notifications.digest import DIGEST
        from cpor_portal.notifications.kinds import register

        checks.register(mail_leaves_the_machine)
        register(DIGEST)
