from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DirectoryConfig(AppConfig):
    name = "cpor_portal.directory"
    label = "directory"
    verbose_name = _("Directory and product catalogue")
