"""The template of the proof: what stands in it when it is read again, that it can be filled in, and who gets it."""

import io
import re
from datetime import date
from typing import Any, cast

import pypdfium2  # type: ignore[import-untyped]
import pytest
from django.utils import translation
from docx import Document as OpenDocument
from docx.document import Document as Word
from pypdf import PdfReader

from claims.models import Claim, ClaimLine
from claims.proof.template import LANGUAGES, boilerplate, docx_template, pdf_template, wording
from claims.proof.template.filling import filled_docx, filled_pdf
from claims.proof.template.fonts import REGULAR, font_file
from claims.views.template import file_name
from claims.words import Activity, Outcome
from cpor_portal.accounts.models import PartnerRole, StaffRole
from tests.claims.views.pages import signed_in
from tests.support.factories import make_person, make_product, make_staff, make_workload
from tests.support.stories import make_customer, make_draft, make_side, make_submitted

pytestmark = pytest.mark.django_db

FIELDS = ["work", "signer_name", "signer_title", "signed_on", "signature"]
WORK = "From March to May we set up the mailboxes of 240 people.\nŐszi árvíztűrő tükörfúrógép: működik."
PAPERS = {"US": (612, 792), "CA": (612, 792), "PR": (612, 792), "HU": (595, 842)}


def make_claim(customer: str = "Contoso Ltd", *, products: int = 2, **facts: Any) -> Claim:
    """A draft with these facts on its row."""
    workloads = [make_workload() for _number in range(products)]
    draft = make_draft(make_side("Northwind Traders"), make_customer(*workloads), workloads)
    Claim.objects.filter(pk=draft.pk).update(customer_display_name=customer, **facts)
    return Claim.objects.select_related("firm", "location").get(pk=draft.pk)


def pages_of(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf), strict=True).pages]


def flat(text: str) -> str:
    """Text without its line breaks, so that what was broken into lines is found again."""
    return " ".join(text.split())


def text_of(pdf: bytes) -> str:
    return flat(" ".join(pages_of(pdf)))


def word_text(docx: bytes) -> str:
    """Everything that stands in the body, in its order."""
    return flat(" ".join(node.text or "" for node in _word(docx).element.body.iter() if node.tag.endswith("}t")))


def _word(docx: bytes) -> Word:
    return OpenDocument(io.BytesIO(docx))


def names_of(claim: Claim) -> list[str]:
    return [line.product.name for line in claim.lines.select_related("product")]


def facts_of(claim: Claim) -> list[str]:
    location = claim.location
    assert location
    facts = [claim.firm.name, location.mpn_id, claim.customer_display_name, claim.domain, str(claim.tenant_id)]
    return [*facts, claim.reference, claim.name, *names_of(claim)]


def ink_on(pdf: bytes) -> list[int]:
    """How many pixels of each page are not white, as Chromium's own viewer draws them."""
    opened = pypdfium2.PdfDocument(pdf)
    opened.init_forms()
    drawn = [page.render(scale=0.8, may_draw_forms=True).to_pil().convert("L") for page in opened]
    inked = [sum(picture.histogram()[:200]) for picture in drawn]
    opened.close()
    return inked


