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
        "trained 40 key users and measured each month how much the products are used. Use rose from 35 to 80 percent.",
        "We set up single sign-on and the policies for mobile devices, cleaned up 3,000 old accounts, wrote the "
        "hand-book of the help desk, and answered its questions for six weeks after the start.",
        "We built the chart of accounts and the approval steps with the finance team, took over two years of ledgers, "
        "ran three test closings, and stood by during the first real one in July.",
    ),
    "hu": (
        "Februártól májusig az ügyfél informatikusaival megterveztük a bevezetést, négy lépésben átköltöztettük a "
        "felhasználókat, 40 kulcsfelhasználót betanítottunk, és havonta mértük a termékek használatát.",
        "Beállítottuk az egyszeri bejelentkezést és a mobileszközök szabályait, rendbe tettük a régi fiókokat, "
        "megírtuk az ügyfélszolgálat kézikönyvét, és az indulás után hat hétig válaszoltunk a kérdésekre.",
    ),
}
SIGNER = {"en": ("Casey Customer", "Head of IT"), "hu": ("Kovács Katalin", "Informatikai vezető")}


def proof_of(claim: Claim, by: User, *, on: date, is_signed: bool = True) -> SimpleUploadedFile:
    """The template for `claim` as it came back, dated before the day `on`: signed, or with the work filled in alone."""
    language = "hu" if by.language == "hu" else "en"
    signer, title = SIGNER[language]
    texts = WORK[language]
    work = texts[sum(map(ord, claim.customer_display_name)) % len(texts)]  # each customer another one
    answers = answers_of(language, work=work, signer=signer, title=title, on=on - SIGNED_BEFORE)
    if not is_signed:
        answers = {"work": answers["work"]}
    name = "proof-of-execution.pdf" if is_signed else "statement-of-work.pdf"
    return SimpleUploadedFile(name, fill(pdf_template(claim, language), answers), content_type="application/pdf")


def read_proof(claim: Claim, *, at: datetime | None) -> None:
    """Read what was added, as the job would; told afterwards, it happened `at`."""
    for document_id in claim.documents.values_list("pk", flat=True):
        reading.read_one(document_id)
        reading.judge_one(document_id)
    if at is not None:
        claim.cells.filter(changed_at__gt=at, verdict="").update(changed_at=at)
