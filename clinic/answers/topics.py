"""The topics there can be an answer to, and what kind of message each answer is."""

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
