"""The topics there can be an answer to, what kind of message each answer is, and what an answer may depend on."""

MEDICAL = (
    "what_is",
    "uses",
    "substances",
    "procedure",
    "pain",
    "preparation",
    "downtime",
    "aftercare",
    "side_effects",
    "safety",
    "session_count",
    "session_interval",
    "results",
    "effectiveness",
    "candidacy",
    "cost",
    "choosing_clinic",
    "consultation",
    "comparison",
    "mild_symptom",
)

#: Answers that state the clinic's own facts instead of medical ones, and the kind of message they are.
CLINIC = {
    "clinic_info": "answer",
    "book_appointment": "booking",
    "change_appointment": "booking",
    "talk_to_human": "clinic",
    "privacy": "chat",
}

ALL = (*MEDICAL, *CLINIC)

#: The requests to the clinic that an answer offers, where it takes them: titles in `content/wording.yml`, and what the
#: button carries in the entity `booking`.
REQUESTS = {
    "book_appointment": ("book",),
    "change_appointment": ("change", "cancel_visit"),
    "talk_to_human": ("call_back",),
}

#: What is offered to whoever has not asked anything that can be answered.
OPENING = ("procedure", "pain", "book_appointment")

#: What takes its own time, after which "how long?" asks for that time.
TIMED = ("procedure", "downtime", "aftercare", "side_effects", "mild_symptom")

#: Where a variant is complete by itself and must come first: "Call the clinic".
VARIANT_ALONE = ("mild_symptom",)

#: A variant of an answer, and what a patient mentions to be told it: ids of `data/lexicon/entities`.
VARIANTS = {
    # areas and concerns
    "face": ("face", "forehead", "temples", "nose", "cheeks", "lips", "chin", "jaw"),
    "under_eyes": ("under_eyes", "eyelids", "dark_circles", "eye_bags"),
    "neck": ("neck", "decollete"),
    "hair": ("scalp", "hair", "beard", "hair_loss"),
    "hands": ("hands",),
    "body": (
        *("back", "shoulders", "arms", "abdomen", "flanks", "hips", "buttocks", "thighs", "knees", "legs", "body"),
        *("fat", "double_chin", "cellulite", "weight"),
    ),
    "pigmentation": ("pigmentation", "melasma"),
    "scars": ("scars", "stretch_marks"),
    "acne": ("acne",),
    "fine_lines": ("fine_lines", "aging", "sagging", "texture", "volume_loss"),
    # the patient's health
    "pregnancy": ("pregnancy", "trying_to_conceive"),
    "breastfeeding": ("breastfeeding",),
    "minor": ("minor",),
    "skin_of_colour": ("skin_of_colour",),
    "blood_thinner": ("blood_thinner", "aspirin", "anti_inflammatory", "bleeding_disorder"),
    "isotretinoin": ("isotretinoin",),
    "autoimmune": ("autoimmune", "immunosuppression", "immunosuppressant"),
    "diabetes": ("diabetes", "diabetes_medicine"),
    "cancer": ("cancer",),
    "allergy": ("allergy",),
    "herpes": ("herpes",),
    "keloid": ("keloid",),
    "epilepsy": ("epilepsy", "epilepsy_medicine"),
    "skin_infection": ("skin_infection", "eczema", "psoriasis", "rosacea"),
    "vaccine": ("vaccine",),
    "needle_fear": ("needle_fear",),
    "numbing": ("numbing_cream",),
    # other treatments
    "botox": ("botox",),
    "filler": ("filler", "hyaluronic_acid"),
    "skin_booster": ("skin_booster",),
    "prp": ("prp",),
    "microneedling": ("microneedling",),
    "peel": ("peel",),
    "laser": ("laser",),
    "fat_dissolving": ("lipolysis", "liposuction", "cryolipolysis"),
    # what happened or is planned
    "event": ("event",),
    "alcohol": ("alcohol",),
    "exercise": ("exercise",),
    "sun": ("sun",),
    "heat": ("heat",),
    "water": ("water",),
    "makeup": ("makeup",),
    "massage": ("rubbing", "massage"),
    "hair_wash": ("hair_wash",),
    "travel": ("travel",),
    "work": ("work",),
    "already_done": ("already_done",),
    "self_injection": ("self_injection", "hyaluron_pen"),
    "no_result": ("no_result",),
    "other_clinic": ("other_clinic",),
    "insurance": ("insurance",),
    "payment_plan": ("payment_plan",),
    "deposit": ("deposit",),
    "gift_card": ("gift_card",),
    # symptoms that the clinic should hear of, tier 3 of the red flags; the variant opens with "call the clinic"
    "late_redness": ("late_redness",),
    "late_bruise": ("late_bruise",),
    "new_lump": ("new_lump",),
    "dark_patch": ("dark_patch",),
    "hair_shedding": ("hair_shedding",),
    "numb_patch": ("numb_patch",),
    "found_pregnant": ("found_pregnant",),
}

#: A mention that has no variant of its own in an answer calls for that of the wider one.
WIDER = {"found_pregnant": "pregnancy", "dark_patch": "pigmentation", "hair_shedding": "hair_loss"}

#: The variant of a mention.
VARIANT_OF = {mention: variant for variant, mentions in VARIANTS.items() for mention in mentions}
