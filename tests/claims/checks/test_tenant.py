"""The tenant step: six causes told apart, the first that applies."""

from uuid import UUID

import pytest

from claims.checks.tenant import check_tenant
from cpor_portal.directory.local import LocalDirectory
from cpor_portal.directory.source import DirectoryUnreachable
from cpor_portal.faults import Refused
from tests.claims.checks.tables import rows_of
from tests.support.factories import make_tenant

pytestmark = pytest.mark.django_db

IDS = {
    "Contoso's": "11111111-1111-4111-8111-111111111111",
    "Fabrikam's": "22222222-2222-4222-8222-222222222222",
    "unknown": "33333333-3333-4333-8333-333333333333",
}
FIELDS = {
    "tenant_id_malformed": "tenant_id",
    "tenant_unknown": "tenant_id",
    "directory_unreachable": "",
    "domain_malformed": "domain",
    "domain_unknown": "domain",
    "domain_tenant_mismatch": "domain",
}
SILENT = {
    "silent": ("find_tenant", "tenant_of_domain"),
    "silent on tenants": ("find_tenant",),
    "silent on domains": ("tenant_of_domain",),
    "answers": (),
}


def _go_down(_source: LocalDirectory, _asked: object) -> None:
    raise DirectoryUnreachable


@pytest.fixture(autouse=True)
def _customers(db: None) -> None:
    domains = ("contoso.com", "contoso.onmicrosoft.com", "contosomail.onmicrosoft.com", "xn--bcher-contoso-wob.de")
    make_tenant(*domains, tenant_id=UUID(IDS["Contoso's"]), display_name="Contoso")
    make_tenant("fabrikam.com", tenant_id=UUID(IDS["Fabrikam's"]), display_name="Fabrikam")


@pytest.mark.parametrize("row", rows_of("tenant_step"))
def test_the_first_cause_that_applies_is_the_answer(row: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    tenant, domain = (IDS.get(row[name], row[name]) for name in ("tenant ID entered", "domain entered"))
    for method in SILENT[row["directory"]]:
        monkeypatch.setattr(LocalDirectory, method, _go_down)
    if row["answer"] in FIELDS:
        with pytest.raises(Refused) as refusal:
            check_tenant(tenant, domain, LocalDirectory())
        fault = refusal.value
        assert (fault.code, fault.facts["variant"]) == (row["answer"], row["message"])
        assert fault.field == FIELDS[fault.code]
    else:
        assert check_tenant(tenant, domain, LocalDirectory()).facts.display_name == row["answer"]


def test_the_answer_keeps_what_was_typed_and_the_domain_that_was_looked_up() -> None:
    typed = "{" + IDS["Contoso's"] + "}"
    answer = check_tenant(typed, "Anna@CONTOSO.com", LocalDirectory())
    assert (answer.domain, answer.domain_entered) == ("contoso.com", "Anna@CONTOSO.com")
    assert answer.tenant_entered == typed


def test_a_mismatch_does_not_tell_whose_the_domain_is() -> None:
    with pytest.raises(Refused) as refusal:
        check_tenant(IDS["Contoso's"], "fabrikam.com", LocalDirectory())
    said = f"{refusal.value.text} {refusal.value.facts}"
    assert IDS["Fabrikam's"] not in said
    assert "Fabrikam" not in said
