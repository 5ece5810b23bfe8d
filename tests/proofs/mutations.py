"""Papers that differ from a complete one in exactly one thing: what is missing, wrong, old, or only looks alike."""

from collections.abc import Iterator

from tests.proofs.papers import Paper, letter

Change = tuple[str, str]

# Changes to `certificate`: customer Contoso Ltd, products Exchange, Teams and SharePoint.
CERTIFICATE: dict[str, tuple[Change, ...]] = {
    "certificate": (),
    "without the customer": (("Contoso Ltd, 1 Regent", "1 Regent"), ("the customer, Contoso Ltd:", "the customer:")),
    "without the domain": (("Customer's domain: contoso.com\n", ""),),
    "without the tenant id": (("Tenant ID: 7d3f1c52-9a04-4e6b-8c1d-2f5e60b7a913\n", ""),),
    "without the partner": (
        ("Partner: Adventure Works Cloud Ltd, 14 Harbour Parade, Bristol BS1 5TH, +44 117 496 0123\n", ""),
    ),
    "without the first product": (("412 mailboxes to Exchange Online", "412 mailboxes"),),
    "two products of three": (("2. roll-out of Microsoft Teams", "2. roll-out of a chat service"),),
    "without the work": (
        ("# Work performed", "# Products"),
        ("Between March and September 2026 the partner carried out the following work for the customer:\n", ""),
        ("1. migration of 412 mailboxes to Exchange Online, with the mail flow rules and the archive;", "Exchange"),
        ("2. roll-out of Microsoft Teams at eleven sites, with a handbook and twelve training sessions;", "Teams"),
        ("3. a new intranet on SharePoint Online, with search and 60 page templates.", "SharePoint Online"),
        ("that the partner carried out the work described above and accepts it", "that it is a client of the partner"),
    ),
    "work heading with nothing below": (
        ("Between March and September 2026 the partner carried out the following work for the customer:\n", ""),
        ("1. migration of 412 mailboxes to Exchange Online, with the mail flow rules and the archive;\n", ""),
        ("2. roll-out of Microsoft Teams at eleven sites, with a handbook and twelve training sessions;\n", ""),
        ("3. a new intranet on SharePoint Online, with search and 60 page templates.", ""),
    ),
    "without any signature": (("Signature: /s/ Jane Doe\nName: Jane Doe, IT Director\n", ""),),
    "signature block left empty": (
        ("Signature: /s/ Jane Doe", "Signature:"),
        ("Name: Jane Doe, IT Director", "Name:"),
        ("Date: 3 October 2026", "Date:"),
    ),
    "signature of underscores": (
        ("Signature: /s/ Jane Doe", "Signature: ________________________"),
        ("Name: Jane Doe, IT Director", "Name: ________________________"),
        ("Date: 3 October 2026", "Date: ________________________"),
    ),
    "name and date printed, not signed": (("Signature: /s/ Jane Doe", "Signature: ________________________"),),
    "signature left empty, name and date filled in": (("Signature: /s/ Jane Doe", "Signature:"),),
    "signature label alone at the foot": (
        ("Signature: /s/ Jane Doe\n", ""),
        ("Date: 3 October 2026", "Date: 3 October 2026\nSignature"),
    ),
    "signature label above the firm": (
        ("Signature: /s/ Jane Doe\n", ""),
        ("Date: 3 October 2026", "Date: 3 October 2026\nSignature\nContoso Ltd"),
    ),
    "accepted by name, signature left empty": (
        ("Signature: /s/ Jane Doe\nName: Jane Doe, IT Director", "Accepted by: Jane Doe, IT Director\nSignature:"),
    ),
    "signed by, signature left empty": (
        ("Signature: /s/ Jane Doe\nName: Jane Doe, IT Director", "Signed by: Jane Doe, IT Director\nSignature:"),
    ),
    "sign here": (
        ("Signature: /s/ Jane Doe", "Signature: [sign here]"),
        ("Name: Jane Doe, IT Director", "Name: [name]"),
        ("Date: 3 October 2026", "Date: [DD/MM/YYYY]"),
    ),
    "signed through a service": (
        ("Signature: /s/ Jane Doe", "DocuSigned by: Jane Doe 4C1D9A77E0B24F3"),
        ("Name: Jane Doe, IT Director\n", ""),
    ),
    "digital signature": (
        ("Signature: /s/ Jane Doe\nName: Jane Doe, IT Director\nDate: 3 October 2026",
         "Digitally signed by Jane Doe\nDN: cn=Jane Doe, o=Contoso Ltd, c=GB\nDate: 2026.10.03 11:04:55 +01'00'"),
    ),
    "acknowledged without a date": (("\nDate: 3 October 2026", ""),),
    "dates in the header only": (
        ("\nDate: 3 October 2026", ""),
        ("^^ Certificate of completion", "^^ Printed on 3 October 2026 · Certificate of completion"),
    ),
    "date of an invoice only": (
        ("Date: 3 October 2026", "Invoice AWC-2026-00417, invoice date: 12 October 2026"),
    ),
    "acknowledged too long ago": (("3 October 2026", "3 October 2025"),),
    "acknowledged in the future": (("3 October 2026", "3 December 2026"),),
    "acknowledged 12 months before": (("3 October 2026", "20 November 2025"),),
    "acknowledged a day over 12 months before": (("3 October 2026", "19 November 2025"),),
    "acknowledged on the day of submission": (("3 October 2026", "20 November 2026"),),
    "acknowledged the day after": (("3 October 2026", "21 November 2026"),),
    "another tenant's id": (("7d3f1c52-9a04-4e6b-8c1d-2f5e60b7a913", "19c7a4e2-5b80-4d3f-a6e1-c2097f4d8b55"),),
    "tenant id with one wrong digit": (("2f5e60b7a913", "2f5e60b7a918"),),
    "tenant id in two parts": (("7d3f1c52-9a04-4e6b-8c1d-2f5e60b7a913", "7d3f1c52-9a04-4e6b-\n8c1d-2f5e60b7a913"),),
    "only a subscription's id": (("Tenant ID: 7d3f1c52-9a04-4e6b-8c1d-2f5e60b7a913",
                                  "Subscription ID: 8c7d2f9e-30aa-4d15-9b2e-6f1f0a5c4d21"),),
    "another domain": (("contoso.com", "fabrikam.com"),),
    "a domain that ends alike": (("contoso.com", "notcontoso.com"),),
    "a domain that begins alike": (("contoso.com", "contoso.com.au"),),
    "domain in an e-mail address": (("Customer's domain: contoso.com", "Contact: jane.doe@contoso.com"),),
    "a firm of a similar name": (("Contoso Ltd", "Contoso Pharmaceuticals Ltd"),),
    "customer in capitals": (("Contoso Ltd", "CONTOSO LIMITED"),),
    "customer with a comma": (("Contoso Ltd", "Contoso, Ltd."),),
    "another partner": (("Adventure Works Cloud Ltd", "Adventure Tours Ltd"),),
    "partner over two lines": (("Adventure Works Cloud Ltd", "Adventure\nWorks Cloud Limited"),),
    "non-breaking everything": (
        ("Exchange Online", "Exchange<nbsp>Online"), ("Microsoft Teams", "Microsoft<nbsp>Teams"),
        ("3 October 2026", "3<nbsp>October<nbsp>2026"), ("7d3f1c52-9a04-4e6b", "7d3f1c52<nbhy>9a04<nbhy>4e6b"),
        ("Contoso Ltd", "Contoso<nbsp>Ltd"),
    ),
}  # fmt: skip

