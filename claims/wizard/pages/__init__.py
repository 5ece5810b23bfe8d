"""One page per step: how its form is filled from the row, and the one act that saves it."""

from claims.wizard.pages.activity import ActivityPage
from claims.wizard.pages.base import StepPage, Visit
from claims.wizard.pages.contacts import ContactsPage
from claims.wizard.pages.mpn import MpnPage
from claims.wizard.pages.products import ProductsPage
from claims.wizard.pages.proof import ProofPage
from claims.wizard.pages.tenant import TenantPage

__all__ = ["PAGES", "StepPage", "Visit"]

PAGES: dict[str, StepPage] = {
    "tenant": TenantPage(),
    "activity": ActivityPage(),
    "mpn": MpnPage(),
    "products": ProductsPage(),
    "contacts": ContactsPage(),
    "proof": ProofPage(),
}
