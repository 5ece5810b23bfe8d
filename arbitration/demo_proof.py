"""The proof of the demo's claims: our own template as customers sent it back, read at once so that there is something
to look at.
"""

from datetime import date, datetime, timedelta

from django.core.files.uploadedfile import SimpleUploadedFile

from claims.acts import reading
from claims.models import Claim
from claims.proof.template import pdf_template
from claims.proof.template.filling import answers_of, fill
from cpor_portal.accounts.models import User

SIGNED_BEFORE = timedelta(days=10)
WORK = {
    "en": (
        "Between February and May we planned the roll-out with the customer's IT, moved the users over in four waves, "
        "trained 40 key users and measured each month how much the products are used. Use rose from 35 to 80 percent."
    ),
    "hu": (
        "Februártól májusig az ügyfél informatikusaival megterveztük a bevezetést, négy lépésben átköltöztettük a "
        "felhasználókat, 40 kulcsfelhasználót betanítottunk, és havonta mértük a termékek használatát. A használat "
        "35-ről 80 százalékra nőtt."
    ),
}
SIGNER = {"en": ("Casey Customer", "Head of IT"), "hu": ("Kovács Katalin", "Informatikai vezető")}


def proof_of(claim: Claim, by: User, *, on: date, is_signed: bool = True) -> SimpleUploadedFile:
    """The template for `claim` as it came back, dated before the day `on`: signed, or with the work filled in alone."""
    language = "hu" if by.language == "hu" else "en"
    signer, title = SIGNER[language]
    answers = answers_of(language, work=WORK[language], signer=signer, title=title, on=on - SIGNED_BEFORE)
    if not is_signed:
        answers = {"work": answers["work"]}
    name = "proof-of-execution.pdf" if is_signed else "statement-of-work.pdf"
    return SimpleUploadedFile(name, fill(pdf_template(claim, language), answers), content_type="application/pdf")


def read_proof(claim: Claim, *, at: datetime | None) -> None:
    """Read what was added, as the job would; told afterwards, it happened `at`."""
    for document_id in claim.documents.values_list("pk", flat=True):
        reading.read_one(document_id)
    reading.judge(claim.reference)
    if at is not None:
        claim.cells.filter(changed_at__gt=at, verdict="").update(changed_at=at)
