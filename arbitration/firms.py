"""Which firm somebody means: by its name, or by any of its MPN IDs."""

from django.utils.translation import gettext_lazy as _

from cpor_portal.accounts.models import MpnLocation, PartnerFirm
from cpor_portal.directory.identifiers import Malformed, read_mpn_id
from cpor_portal.faults import Refused

# So many firms a refusal names where several could be meant.
NAMED = 5


def firm_named(text: str) -> PartnerFirm:
    """The firm with this global or location MPN ID, with this name, or the only one whose name begins so.

    Raises Refused (`firm_required`, `firm_unknown`, `firm_ambiguous`). For reviewers and arbiters, who know all firms.
    """
    wanted = text.strip()
    if not wanted:
        raise Refused("firm_required", _("Enter the firm's name or one of its MPN IDs."), field="firm")
    found = _by_mpn_id(wanted) or _by_name(wanted)
    if not found:
        unknown = _("No firm has this name or MPN ID. Enter how its name begins, or its global MPN ID.")
        raise Refused("firm_unknown", unknown, field="firm")
    if len(found) > 1:
        raise _ambiguous(found)
    return found[0]


def _by_mpn_id(text: str) -> list[PartnerFirm]:
    try:
        mpn_id = read_mpn_id(text)
    except Malformed:
        return []
    firm = PartnerFirm.objects.filter(global_id=mpn_id).first()
    location = None if firm else MpnLocation.objects.filter(mpn_id=mpn_id).select_related("firm").first()
    return [firm] if firm else [location.firm] if location else []


def _by_name(text: str) -> list[PartnerFirm]:
    """The beginning of the name, which has an index; the whole name counts for more than a longer one."""
    found = list(PartnerFirm.objects.filter(name__istartswith=text).order_by("name", "pk")[: NAMED + 1])
    whole = [firm for firm in found if firm.name.casefold() == text.casefold()]
    return whole or found


def _ambiguous(firms: list[PartnerFirm]) -> Refused:
    names = ", ".join(f"{firm.name} ({firm.global_id})" for firm in firms[:NAMED])
    text = _("Several firms could be meant. Enter the global MPN ID of one of them: %(firms)s.")
    return Refused("firm_ambiguous", text % {"firms": names}, field="firm")