# Changes to `igazolas`: customer Alföldi Malomipari Zrt., the same three products.
IGAZOLAS: dict[str, tuple[Change, ...]] = {
    "igazolás": (),
    "a megrendelő neve nélkül": (
        ("Megrendelő: Alföldi Malomipari Zrt., 4025", "Megrendelő címe: 4025"),
        ("A megrendelő, az Alföldi Malomipari Zrt. részéről:", "A megrendelő részéről:"),
    ),
    "tartomány nélkül": (("Tartomány: alfoldimalom.hu\n", ""),),
    "bérlőazonosító nélkül": (("Bérlőazonosító: c0a81e4d-6b27-4f93-a5d8-91e3047bc26f\n", ""),),
    "partner nélkül": (("Partner: Tisza Felhő Kft., 6720 Szeged, Tisza Lajos krt. 41., telefon", "Telefon"),),
    "a három termékből kettő": (("3. új intranet kialakítása a SharePoint Online-on", "3. új intranet kialakítása"),),
    "a munka leírása nélkül": (
        ("# Az elvégzett munka leírása", "# Termékek"),
        ("A partner 2026. március és szeptember között az alábbi munkát végezte el a megrendelőnél:\n", ""),
        ("1. 310 postafiók átköltöztetése az Exchange Online-ba, a levelezési szabályokkal együtt;", "Exchange Online"),
        ("2. a Microsoft Teams bevezetése öt telephelyen, kézikönyvvel és tizenkét oktatással;", "Microsoft Teams"),
        ("3. új intranet kialakítása a SharePoint Online-on, keresővel és oldalsablonokkal.", "SharePoint Online"),
        ("hogy a partner a fent leírt munkát elvégezte, és azt elfogadja", "hogy a partner ügyfele"),
    ),
    "aláírás nélkül": (("Aláírás: dr. Nagy Erzsébet s. k.\nNév: dr. Nagy Erzsébet, vezérigazgató\n", ""),),
    "pontozott aláírás": (
        ("Aláírás: dr. Nagy Erzsébet s. k.", "Aláírás: ..............................  P. H."),
        ("Név: dr. Nagy Erzsébet, vezérigazgató", "Név: .............................."),
        ("Dátum: 2026. október 3.", "Dátum: 20.... év .......... hó .... nap"),
    ),
    "üres aláírás, kitöltött név és dátum": (("Aláírás: dr. Nagy Erzsébet s. k.", "Aláírás:"),),
    "üres aláírás a lap alján": (
        ("Aláírás: dr. Nagy Erzsébet s. k.\n", ""),
        ("Dátum: 2026. október 3.", "Dátum: 2026. október 3.\nAláírás"),
    ),
    "dátum nélkül": (("\nDátum: 2026. október 3.", ""),),
    "régi dátum": (("2026. október 3.", "2025. október 3."),),
    "jövőbeli dátum": (("2026. október 3.", "2026. december 3."),),
    "csak a számla kelte": (("Dátum: 2026. október 3.", "Számla kelte: 2026. október 12."),),
    "más bérlő azonosítója": (("c0a81e4d-6b27-4f93-a5d8-91e3047bc26f", "19c7a4e2-5b80-4d3f-a6e1-c2097f4d8b55"),),
    "más tartomány": (("alfoldimalom.hu", "bukkimalom.hu"),),
    "kiírt cégforma": (
        ("Alföldi Malomipari Zrt.", "Alföldi Malomipari Zártkörűen Működő Részvénytársaság"),
        ("Tisza Felhő Kft.", "Tisza Felhő Korlátolt Felelősségű Társaság"),
    ),
    "ékezet nélküli nevek": (("Alföldi", "Alfoldi"), ("Tisza Felhő", "Tisza Felho")),
    "ragozott terméknevek": (
        ("az Exchange Online-ba", "az Exchange-be"), ("a Microsoft Teams bevezetése", "a Teamsre való áttérés"),
        ("a SharePoint Online-on", "a SharePointban"),
    ),
}  # fmt: skip

