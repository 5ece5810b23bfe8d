"""What to say about documents (domain.md, "Proof of execution"), and about a step that was never finished."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims.refusals.advice import Advice, Cause, Letter, Who

_ASK_FOR_PROOF = Letter(
    subject=_("Your signature on our proof of execution"),
    text=_(
        "We would like Microsoft to recognise our work for you. Microsoft asks for a document that says what we did "
        "and that carries your signature. Could you send us a signed copy that shows the following?"
    ),
    steps=(
        _("The names of both firms, and your domain and tenant ID."),
        _("What we did for you, and for which products."),
        _("Your acknowledgement, with a name, a signature and a date within the last twelve months."),
    ),
)

ADVICE: dict[Cause, Advice] = {
    ("proof_required", ""): Advice(
        title=_("No proof of execution yet"),
        text=_("Add at least one document that shows what your firm did and that the customer acknowledges it."),
        who=Who.YOU_WITH_CUSTOMER,
        steps=(
            _("Write down the parties, the products and what was done."),
            _("Let your customer sign and date it; the date must lie within the twelve months before submission."),
            _("Add the document here: PDF, DOCX, PNG or JPEG."),
        ),
        letter=_ASK_FOR_PROOF,
        topic="proof",
    ),
    ("proof_quarantined", ""): Advice(
        title=_("There is no document that counts"),
        text=_(
            "The virus scan found something in every document of this claim. They are in quarantine: nobody can open "
            "them, and they do not count as proof."
        ),
        who=Who.YOU,
        steps=(
            _("Have the computer that the files came from checked for viruses."),
            _("Make the document anew on a clean computer, and add it here. The same file would be refused again."),
        ),
        topic="proof",
    ),
    ("storage_unreachable", ""): Advice(
        title=_("The document could not be stored"),
        text=_(
            "The place where the portal keeps documents does not answer at the moment. Nothing is wrong with your "
            "file, and everything else that you entered is kept."
        ),
        who=Who.WE,
        steps=(_("Wait a few minutes, then choose the file again."),),
    ),
    ("document_type", ""): Advice(
        title=_("This type of file cannot be used"),
        text=_(
            "“%(name)s” is not a PDF, DOCX, PNG or JPEG. The portal looks at what is in the file; its ending does "
            "not count."
        ),
        who=Who.YOU,
        steps=(
            _("Open the document and save or print it as PDF, without a password and without macros."),
            _("Add the new file here."),
        ),
        topic="proof",
    ),
    ("document_too_large", ""): Advice(
        title=_("This file is too large"),
        text=_("“%(name)s” has %(size)s. A document can have at most %(limit)s."),
        who=Who.YOU,
        steps=(
            _("Save the document with smaller pictures, or scan it with a lower resolution."),
            _("Or split it into several documents."),
        ),
        topic="proof",
    ),
    ("document_empty", ""): Advice(
        title=_("This file is empty"),
        text=_("“%(name)s” has no content. Perhaps it was still being written when it was chosen."),
        who=Who.YOU,
        steps=(_("Open the document to see whether it is whole, and choose it again."),),
        topic="proof",
    ),
    ("document_duplicate", ""): Advice(
        title=_("This document is there already"),
        text=_("“%(name)s” has the same content as “%(existing_name)s”, which belongs to this claim."),
        who=Who.YOU,
        steps=(_("If you meant to add a newer version, make sure that you chose the changed file."),),
        topic="proof",
    ),
    ("too_many_documents", ""): Advice(
        title=_("Too many documents"),
        text=ngettext_lazy(
            "A claim can have at most %(limit)d document, and this would make %(total)d.",
            "A claim can have at most %(limit)d documents, and this would make %(total)d.",
            "limit",
        ),
        who=Who.YOU,
        steps=(_("Remove a document that is no longer needed, or put several into one PDF."),),
        topic="proof",
    ),
    ("step_incomplete", ""): Advice(
        title=_("This step is not finished"),
        text=_("Open this step, look at your answers and save it."),
        who=Who.YOU,
    ),
}
