"""The words of which seeded customers, firms and texts are made. None of them is anybody's."""


def _listed(words: str) -> list[str]:
    return words.split(",")


FIRST_NAMES = _listed(
    "Ada,Alba,Anton,Bela,Bruno,Carla,Chiara,Dora,Edit,Emil,Erik,Eszter,Femke,Finn,Flora,Gabor,Greta,Hanna,Hugo,Ida,Ines,"
    "Jakob,Jana,Jonas,Kata,Klara,Lars,Lea,Lena,Luca,Magda,Marek,Mila,Nadia,Nils,Nora,Olga,Oskar,Paula,Petra,Rosa,Sanne,"
    "Simon,Sofia,Tamas,Tessa,Tibor,Vera,Viktor,Zita"
)
LAST_NAMES = _listed(
    "Aalto,Adler,Balog,Bauer,Berg,Bianchi,Brandt,Carver,Csonka,Dahl,Dekker,Ekberg,Farkas,Fischer,Garai,Haas,Hansen,"
    "Holm,Ivers,Jansen,Juhasz,Keller,Kovacs,Kruse,Lang,Larsen,Lindt,Meyer,Molnar,Nagel,Novak,Olsen,Orban,Peters,"
    "Quist,Richter,Rossi,Sander,Simko,Stone,Szabo,Thorne,Toth,Ullman,Varga,Visser,Weber,Winter,Young,Zeman"
)
QUALITIES = _listed(
    "Amber,Ancient,Azure,Blue,Bright,Broad,Calm,Clear,Coastal,Copper,Crystal,Eastern,Emerald,Fair,Far,Fresh,Gentle,"
    "Golden,Grand,Green,Harbour,Hidden,High,Inland,Iron,Ivory,Lasting,Little,Lone,Marble,Misty,New,Noble,Northern,"
    "Oaken,Old,Open,Pearl,Proud,Quiet,Rapid,Red,Royal,Silver,Southern,Stone,Summer,Sunny,Swift,Tall,True,Upper,Urban,"
    "Verdant,Vivid,Western,White,Wide,Winter,Young"
)
THINGS = _listed(
    "Anchor,Arch,Bay,Beacon,Birch,Bridge,Brook,Canyon,Cedar,Cliff,Cove,Creek,Crown,Dale,Delta,Falcon,Field,Forest,"
    "Forge,Garden,Gate,Glen,Grove,Heron,Hill,Island,Lake,Lantern,Leaf,Maple,Meadow,Mill,Moor,Mountain,Oak,Orchard,Otter,"
    "Peak,Pine,Plain,Pond,Quarry,Reef,Ridge,River,Rock,Rose,Sail,Shore,Sparrow,Spring,Square,Summit,Tower,Valley,"
    "Vine,Wave,Willow,Wind,Wood"
)
TRADES = _listed(
    "Bank,Bakeries,Chemicals,Clinics,College,Energy,Engineering,Foods,Freight,Furniture,Glass,Hotels,Insurance,"
    "Logistics,Machines,Media,Mining,Motors,Outfitters,Paper,Pharma,Printing,Railways,Retail,Schools,Shipping,Steel,"
    "Textiles,Toys,Utilities,Vineyards,Water"
)
ADVISERS = _listed(
    "Advisory,Associates,Cloud Partners,Cloud Services,Consulting,Data,Digital,Dynamics,Experts,Group,Informatics,"
    "IT Services,Networks,Partners,Solutions,Systems,Technologies,Workplace"
)
TITLES = ("CIO", "Head of IT", "IT manager", "Chief digital officer", "Director of operations", "Infrastructure lead")
ENGAGEMENTS = (
    "Adoption of {product}",
    "Roll-out of {product}",
    "{product}: champions and training",
    "{product} for all sites",
    "Moving to {product}",
)
ASKING = {
    "proof_missing": "The document is about another project. Please add proof of what you did for this customer.",
    "acknowledgement_missing": "The customer has not signed the document. Please add one with signature and date.",
    "dates_missing_or_old": "The customer's signature is older than twelve months. Please add a newer acknowledgement.",
    "work_description_missing": "We cannot see what you did. Please describe the work, step by step, with dates.",
    "product_missing": "The proof does not name every product that you claim. Please name each of them.",
    "facts_do_not_verify": "The subscription was not active when we checked it. Please look at it with your customer.",
    "partner_request": "You asked us to take this out of the claim, and so we do.",
}
ANSWERS = (
    "The customer has signed it now; please see the new date.",
    "We have added the description of the work and the names of the products.",
    "Please see the newer acknowledgement.",
)
NOTES = (
    "I have asked a colleague about the signature.",
    "The customer's name differs a little from the register; it is the same firm.",
    "Looked at the proof twice: the dates are in order.",
)
WITHDRAWING = "The customer has chosen another way; we no longer work on it."
