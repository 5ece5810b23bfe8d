"""The project, and the ground that the partner's and Microsoft's sides stand on."""

from cpor_portal.celery import app as celery_app

__all__ = ["celery_app"]
