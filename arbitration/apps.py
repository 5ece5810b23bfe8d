from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ArbitrationConfig(AppConfig):
    name = "arbitration"
    verbose_name = _("Review and arbitration")

    def ready(self) -> None:
        """Claims learn how to ask who is away."""
        from arbitration.absences import is_absent
        from claims.away import register

        register(is_absent)
