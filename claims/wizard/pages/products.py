"""Step "products": every chosen product is judged; all refusals are shown at once."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from claims.acts import editing
from claims.acts.lines import EDITABLE
from claims.checks import faults_in
from claims.checks.products import ProductsAnswer, Wanted, check_products, contested_products
from claims.models import ClaimLine
from claims.refusals import refused
from claims.wizard.forms.products import ProductsForm
from claims.wizard.pages.base import Data, StepPage, Visit
from cpor_portal.directory.models import Product
from cpor_portal.directory.source import directory
from cpor_portal.faults import Refused


class ProductsPage(StepPage):
    """What the claim is about."""

    template_name = "claims/wizard/products.html"

    def form(self, visit: Visit, data: Data = None, files: Data = None) -> ProductsForm:
        """The lines that can still be changed, with what was typed for each."""
        lines = _editable(visit)
        entered = {f"subscription_{line.product.code}": line.subscription_entered for line in lines}
        return ProductsForm(
            data,
            initial={"products": [line.product.code for line in lines], **entered},
            claim=visit.claim,
            catalogue=_catalogue(visit),
            contested=contested_of(visit, lines),
        )

    def save(self, visit: Visit, form: Any) -> list[str]:
        """Keep the products when all of them hold; say which of them go to arbitration."""
        try:
            answer = _checked(visit, form.cleaned_data["products"], form.entered())
        except Refused as fault:
            form.contested = _contested_among_the_good(visit, form, fault)
            raise
        contested = _newly_contested(visit, answer)
        editing.save_products(**visit.key, answer=answer, seen=form.as_seen())
        return _told(contested)

    def facts(self, visit: Visit, form: Any) -> dict[str, Any]:
        """Lines that are decided already and stay as they are, and how long the list is."""
        decided = [] if visit.claim.is_draft else list(_lines(visit).exclude(outcome__in=EDITABLE))
        return {"decided_lines": decided, "has_filter": len(form.catalogue) > 8}


def contested_of(visit: Visit, lines: Sequence[ClaimLine]) -> set[str]:
    """The codes of the products among `lines` that go to arbitration, as the claim's own firm may know it.

    Once filed, a firm knows what it was told at its own submission: nobody hears of a rival that came after
    them before a case opens (domain.md, "Competing claims").
    """
    if visit.claim.is_draft:
        return _contested(visit, lines)
    return {line.product.code for line in lines if line.told_contested}


def _contested(visit: Visit, lines: Iterable[Wanted]) -> set[str]:
    tenant_id = visit.claim.tenant_id
    return contested_products(visit.claim.firm, tenant_id, lines) if tenant_id else set()


def _lines(visit: Visit) -> QuerySet[ClaimLine]:
    return visit.claim.lines.select_related("product")


def _editable(visit: Visit) -> list[ClaimLine]:
    return list(_lines(visit).filter(outcome__in=EDITABLE))


def _catalogue(visit: Visit) -> list[Product]:
    return list(Product.objects.claimable_on(visit.today).filter(solution_area=visit.claim.solution_area))


def _checked(visit: Visit, codes: Sequence[str], entered: dict[str, str]) -> ProductsAnswer:
    claim = visit.claim
    if claim.tenant_id is None:
        raise refused("step_incomplete", field="products")
    return check_products(
        codes=codes,
        entered={**entered, **_kept(visit, entered)},
        area=claim.solution_area,
        firm=claim.firm,
        tenant_id=claim.tenant_id,
        source=directory(),
        except_claim=claim,
        today=visit.today,
    )


def _kept(visit: Visit, entered: dict[str, str]) -> dict[str, str]:
    """A filed line keeps the subscription that it was filed for, unless another is entered."""
    if visit.claim.is_draft:
        return {}
    return {
        line.product.code: str(line.subscription_id)
        for line in _editable(visit)
        if line.subscription_id and not entered.get(line.product.code, "").strip()
    }


def _newly_contested(visit: Visit, answer: ProductsAnswer) -> list[Product]:
    """The products of `answer` that another firm holds or claims; on a filed claim only those that are new on it."""
    filed = set() if visit.claim.is_draft else {(line.product_id, line.subscription_id) for line in _editable(visit)}
    new = [line for line in answer.lines if (line.product.pk, line.subscription_id) not in filed]
    codes = _contested(visit, new)
    return [line.product for line in new if line.product.code in codes]


def _contested_among_the_good(visit: Visit, form: ProductsForm, fault: Refused) -> set[str]:
    """Where some products are refused, what is to be told about the others."""
    bad = {single.facts.get("product_code") for single in faults_in(fault)}
    good = [code for code in form.cleaned_data["products"] if code not in bad]
    if not good or None in bad:
        return set()
    answer = _checked(visit, good, form.entered())
    return {product.code for product in _newly_contested(visit, answer)}


def _told(products: Sequence[Product]) -> list[str]:
    if not products:
        return []
    names = ", ".join(product.name for product in products)
    return [
        _("Another partner holds or claims this: %(products)s. You can go on; it will go to arbitration.")
        % {"products": names}
    ]