# What the paper names, in place of the products of `business_certificate` and `uzleti_igazolas`.
NAMED_IN_ENGLISH = {
    "alias only: Yammer": "Yammer Enterprise",
    "alias only: Cloud PBX": "Cloud PBX",
    "alias only: Azure ATP": "Azure ATP sensors",
    "alias only: MCAS": "MCAS policies",
    "alias only: Microsoft Flow": "twelve processes in Microsoft Flow",
    "alias only: Azure AD Premium": "Azure AD Premium P1",
    "alias only: Office 365 ProPlus": "the deployment of Office 365 ProPlus",
    "Teams Phone is not Teams": "Teams Phone",
    "Teams is not Teams Phone": "Microsoft Teams",
    "Teams is not Teams Meetings": "Microsoft Teams for 400 people",
    "teams of people": "a service for project teams; Teams of both firms met weekly, and",
    "Entra ID P1 is not P2": "Entra ID P1",
    "Entra ID P2 is not P1": "Microsoft Entra ID P2",
    "Entra ID P1 and P2": "Entra ID P1 and P2",
    "Defender for Office 365 is not for Endpoint": "Microsoft Defender for Office 365",
    "Defender for Endpoint and Identity": "Microsoft Defender for Endpoint and Identity",
    "Defender for Cloud is not for Cloud Apps": "Microsoft Defender for Cloud",
    "Microsoft 365 is not its Apps": "Microsoft 365 E3 tenants",
    "in exchange for": "a file service in exchange for the fee, as the London Stock Exchange did,",
    "Exchange as people say it": "the move of all mail from Notes to Exchange",
    "sales people": "a price list for the sales team and the Head of Sales",
    "marketing department": "a web site for the Marketing department",
    "finance department": "a ledger for the Finance Department",
    "human resources department": "a payroll export for Human Resources (HR)",
    "customer service desk": "a telephone line for the customer service department",
    "flow of work": "a workflow, the cash flow plan and the mail flow rules",
    "style guides": "style guides and user guides",
    "Vancouver, BC": "a data centre in Vancouver, BC,",
    "Dynamics 365 with a list": "Dynamics 365 Sales, Customer Service and Field Service",
    "Dynamics 365 in brackets": "Dynamics 365 (Sales, Marketing)",
    "D365 Sales": "D365 Sales",
    "Dynamics 365 for Finance": "Microsoft Dynamics 365 for Finance",
    "Dynamics 365 Customer Service is not Sales": "Dynamics 365 Customer Service for the sales office",
    "Microsoft Dynamics 365 Business Central": "Microsoft Dynamics 365 Business Central",
}
NAMED_IN_HUNGARIAN = {
    "termék magyar neve": "a Végponthoz készült Microsoft Defender bevezetése",
    "értékesítési osztály": "árlista az értékesítés és az értékesítési osztály részére",
    "pénzügyi osztály": "főkönyvi kivonat a pénzügy és a pénzügyi osztály részére",
    "ügyfélszolgálat mint osztály": "telefonvonal az ügyfélszolgálat részére",
    "Dynamics 365 magyarul": "Dynamics 365 értékesítés",
}

