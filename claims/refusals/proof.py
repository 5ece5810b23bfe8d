"""What to say about documents (domain.md, "Proof of execution"), and about a step that was never finished."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from claims.refusals.advice import Advice, Cause, Letter, Who, Words, with_texts

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

_OTHER_TYPES: dict[str, Words] = {
    "web_page": _("“%(name)s” is a web page, whatever it is called. Documents can be PDF, DOCX, PNG or JPEG."),
    "program": _("“%(name)s” is a program, whatever it is called. Documents can be PDF, DOCX, PNG or JPEG."),
    "picture": _("“%(name)s” is a picture of another kind. Pictures can be PNG or JPEG."),
    "text": _("“%(name)s” is plain text. Documents can be PDF, DOCX, PNG or JPEG."),
    "rich_text": _("“%(name)s” is a rich text document (RTF). Documents can be PDF, DOCX, PNG or JPEG."),
    "old_office": _(
        "“%(name)s” is an Outlook message, or an Office document in the form that was used before 2007. Documents can "
        "be PDF, DOCX, PNG or JPEG."
    ),
    "template": _("“%(name)s” is a template for Word documents and no document. Save it as a Word document or as PDF."),
    "workbook": _("“%(name)s” is a workbook, such as Excel makes them. Documents can be PDF, DOCX, PNG or JPEG."),
    "presentation": _(
        "“%(name)s” is a presentation, such as PowerPoint makes them. Documents can be PDF, DOCX, PNG or JPEG."
    ),
    "open_document": _("“%(name)s” is an OpenDocument file. Documents can be PDF, DOCX, PNG or JPEG."),
    "archive": _("“%(name)s” is an archive such as a ZIP file. Add the documents that are in it one by one."),
}

_NAMED_TWICE = _("“%(name)s” and “%(existing_name)s” have the same content. One of them is enough.")

_AS_PDF = _("Open the document and save or print it as PDF.")
_ADD_AGAIN = _("Add the new file here.")

_UNUSABLE: dict[Cause, Advice] = {
    ("document_encrypted", ""): Advice(
        title=_("This document is protected by a password"),
        text=_("“%(name)s” cannot be opened without a password. Neither the portal nor a reviewer can read it."),
        who=Who.YOU,
        steps=(
            _("Open the document with its password and save a copy without one."),
            _("If you do not have the password, ask whoever sent you the document for a copy without one."),
            _ADD_AGAIN,
        ),
        topic="proof",
    ),
    ("document_broken", ""): Advice(
        title=_("This document is damaged"),
        text=_("“%(name)s” cannot be read: a part of it is missing or makes no sense."),
        who=Who.YOU,
        steps=(
            _("Open the document on your computer to see whether it is whole."),
            _("If it opens, save or print it as PDF. If it does not, get it again from where it came from."),
            _ADD_AGAIN,
        ),
        topic="proof",
    ),
    ("document_macros", ""): Advice(
        title=_("This document contains macros"),
        text=_(
            "“%(name)s” contains macros, which are small programs. The portal takes documents without programs only."
        ),
        who=Who.YOU,
        steps=(
            _("Open the document in Word and choose “Save as”, type “Word document (.docx)” or “PDF”."),
            _("If another document with macros is embedded in it, remove that one first."),
            _ADD_AGAIN,
        ),
        topic="proof",
    ),
    ("document_bomb", ""): Advice(
        title=_("This document unpacks to far too much"),
        text=_(
            "“%(name)s” is small as a file, but unpacks to far more than a document needs. The portal does not open it."
        ),
        who=Who.YOU,
        steps=(_AS_PDF, _("If it is a scan, scan it again with a lower resolution."), _ADD_AGAIN),
        topic="proof",
    ),
    ("document_too_many_pages", ""): Advice(
        title=_("This document has too many pages"),
        text=_("“%(name)s” has %(total)d pages. A document can have at most %(limit)d."),
        who=Who.YOU,
        steps=(
            _("Save a copy with the pages that show what your firm did and what your customer acknowledges."),
            _("Or split the document into several."),
            _ADD_AGAIN,
        ),
        topic="proof",
    ),
    ("document_picture_too_large", ""): Advice(
        title=_("This picture has too many pixels"),
        text=_("“%(name)s” holds a picture of %(size)s pixels. That is more than can be shown."),
        who=Who.YOU,
        steps=(
            _("Save the picture with fewer pixels, or scan the page with 300 dots per inch."),
            _ADD_AGAIN,
        ),
        topic="proof",
    ),
    ("document_given_up", ""): Advice(
        title=_("The portal gave up on this document"),
        text=_("Looking into “%(name)s” took too much time or memory, so the portal stopped. It was not stored."),
        who=Who.YOU,
        steps=(
            _("Add the document again: the portal may have been busy."),
            _("If it is given up again, open the document, print it as PDF and add that file instead."),
            _("If that does not help either, write to support."),
        ),
        topic="proof",
    ),
}

_PLAIN: dict[Cause, Advice] = {
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
    ("too_many_documents", ""): Advice(
        title=_("Too many documents"),
        text=ngettext_lazy(
            "At most %(limit)d document can be added before a claim is handed in, and this would make %(total)d.",
            "At most %(limit)d documents can be added before a claim is handed in, and this would make %(total)d.",
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

_TYPE = Advice(
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
)

_DUPLICATE = Advice(
    title=_("This document is there already"),
    text=_("“%(name)s” has the same content as “%(existing_name)s”, which belongs to this claim."),
    who=Who.YOU,
    steps=(_("If you meant to add a newer version, make sure that you chose the changed file."),),
    topic="proof",
)

ADVICE: dict[Cause, Advice] = {
    **_PLAIN,
    **_UNUSABLE,
    **with_texts("document_type", _TYPE, _OTHER_TYPES),
    **with_texts("document_duplicate", _DUPLICATE, {"together": _NAMED_TWICE}),
}
