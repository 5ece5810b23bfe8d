"""The portal's own template as it comes back from customers: filled in, in part or not at all."""

from datetime import date

from claims.models import Claim, ClaimLine
from claims.proof.checker import Facts
from claims.proof.template.filling import answers_of, fill
from claims.proof.template.letter import letter_of
from claims.proof.template.pdf import write_pdf
from claims.proof.template.word import write_docx
from claims.words import Activity
from cpor_portal.directory.models import Product, SolutionArea
from tests.support.claims import make_draft
from tests.support.factories import make_firm, make_location, make_product

SIGNED_ON = date(2026, 10, 3)
WORK = {
    "en": "From March to September 2026 the partner migrated 412 mailboxes to Exchange Online, rolled out Microsoft "
    "Teams at eleven sites and trained everybody. It also answered questions on Intune while it enrolled 390 laptops.",
    "hu": "2026 márciusa és szeptembere között a partner 412 postafiókot költöztetett át az Exchange Online-ba, "
    "bevezette a Microsoft Teamst tizenegy telephelyen, és mindenkit oktatott. Az Intune-ba 390 laptopot léptetett be.",
}
SIGNERS = {"en": ("Jane Doe", "IT Director"), "hu": ("dr. Nagy Erzsébet", "vezérigazgató")}
# What the customer left out of the template.
LEFT_OUT: dict[str, frozenset[str]] = {
    "template": frozenset(),
    "template not filled": frozenset({"work", "signer_name", "signer_title", "signed_on", "signature"}),
    "template without the work": frozenset({"work"}),
    "template not signed": frozenset({"signer_name", "signer_title", "signed_on", "signature"}),
    "template filled in on the screen, not signed": frozenset({"signature"}),
    "template without a date": frozenset({"signed_on"}),
}


def filled(name: str, form: str, language: str, facts: Facts) -> bytes:
    """The template for the claim of these facts, in that language. Writes the claim that it is made from."""
    letter = letter_of(_claim(facts), language)
    signer, title = SIGNERS[language]
    given = answers_of(language, work=WORK[language], signer=signer, title=title, on=SIGNED_ON)
    answers = {blank: words for blank, words in given.items() if blank not in LEFT_OUT[name]}
    if form == "docx":
        return write_docx(letter, answers)
    return fill(write_pdf(letter), answers) if answers else write_pdf(letter)


def _claim(facts: Facts) -> Claim:
    firm = make_firm(facts.partner)
    claim = make_draft(
        firm,
        location=make_location(firm),
        tenant_id=facts.tenant_id,
        domain=facts.domains[0],
        customer_display_name=facts.customer,
        customer_country="US" if facts.public_sector else "GB",
        public_sector=facts.public_sector,
        solution_area=SolutionArea.MICROSOFT_365,
        activities=[Activity.USAGE],
    )
    for product in facts.products:
        ClaimLine.objects.create(claim=claim, firm=firm, product=_product(product.code, product.names[0]))
    return claim


def _product(code: str, name: str) -> Product:
    return Product.objects.filter(code=code).first() or make_product(code, name=name)
