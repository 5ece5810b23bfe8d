"""What to say at the activity step (domain.md, "Solution areas, activities, programmes")."""

from django.utils.translation import gettext_lazy as _

from claims.refusals.advice import Advice, Cause, Who

ADVICE: dict[Cause, Advice] = {
    ("area_required", ""): Advice(
        title=_("Choose a solution area"),
        text=_("Choose whether the claim is about Business Applications or about Microsoft 365."),
        who=Who.YOU,
        steps=(_("A claim is about one area. Work in both areas needs two claims."),),
        topic="activity",
    ),
    ("activity_required", ""): Advice(
        title=_("Choose an activity"),
        text=_("Choose what your firm did for the customer."),
        who=Who.YOU,
        topic="activity",
    ),
    ("activity_wrong_area", ""): Advice(
        title=_("This activity does not belong to the solution area"),
        text=_(
            "Microsoft 365 knows one activity, usage. Presales and revenue association can only be claimed for "
            "Business Applications."
        ),
        who=Who.YOU,
        steps=(
            _("If the work was about Dynamics 365 or Power Platform, change the solution area."),
            _("If it was about Microsoft 365, choose usage alone."),
        ),
        topic="activity",
    ),
    ("revenue_association_stands_alone", ""): Advice(
        title=_("Revenue association stands alone"),
        text=_(
            "Revenue association is recognition without payment and cannot stand in one claim with presales or "
            "usage, which are paid."
        ),
        who=Who.YOU,
        steps=(
            _("Choose presales, usage or both if your firm is to be considered for payment."),
            _("Choose revenue association alone if you influenced the selection and want recognition only."),
        ),
        topic="activity",
    ),
}