# Sentences behind the work that name products: all of them left out of it, but in the last three of each.
LEFT_OUT_IN_ENGLISH = {
    "does not cover": (
        "This statement of work does not cover SharePoint, Teams or Exchange; those remain with another supplier."
    ),
    "excluding": "The work covers the whole tenant, excluding SharePoint, Microsoft Teams and Exchange Online.",
    "except for": "Everything in Microsoft 365 was looked after except for SharePoint, Teams and Exchange.",
    "remain with another supplier": "SharePoint, Microsoft Teams and Exchange Online remain with another supplier.",
    "did not introduce": "The partner did not introduce Microsoft Teams, SharePoint Online or Exchange Online.",
    "not part of, behind a colon": (
        "The following are not part of this project: SharePoint, Teams and Exchange Online."
    ),
    "not only Teams but also Exchange": (
        "The partner introduced not only Teams but also Exchange and SharePoint in all Microsoft 365 plans."
    ),
    "not cover printers, but Teams": (
        "The work does not cover printers, but Microsoft Teams, Exchange Online and SharePoint Online."
    ),
    "except for the archive": (
        "Except for the archive, all mail was moved to Exchange Online, Microsoft Teams and SharePoint Online."
    ),
}
LEFT_OUT_IN_HUNGARIAN = {
    "nem terjed ki": (
        "A megbízás nem terjed ki a SharePointra, a Teamsre és az Exchange-re; ezek másik szállítónál maradnak."
    ),
    "ki nem terjedő": "A SharePointra, a Microsoft Teamsre és az Exchange Online-ra a szerződés nem terjed ki.",
    "kivéve": "A partner mindent gondozott, kivéve a SharePointot, a Microsoft Teamst és az Exchange Online-t.",
    "kivételével": "A SharePoint, a Microsoft Teams és az Exchange Online kivételével a partner mindent gondozott.",
    "nem része": "Nem része a megbízásnak a SharePoint, a Microsoft Teams és az Exchange Online.",
    "nem vezette be": "A partner nem vezette be a Microsoft Teamst, a SharePointot és az Exchange Online-t.",
    "nem csak a Teams, hanem az Exchange": (
        "A munka nem csak a Microsoft Teamsre terjed ki, hanem az Exchange Online-ra és a SharePointra is."
    ),
    "nem terjed ki a nyomtatókra, viszont": (
        "A munka nem terjed ki a nyomtatókra, viszont a Microsoft Teamst, az Exchange-et és a SharePointot bevezette."
    ),
    "az archívum kivételével": (
        "Az archívum kivételével minden az Exchange Online-ba, a Microsoft Teamsbe és a SharePointba költözött."
    ),
}

