"""Which products or workloads the claim is about, and for a product its subscription ID where it is asked."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from claims.refusals import Explanation, explain
from claims.wizard.forms.base import StepForm, part
from cpor_portal.directory.models import Product, ProductKind
from cpor_portal.faults import Refused


class ProductCodes(forms.MultipleChoiceField):
    """Product codes; whether one is in the catalogue and the area is the check's to say, with its own codes."""

    def valid_value(self, value: Any) -> bool:
        """Lets every code through."""
        return True


@dataclass(frozen=True)
class ProductCard:
    """One product of the catalogue: its checkbox, its subscription field, and what is wrong with it."""

    id: str
    product: Product
    is_chosen: bool
    is_contested: bool
    subscription: BoundField | None
    refusals: list[Explanation] = field(default_factory=list)

    @property
    def why_id(self) -> str:
        """The id of what is wrong; the subscription field, where it is at fault, is described by it."""
        is_at_field = self.subscription is not None and self.subscription.errors
        return f"{self.subscription.auto_id}_error" if self.subscription and is_at_field else f"{self.id}_why"

    @property
    def is_open(self) -> bool:
        """Whether the subscription field must be seen: it holds something, or something is wrong here."""
        return self.subscription is not None and bool(self.subscription.value() or self.refusals)


class ProductsForm(StepForm):
    """Checkboxes of the area's catalogue, and a text field for each product that is claimed by subscription."""

    step: ClassVar = "products"
    products = ProductCodes(label=_("Products"), required=False)
    grouped: ClassVar = frozenset({"products"})
    layout: ClassVar = (part("products"),)

    def __init__(
        self, *args: Any, catalogue: Sequence[Product], contested: Collection[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.catalogue = catalogue
        self.contested = frozenset(contested)
        for product in catalogue:
            if product.kind == ProductKind.SUBSCRIPTION:
                self.fields[f"subscription_{product.code}"] = _subscription_field(product)

    def entered(self) -> dict[str, str]:
        """What was typed as subscription ID, by product code."""
        return {product.code: self.cleaned_data.get(f"subscription_{product.code}", "") for product in self.catalogue}

    def cards(self) -> list[ProductCard]:
        """The catalogue as cards."""
        chosen = self.chosen("products")
        return [self._card(number, product, product.code in chosen) for number, product in enumerate(self.catalogue)]

    def general_refusals(self) -> list[Explanation]:
        """What is wrong with the step as a whole, or with a product that is not on the list."""
        listed = {product.code for product in self.catalogue}
        return [explain(fault, self.claim) for fault in self.faults if fault.facts.get("product_code") not in listed]

    def named(self, fault: Refused) -> str:
        """With the product's name: several may have the same cause."""
        title = super().named(fault)
        if "product_code" not in fault.facts:
            return title
        return str(_("%(product)s: %(title)s") % {"product": fault.facts["product"], "title": title})

    def target_of(self, fault: Refused) -> str:
        """The product's own card, so that the summary leads to the right one of many."""
        codes = [product.code for product in self.catalogue]
        code = fault.facts.get("product_code")
        return f"id_products_{codes.index(code)}" if code in codes else super().target_of(fault)

    def _card(self, number: int, product: Product, is_chosen: bool) -> ProductCard:
        name = f"subscription_{product.code}"
        return ProductCard(
            id=f"id_products_{number}",
            product=product,
            is_chosen=is_chosen,
            is_contested=product.code in self.contested,
            subscription=self[name] if name in self.fields else None,
            refusals=[
                explain(fault, self.claim) for fault in self.faults if fault.facts.get("product_code") == product.code
            ],
        )


def _subscription_field(product: Product) -> forms.CharField:
    return forms.CharField(
        label=_("Subscription ID"),
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "class": "form-control mono"}),
    )
