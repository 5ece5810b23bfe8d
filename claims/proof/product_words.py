"""How products are spelt in real papers: tables of words for `claims.proof.products`. All plain, no regular
expressions.

Names come with the claim's products (catalogue: names and aliases). What stands here is what a catalogue does not
say: which names are ordinary words too, what stands before and after names, and which longer names are other products.
"""

# The family's own names. English only: they are not translated.
DYNAMICS = "microsoft dynamics 365, ms dynamics 365, dynamics 365, dynamics365, dynamics, d365, dyn365, msd365, m d365"
OFFICE = """microsoft 365, office 365, microsoft365, office365, ms 365, m365, o365, microsoft, ms, entra, azure,
purview, exchange online, sharepoint, onedrive, intune"""

# Items that may follow one head: "Dynamics 365 Sales, Field Service and Commerce". English, then Hungarian.
DYNAMICS_ITEMS = """sales, customer service, field service, customer insights, customer insights - data,
customer insights - journeys, marketing, finance, finance and operations, finance & operations, supply chain management,
supply chain, scm, commerce, retail, project operations, project service automation, human resources, hr, talent,
business central, bc, customer voice, guides, remote assist, operations, contact center,
értékesítés, ügyfélszolgálat, helyszíni szolgáltatás, ügyfélelemzés, pénzügy, pénzügyek, ellátásilánc-kezelés,
ellátási lánc kezelése, kereskedelem, projektműveletek, humán erőforrások, útmutatók, távsegítség"""
DEFENDER_ITEMS = """endpoint, endpoints, identity, office 365, cloud apps, servers, cloud, iot, business"""
POWER_ITEMS = "apps, automate, bi, pages, platform"
TEAMS_ITEMS = "phone, meetings, telefon, értekezletek, rooms"
# What may follow an item without making it another product: editions, and the words for a part. English, Hungarian.
QUALIFIERS = """online, enterprise, professional, premium, essentials, plan 1, plan 2, attach, app, apps, application,
module, modules, workload, licence, licences, license, licenses, hub, edition,
modul, modult, modulok, alkalmazás, alkalmazást, licenc, licencek, előfizetés"""

# Names that are ordinary words as well: they need their family beside them (lower case as in running text), or to
# stand as an item of a list of products. English, then Hungarian.
ORDINARY_DYNAMICS = """sales, marketing, finance, commerce, guides, customer service, human resources, retail, hr, bc,
scm, értékesítés, ügyfélszolgálat, helyszíni szolgáltatás, ügyfélelemzés, pénzügy, ellátásilánc-kezelés, kereskedelem,
projektműveletek, humán erőforrások, útmutatók, távsegítség"""
# Two words that are seldom anything else once Dynamics is near and they are written with capitals.
TITLED_DYNAMICS = """field service, supply chain management, project operations, customer insights, remote assist,
customer insights - data, customer insights - journeys"""
ORDINARY_OFFICE = """levelezés, telefonrendszer, hangkonferencia, információvédelem, aip, mcas"""
TITLED_OFFICE = "exchange, teams, flow, information protection, phone system, audio conferencing"
# Short forms that stand for one product once they are written in capitals.
CAPITALS_ALONE = frozenset({"MCAS"})

# What makes a name another product's: for each, what must not follow. English, then Hungarian.
NOT_BEFORE = {
    "teams": """phone, telefon, meeting, meetings, rooms, room, premium, call, calls, chat with, telephony, calling,
    értekezlet, értekezletek, megbeszélés, telefónia, hívás""",
    "exchange": """server, 2003, 2007, 2010, 2013, 2016, 2019, rate, rates, of, students, program, programme,
    szerver, kiszolgáló""",
    "sharepoint": "server, 2007, 2010, 2013, 2016, 2019, foundation, designer, szerver, kiszolgáló",
    "office 365 business": "premium, basic, standard, essentials, voice",
    "information protection": "officer, act, policy, policies, law, manager",
}
# And what must not stand before. "Our support teams", "the sales teams".
NOT_AFTER = {
    "teams": "our, their, your, project, support, sales, delivery, development, business, these",
    "exchange": "foreign, stock, heat, data, key, information, currency, labour, labor",
    "office 365": "defender for",
    "marketing": "digital, email, head of, director of",
}
