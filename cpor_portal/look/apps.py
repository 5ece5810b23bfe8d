from django.apps import AppConfig


class LookConfig(AppConfig):
    name = "cpor_portal.look"
    label = "look"
