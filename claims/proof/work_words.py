"""Words by which people tell of work: headings, verbs and nouns, for `claims.proof.work`. No regular expressions."""

# What stands above a description of the work.
# English.
HEADINGS_EN = """
    scope of work, scope of services, scope, services performed, services provided, services delivered,
    services, services and deliverables, deliverables, work performed, work done, work carried out, work
    completed, what the partner did, what was done, what we did, description of the work, description of work,
    description of services, description of the services, work description, project description, project scope,
    activities, activities performed, activities carried out, activities carried out by the partner, completed
    work, completed activities, work carried out in the month, tasks, tasks performed, tasks completed, summary
    of work, project summary, execution, deployment summary, work delivered, summary of services, mit tett a
    partner, a projekt tartalma, work accepted, work done so far, work completed to date, work to date, what we
    will do, what the partner will do, service description, description of work performed
"""
# Hungarian.
HEADINGS_HU = """
    elvégzett munka, elvégzett munkák, az elvégzett munka, az elvégzett munkák, az elvégzett munka leírása,
    elvégzett feladatok, elvégzett tevékenységek, a munka leírása, munka leírása, a munka tárgya, teljesítés, a
    teljesítés tárgya, a teljesítés leírása, teljesített szolgáltatások, szolgáltatások, a szolgáltatás leírása,
    a szolgáltatások leírása, feladatok, a feladat leírása, mit végzett el a partner, a partner munkája, a
    partner által végzett munka, projekt leírása, a projekt leírása, műszaki tartalom, a szerződés tárgya,
    szerződés tárgya, tevékenységek, átadott munka, az átadott munka, elvégzett feladat, a feladat részei, a
    megbízás tárgya, megbízás tárgya, a megbízott feladata
"""
HEADINGS = f"{HEADINGS_EN}, {HEADINGS_HU}"

# Doing something with a product: a sentence with one of these describes work.
CONCRETE = """
    deployed, migrated, configured, implemented, installed, trained, rolled out, set up, moved, enabled,
    integrated, designed, built, rebuilt, customised, customized, developed, provisioned, onboarded, upgraded,
    enrolled, ported, coached, introduced, imported, planned, assessed, activated, adopted, advised, tested,
    documented, connected, created, established, launched, transferred, automated, ran, reviewed, applied,
    updated, wrote, switched, consolidated, demonstrated, prepared, analysed, analyzed, replaced, retired,
    decommissioned, converted, extended, modernised, modernized, secured, hardened, tuned, published, instructed,
    synchronised, synchronized, restructured, redesigned, tightened, moderated, deploy, migrate, configure,
    implement, install, roll out, train the, trains, deploys, migrates, configures, deploying, migrating,
    configuring, installing
"""

# The same in Hungarian, as stems: verbs and nouns take their endings there.
STEMS_HU = """
    bevezet, betanít, beállít, telepít, áttelepít, költöztet, átköltöztet, áttölt, migrál, konfigurál, kialakít, oktat,
    kiépít, üzembe helyez, létrehoz, fejleszt, kifejleszt, összeköt, integrál, felmér, megtervez, tervez, átállít,
    kivált, felszerel, készít, elkészít, felkészít, testre szab, lebonyolít, beüzemel, rendszerbe állít, bekapcsol,
    átvizsgál, finomhangol, paraméterez, tesztel, dokumentál, frissít, automatizál, publikál, léptet, beléptet,
    bekapcsol, átkonfigurál, korszerűsít, lecserél, csatlakoztat, szinkronizál, naplóz, digitalizál
"""

# Doing, no telling what: "the partner carried out the work" describes nothing without a noun of work beside it.
# English.
VAGUE_EN = """
    delivered, carried out, performed, completed, supported, provided
"""
# Hungarian.
VAGUE_HU = """
    elvégezte, elvégeztük, támogatta, támogattuk, átadta, átadtuk
"""
VAGUE = f"{VAGUE_EN}, {VAGUE_HU}"

# What the work was called.
NOUNS = """
    migration, deployment, configuration, implementation, installation, training, roll-out, rollout, roll out,
    set-up, setup, integration, customisation, customization, adoption, onboarding, workshop, workshops,
    assessment, documentation, testing, handover, proof of concept, enrolment, licence sizing, advisory,
    enablement, tuning, go-live, knowledge transfer, cutover, cut-over, upgrade, decommissioning, hardening
"""

# The same in Hungarian where no verb stands behind it, as stems.
NOUNS_HU = """
    migráció, adatmigráció, képzés, integráció, támogatás, tanácsadás, átállás, konfiguráció, felvétele, dokumentáció
"""

# Headings and labels that end a section about the work. English, then Hungarian.
OTHER_HEADINGS = """
    acknowledgement, acknowledgment, the customer's acknowledgement, customer acknowledgement, acceptance, approval,
    signature, signatures, signed, accepted by, products, the products, parties, the parties, fees, charges, prices,
    term, liability, assumptions, outlook, next steps, name, date, confirmation,
    elismerés, az ügyfél elismerése, a megrendelő elismerése, átvétel, jóváhagyás, aláírás, aláírások, termékek, felek,
    a felek, díjazás, díj, kelt, dátum, név, nyilatkozat
"""