# --- What stands in it -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fact_of_the_claim_can_be_read_again(language: str) -> None:
    claim = make_claim()
    for text in (text_of(pdf_template(claim, language)), word_text(docx_template(claim, language))):
        assert [fact for fact in facts_of(claim) if fact not in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_four_sections_stand_in_their_order_with_the_signature_block_last(language: str) -> None:
    claim = make_claim()
    with translation.override(language):
        headings = [str(text) for text in (wording.PARTIES, wording.PRODUCTS, wording.WORK, wording.ACKNOWLEDGEMENT)]
        block = [str(text) for text in (wording.NAME, wording.JOB_TITLE, wording.DATE, wording.SIGNATURE)]
    for text in (text_of(pdf_template(claim, language)), word_text(docx_template(claim, language))):
        places = [text.index(heading) for heading in headings]
        assert places == sorted(places)
        assert [label for label in block if label not in text[places[-1] :]] == []


def test_the_hungarian_letter_is_hungarian_throughout() -> None:
    english_alone = boilerplate("en") - boilerplate("hu")
    assert len(english_alone) == len(boilerplate("en"))
    claim = make_claim(customer_country="PR", public_sector=True, activities=[Activity.PRESALES, Activity.USAGE])
    for text in (text_of(pdf_template(claim, "hu")), word_text(docx_template(claim, "hu"))):
        assert "Végrehajtás igazolása" in text
        assert "Értékesítés-előkészítés és használat" in text
        assert [sentence for sentence in english_alone if len(sentence) > 20 and sentence in text] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_reader_of_proof_finds_nothing_but_facts_beside_the_boilerplate(language: str) -> None:
    claim = make_claim(customer_country="US", public_sector=True)
    text = text_of(pdf_template(claim, language))
    for known in sorted([*boilerplate(language), *facts_of(claim)], key=len, reverse=True):
        text = text.replace(known, " ")
    left = [word for word in re.findall(r"\w{3,}", text) if word not in {"Microsoft", "Usage", "Használat", "365"}]
    # The foot's "Page 1 of 2" and nothing else.
    assert set(left) <= {"Page", "oldal", "összesen"}


@pytest.mark.parametrize(
    ("country", "public_sector", "is_asked", "language"),
    [
        ("US", True, True, "en"),
        ("PR", True, True, "hu"),
        ("US", False, False, "en"),
        ("CA", True, False, "hu"),
        ("HU", True, False, "hu"),
    ],
)
def test_public_sector_customers_of_the_us_and_puerto_rico_acknowledge_the_association_too(
    country: str, public_sector: bool, is_asked: bool, language: str
) -> None:
    claim = make_claim(customer_country=country, public_sector=public_sector)
    with translation.override(language):
        words = str(wording.PUBLIC_SECTOR)
    assert (words in word_text(docx_template(claim, language))) is is_asked
    pdf = pdf_template(claim, language)
    assert (words in text_of(pdf)) is is_asked
    box = PdfReader(io.BytesIO(pdf)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == PAPERS[country]


def test_no_date_stands_in_it_that_could_pass_for_the_customers() -> None:
    claim = make_claim(name="Roll-out")
    for text in (text_of(pdf_template(claim, "en")), word_text(docx_template(claim, "en"))):
        assert not re.search(r"\b20\d\d\b", text.replace(str(claim.tenant_id), ""))


NAMES = [
    "Szőlőfürt Ősi Űrhajózási Zrt.",
    "Łódzkie Żółte Źdźbło Sp. z o.o.",
    "Ελληνική Εταιρεία Α.Ε.",
    'ООО "Ромашка и Ёж"',
    "<b>O'Neill</b> & Söhne {{ 7*7 }} **bold** %(name)s \\ </w:t>",
    "W" * 200,
    "Ćwikła i chrzan " * 11 + "na koniec",
]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_the_customers_name_comes_out_as_it_is_written(name: str) -> None:
    claim = make_claim(name)
    pdf = pdf_template(claim, "hu")
    # A long name is broken into lines, if need be within its words.
    assert name.replace(" ", "") in text_of(pdf).replace(" ", "")
    assert name in word_text(docx_template(claim, "hu"))
    assert min(ink_on(pdf)) > 500


@pytest.mark.parametrize("name", ["東京電力 Holdings", "Rocket 🚀 Works", "شركة المثال", "Null\x07 & \ud83d Co"])
def test_letters_that_no_font_has_leave_the_rest_readable_and_say_so(name: str) -> None:
    claim = make_claim()
    claim.customer_display_name = name
    text = text_of(pdf_template(claim, "en"))
    word = word_text(docx_template(claim, "en"))
    gaps = "Some letters of the names cannot be printed" in text
    assert gaps is ("Null" not in name)
    assert [part for part in re.findall("[A-Za-z]{3,}", name) if part not in text] == []
    assert name in word or "Null" in name


def test_fifteen_products_are_all_named_and_the_work_stays_with_the_signature() -> None:
    language = "hu"
    claim = make_claim(products=15, customer_country="US", public_sector=True)
    pdf = pdf_template(claim, language)
    for text in (text_of(pdf), word_text(docx_template(claim, language))):
        assert [name for name in names_of(claim) if name not in text] == []
    with translation.override(language):
        together = [str(wording.WORK), str(wording.ACKNOWLEDGEMENT), str(wording.SIGNATURE)]
    last = pages_of(pdf)[-1]
    assert [text for text in together if text not in last] == []
    # A page that is scanned alone still says whose it is.
    assert [
        fact for fact in (claim.firm.name, claim.domain, str(claim.tenant_id), claim.reference) if fact not in last
    ] == []


def test_a_font_that_a_cleaner_of_temporary_files_took_away_is_decoded_anew() -> None:
    font_file(REGULAR).unlink()
    assert "Contoso Ltd" in text_of(pdf_template(make_claim(), "en"))


def test_a_small_letter_fits_on_one_page() -> None:
    assert len(pages_of(pdf_template(make_claim(customer_country="DE"), "en"))) == 1


def test_a_subscription_is_named_as_the_partner_typed_it_and_never_as_the_portal_matched_it() -> None:
    products = [make_product(), make_product()]
    claim = make_draft(make_side(), make_customer(*products), products)
    matched, typed = claim.lines.order_by("pk")
    entered = "3F2504E0-4F89-41D3-9A0C-0305E82C3301"
    ClaimLine.objects.filter(pk=typed.pk).update(subscription_entered=f" {{{entered}}} ")
    for text in (text_of(pdf_template(claim, "en")), word_text(docx_template(claim, "en"))):
        assert str(matched.subscription_id) not in text
        assert str(typed.subscription_id) not in text
        assert entered.lower() in text
    ClaimLine.objects.filter(pk=matched.pk).update(outcome=Outcome.ASSOCIATED)
    assert str(matched.subscription_id) in text_of(pdf_template(claim, "en"))


def test_a_product_that_was_given_up_is_not_signed_for() -> None:
    claim = make_claim(products=3)
    kept, withdrawn, removed = claim.lines.select_related("product").order_by("pk")
    ClaimLine.objects.filter(pk=withdrawn.pk).update(outcome=Outcome.WITHDRAWN)
    ClaimLine.objects.filter(pk=removed.pk).update(outcome=Outcome.REMOVED)
    text = text_of(pdf_template(claim, "en"))
    assert kept.product.name in text
    assert withdrawn.product.name not in text
    assert removed.product.name not in text


# --- That it can be filled in ------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_pdf_has_its_fields_in_reading_order_each_with_a_label(language: str) -> None:
    pdf = pdf_template(make_claim(), language)
    reader = PdfReader(io.BytesIO(pdf), strict=True)
    fields = reader.get_fields() or {}
    assert list(fields) == FIELDS
    assert all(field.get("/TU") for field in fields.values())
    assert [str(fields[name]["/FT"]) for name in FIELDS] == ["/Tx"] * 4 + ["/Sig"]
    assert all(page.get("/Tabs") == "/R" for page in reader.pages)
    assert not any(field.get("/V") for field in fields.values())


def test_the_pdf_says_its_title_and_language_and_nobody_as_its_author() -> None:
    claim = make_claim()
    reader = PdfReader(io.BytesIO(pdf_template(claim, "hu")))
    assert reader.metadata.title == f"Végrehajtás igazolása · Társítási kérelem {claim.reference}"
    assert reader.metadata.author is None
    assert cast(dict[str, str], reader.root_object)["/Lang"] == "hu"
    assert next(entry["/Title"] for entry in cast(Any, reader.outline)) == "A felek"


def test_the_word_file_says_its_title_and_language_and_nobody_as_its_author() -> None:
    claim = make_claim()
    word = _word(docx_template(claim, "hu"))
    about = word.core_properties
    assert (about.author, about.last_modified_by, about.comments, about.language) == ("", "", "", "hu-HU")
    assert claim.reference in about.title
    assert [part.style.name for part in word.paragraphs if part.style.name.startswith("Heading")] == ["Heading 1"] * 4
    assert claim.reference in word.sections[0].footer.paragraphs[0].text


def test_what_the_claim_does_not_know_yet_can_be_written_in() -> None:
    claim = make_claim(products=1, location=None, tenant_id=None, domain="", activities=[])
    claim.lines.all().delete()
    claim = Claim.objects.get(pk=claim.pk)
    fields = PdfReader(io.BytesIO(pdf_template(claim, "en"))).get_fields() or {}
    assert list(fields) == ["mpn_id", "domain", "tenant_id", "activity", "products", *FIELDS]
    assert "None" not in word_text(docx_template(claim, "en"))


@pytest.mark.parametrize(("language", "dated"), [("en", "2 November 2026"), ("hu", "2026. november 2.")])
def test_a_filled_template_holds_what_was_written_and_shows_it(language: str, dated: str) -> None:
    claim = make_claim()
    written = {"work": WORK, "signer": "Kovács Győző", "title": "Vezérigazgató"}
    pdf = filled_pdf(claim, language, on=date(2026, 11, 2), **written)
    fields = PdfReader(io.BytesIO(pdf), strict=True).get_fields() or {}
    assert [fields[name].get("/V") for name in FIELDS[:-1]] == [WORK, "Kovács Győző", "Vezérigazgató", dated]
    assert fields["signature"]["/V"]["/Name"] == "Kovács Győző"
    assert sum(ink_on(pdf)) > sum(ink_on(pdf_template(claim, language))) + 500
    word = word_text(filled_docx(claim, language, on=date(2026, 11, 2), **written))
    assert [text for text in (*flat(WORK).split(" "), "Vezérigazgató", dated) if text not in word] == []
    assert word.count("Kovács Győző") == 2


def test_a_long_description_still_fits_its_box() -> None:
    claim = make_claim()
    pdf = filled_pdf(claim, "en", work=WORK * 12, signer="A", title="B", on=date(2026, 11, 2))
    assert sum(ink_on(pdf)) > sum(ink_on(pdf_template(claim, "en"))) + 5000


# --- Who gets it -------------------------------------------------------------------------------------------


def test_everybody_of_the_firm_gets_it_for_a_draft_and_reviewers_once_it_is_filed() -> None:
    draft, filed = make_claim(), make_submitted()
    for role in (PartnerRole.INCENTIVES_USER, PartnerRole.GLOBAL_ADMIN):
        assert _status(make_person(draft.firm, role), draft) == 200
    for staff in (StaffRole.REVIEWER, StaffRole.ARBITER):
        assert _status(make_staff(staff), draft) == 404
        assert _status(make_staff(staff), filed) == 200
    for stranger in (make_side().person, make_staff(StaffRole.PORTAL_ADMIN), make_person()):
        assert _status(stranger, filed) == 404


def _status(person: Any, claim: Claim) -> int:
    response = signed_in(person).get(f"/claims/{claim.reference}/proof/template.docx")
    return response.status_code


@pytest.mark.parametrize(
    ("asked", "reads", "language"),
    [("", "hu", "hu"), ("?language=hu", "en", "hu"), ("?language=en", "hu", "en"), ("?language=../de", "hu", "hu")],
)
def test_it_comes_in_the_language_asked_for_or_else_the_readers(asked: str, reads: str, language: str) -> None:
    claim = make_claim()
    person = make_person(claim.firm, language=reads)
    response = signed_in(person).get(f"/claims/{claim.reference}/proof/template.docx{asked}")
    assert response["Content-Language"] == language
    assert _word(b"".join(response)).core_properties.language[:2] == language


def test_it_is_an_attachment_with_a_good_name_that_no_cache_keeps() -> None:
    claim = make_claim("Łódź & Söhne / ../Őrség")
    response = signed_in(claim.created_by).get(f"/claims/{claim.reference}/proof/template.pdf?language=hu")
    name = f"vegrehajtas-igazolasa-lodz-sohne-orseg-{claim.reference}.pdf"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    assert response["Cache-Control"] == "private, no-store"
    assert response["Content-Type"] == "application/pdf"
    assert b"".join(response).startswith(b"%PDF-")


@pytest.mark.parametrize(
    ("customer", "middle"), [("Contoso", "contoso-"), ("Ελληνικά", ""), ("x" * 200, "x" * 40 + "-")]
)
def test_a_file_name_is_made_of_safe_characters(customer: str, middle: str) -> None:
    claim = Claim(customer_display_name=customer)
    assert file_name(claim, "en", "docx") == f"proof-of-execution-{middle}{claim.reference}.docx"


@pytest.mark.parametrize("ending", ["pdf", "docx"])
def test_a_draft_without_tenant_or_products_is_sent_to_that_step_with_a_word_why(ending: str) -> None:
    claim = make_claim()
    claim.lines.all().delete()
    client = signed_in(claim.created_by)
    answer = client.get(f"/claims/{claim.reference}/proof/template.{ending}", follow=True)
    assert answer.redirect_chain == [(f"/claims/{claim.reference}/edit/products/", 302)]
    assert "The template needs the customer" in answer.content.decode()
    Claim.objects.filter(pk=claim.pk).update(tenant_id=None)
    assert client.get(f"/claims/{claim.reference}/proof/template.{ending}")["Location"].endswith("/edit/tenant/")


@pytest.mark.parametrize(("reads", "first"), [("en", "pdf-en"), ("hu", "pdf-hu")])
def test_the_proof_step_links_all_four_files_the_readers_language_first(reads: str, first: str) -> None:
    claim = make_claim()
    claim.documents.all().delete()
    page = signed_in(make_person(claim.firm, language=reads)).get(f"/claims/{claim.reference}/edit/proof/")
    found = re.findall(r'data-template="([\w-]+)"', page.content.decode())
    assert found[0] == first
    assert sorted(found) == ["docx-en", "docx-hu", "pdf-en", "pdf-hu"]