# Papers of their own.
LETTERS = (
    *("split_order", "split_acceptance", "project_plan", "invoice", "us_ambiguous_date", "kozszfera"),
    *("engagement_letter", "sow_with_tables", "bilingual_contract", "teljesitesigazolas", "atadas_atveteli"),
    *("email_acceptance", "email_hungarian", "change_order", "completion_report", "monthly_service_report"),
    *("recommendation_letter", "us_school_acceptance", "us_school_without_association", "acceptance_certificate_old"),
    *("sow_other_tenant", "megbizas_unsigned", "workshop_confirmation", "email_thread", "delivery_note"),
    *("nyilatkozat_without_work", "memorandum", "uat_signoff", "reszteljesites", "hungarian_forward", "case_study"),
    *("received_stamp", "closure_form", "emlekezteto", "deed_of_acceptance", "avdh_nyilatkozat", "two_columns"),
    *("partner_only_acceptance", "email_of_the_partner", "email_refusal", "hu_legal_date", "month_only"),
    *("bilingual_labels", "old_with_new_invoice", "quarterly_review", "adobe_audit_trail", "approval_record"),
    *("form_lines", "atveteli_nyilatkozat", "unticked", "us_letter", "docusign_certificate", "order_only"),
)


def papers() -> dict[str, Paper]:
    """Every paper of the corpus by its name in the table."""
    return dict(_papers())


def _papers() -> Iterator[tuple[str, Paper]]:
    yield from ((name, letter(name)) for name in LETTERS)
    yield from _mutations("certificate", CERTIFICATE)
    yield from _mutations("igazolas", IGAZOLAS)
    for name, products in NAMED_IN_ENGLISH.items():
        yield name, letter("business_certificate").but("PRODUCTS", products)
    for name, products in NAMED_IN_HUNGARIAN.items():
        yield name, letter("uzleti_igazolas").but("PRODUCTS", products)
    for name, sentence in LEFT_OUT_IN_ENGLISH.items():
        yield name, letter("business_certificate").but("PRODUCTS", "a ledger").but("45 users.", f"45 users. {sentence}")
    for name, sentence in LEFT_OUT_IN_HUNGARIAN.items():
        plain = letter("uzleti_igazolas").but("PRODUCTS", "főkönyvi kivonat")
        yield name, plain.but("felhasználót oktatott.", f"felhasználót oktatott. {sentence}")


def _mutations(base: str, changes: dict[str, tuple[Change, ...]]) -> Iterator[tuple[str, Paper]]:
    for name, replacements in changes.items():
        changed = letter(base)
        for old, new in replacements:
            changed = changed.but(old, new)
        yield name, changed
