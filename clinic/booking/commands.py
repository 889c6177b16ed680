"""The few words that steer a request instead of answering it: give up, yes, no, change something. Pure.

They are read at the form only, and only where a message says nothing else, so that "cancel my appointment" is none.
"""

import re
from typing import Literal

from bot.languages import fold

Command = Literal["give_up", "yes", "no", "edit", "edit_when", "edit_name", "edit_contact"]
Kind = Literal["book", "change", "cancel", "call_back"]

_GIVE_UP = (
    r"cancel|stop|quit|exit|abort|forget (?:it|about it|that)|never ?mind|nvm|leave it|drop it|do not bother"
    r"|don't bother"
    r"|(?:i(?:'ve| have)? |actually i )?changed my mind"
    r"|i (?:don't|do not) want (?:it|this|that|to|to book|to send it)(?: anymore| any more)?"
    r"|(?:no )?thanks but no|no thanks?(?: you)?|not interested|delete (?:it|this|that|everything)"
    r"|annule[rz]?|laisse[rz]?[- ](?:faire|tomber)|laisse[rz]? ca|oublie[rz]?(?:[- ](?:ca|moi))?|arrete[rz]?"
    r"|abandonne[rz]?"
    r"|j'ai change d'(?:idee|avis)|(?:ca )?(?:ne )?m'interesse (?:pas|plus)|je (?:ne )?veux (?:pas|plus)(?: ca)?"
    r"|non merci"
    r"|(?:pas|plus) interesse?e?|efface[rz]?(?: tout)?|finalement non|non finalement"
)
_YES = (
    r"y|yes|yep|yeah|yup|sure|ok|okay|correct|perfect|right|exactly|that'?s (?:right|fine|good|it|correct|perfect)"
    r"|(?:it |that |all )?(?:is |looks? |sounds? )?(?:good|great|fine)|(?:you can )?send(?: (?:it|that|this))?"
    r"|submit|go ahead|confirm(?:ed)?|i (?:agree|confirm)"
    r"|oui|ouais|ouin|ouaip|d'accord|dac|parfait|exact(?:ement)?|c'est (?:beau|bon|correct|ca|parfait|exact)"
    r"|ca (?:marche|va|me va)"
    r"|(?:tu peux |vous pouvez )?envoye[rz]?|envoie(?: (?:ca|la))?|envoyez[- ](?:la|ca)|confirme[rz]?|je confirme"
    r"|vas[- ]y|allez[- ]y|bien sur|certain|tout est (?:beau|bon|correct)"
)
_NO = (
    r"n|no|nope|nah|wrong|not (?:right|correct|quite|good)|that'?s (?:wrong|not right|not it)|incorrect"
    r"|non|pas (?:exact(?:ement)?|correct|bon|tout a fait)"
    r"|(?:ce )?(?:n'est|c'est|est) pas (?:ca|bon|correct|exact)|il y a une erreur|there is a mistake"
)
_FILLER = (
    r"please|pls|svp|s'il (?:vous|te) plait|ok|okay|well|euh|ben|bon|actually|finalement|then|alors|it|that|this"
    r"|all|tout|ca|la"
    r"|(?:my|the|this|that) request|(?:ma|la|cette) demande|now|maintenant|i want to|je veux"
)
_BETWEEN = r"[\s,.!]*"
_EDIT = re.compile(r"\b(?:change|edit|modify|correct|fix|modifie[rz]?|changer|corrige[rz]?|mistake|erreur)\b")
_FIELDS: tuple[tuple[Command, re.Pattern[str]], ...] = (
    (
        "edit_contact",
        re.compile(r"\b(?:phone|number|e-?mail|contact|courriel|telephone|numero|cell(?:ulaire)?|adresse|address)\b"),
    ),
    ("edit_name", re.compile(r"\b(?:name|nom|prenom)\b")),
    ("edit_when", re.compile(r"\b(?:times?|days?|dates?|when|moments?|heures?|jours?|journee|quand)\b")),
)
_SHORT = 8


def _whole(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?:(?:{_FILLER}){_BETWEEN})*(?:{words})(?:{_BETWEEN}(?:{_FILLER}|{words}))*{_BETWEEN}")


_WHOLE: tuple[tuple[Command, re.Pattern[str]], ...] = (
    ("give_up", _whole(_GIVE_UP)),
    ("give_up", re.compile(rf"(?:no|non){_BETWEEN}(?:{_whole(_GIVE_UP).pattern})")),
    ("yes", _whole(_YES)),
    ("no", _whole(_NO)),
)
_CANCEL = re.compile(r"\b(?:cancel\w*|annul\w*|call off)\b")
_CALL_BACK = re.compile(
    r"\b(?:call|phone|ring) me\b|\bcall ?-?back\b|\bcallback\b|\brappel\w*|\bm'(?:appeler|appelle[rz]?)"
    r"|\bappelez[- ]moi"
)


def find_command(text: str, *, at_review: bool = False) -> Command | None:
    """What a message commands that says nothing else; at the review also which detail is to be changed."""
    folded = " ".join(fold(text).split())
    for command, pattern in _WHOLE:
        if pattern.fullmatch(folded):
            return command
    if not at_review or len(folded.split()) > _SHORT:
        return None
    field = next((command for command, pattern in _FIELDS if pattern.search(folded)), None)
    return field or ("edit" if _EDIT.search(folded) else None)


def kind_of(text: str, *, topic: str) -> Kind:
    """What a message that opens a request asks for; `topic` is what the pipeline made of it."""
    folded = fold(text)
    if topic == "change_appointment":
        return "cancel" if _CANCEL.search(folded) else "change"
    return "call_back" if topic == "talk_to_human" else "book"


def wants_a_call(text: str) -> bool:
    """Whether a message asks to be called back."""
    return _CALL_BACK.search(fold(text)) is not None
