"""The name in what a patient writes: introduced ("my name is …", "moi c'est …"), or what is left over. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from bot.languages import fold

LONGEST = 80
MOST_WORDS = 5

NameProblem = Literal["no_letters", "characters", "too_long"]


@dataclass(frozen=True)
class Name:
    """A name as it was written; None where `problem` says why. It is `sure` if the patient said that it is one."""

    said: str
    span: tuple[int, int]
    name: str | None
    sure: bool
    problem: NameProblem | None = None


_STRONG = (
    r"(?:my|the|last|first|full|under the) name(?: is|'s|’s|:)|name\s?[:=]|(?:please )?call me|under the name(?: of)?"
    r"|je m['’ ]?\s?app?ell?e|(?:mon |le )?(?:nom|pr[ée]nom)(?: complet)?(?: est| c['’]est|\s?[:=])|moi,? c['’]est|app?ell?ez[- ]moi|au nom de"
)
_WEAK = r"i am|i['’]?m|this is|it['’]?s|it is|here is|c['’]est|je suis|ici"
_LETTER = r"[^\W\d_]"
_WORD = rf"(?:{_LETTER}{{1,2}}\.|(?:[dl]['’])?{_LETTER}(?:[-'’.]?{_LETTER}|\u0301|\u0300)*)"
_RUN = rf"{_WORD}(?:\s+{_WORD}){{0,{MOST_WORDS - 1}}}"
_INTRODUCED = re.compile(rf"(?<!\w)(?P<how>{_STRONG})\s*(?P<name>{_RUN})", re.I)
_WEAKLY = re.compile(rf"(?<!\w)(?P<how>{_WEAK})\s+(?P<name>{_RUN})", re.I)
_SEGMENT = re.compile(r"[^,;:\n/|()!?\x00]+")

#: Where a name ends: the next words begin something else.
_ENDS = set(
    "and et au aux my mon ma mes phone cell number numero tel telephone email courriel at on for pour i je it c'est the le la "
    "but mais or ou here ici is est you vous can peut please svp thanks merci from dispo disponible free libre".split()
)
#: Words around a name that are none, and words that show that a stretch is no name.
_FILLERS = set(
    "hi hello hey bonjour bonsoir salut allo please svp stp thanks thank you merci ok okay yes oui no non yep sure "
    "and et at on a au the le la les my mon ma mes me moi number numero phone telephone tel cell cellulaire cellphone mobile "
    "email courriel mail is est it its c'est it's or ou for pour with avec from de name nom dr mr mrs ms mme m miss madame "
    "monsieur here ici reach joindre call appelez appeler text texter also aussi then just you can vous pouvez i'm i je in en by par rappelez-moi "
    "rappelez appelez-moi textez-moi textez ecrivez-moi".split()
)
_PARTICLES = {"de", "du", "la", "le", "des", "van", "von", "der", "el", "bin", "st"}
_NO_NAME = set(
    """about after afternoon all am any anytime appointment are area arms as ask asked available back be because been before
    best better body book booking but button buttons by can cancel cannot cant can't change cheap chin clinic come consult
    consultation consultations cost could day days did do does don't dont double else evening every face facial fat fine first
    free from full get give go good got great had hair happy has have he help hour hours how if ill info information
    interested it later let like looking lot love lunch make many mask maybe mesotherapy message might minutes month more
    morning much must necessary need neck never new next nice not nothing now of off old once one only open our out over
    pain patient people perfect please possible pregnant prefer price problem question questions ready really regarding
    regular request reschedule right same scalp see session sessions she should skin sick so some someone something soon
    sorry still stop sure talk test than that that's thats then there these they thing think this those time times to today
    tomorrow too treatment treatments trying under until up urgent us use very visit want wanted was we week weeks well were
    what whats what's when where which while who why with work works would write wrong year your
    absolument acide aide aider aimerais alors annuler apres aucun aujourd'hui aussi autre avant avec avez avoir beaucoup
    besoin bien bon bonne bras car ce ceci cela ces cet cette changer cheveux chez client cliente clinique combien comme
    comment consulter correct cou coute d'accord dans date de debut demain demande deplacer depuis des desole deux dire dispo
    disponible disponibilite dois donc du elle en encore enceinte entre est-ce etre excellent faire fait faut fin fois
    gras grave heure heures il ils interesse interessee jamais jambes jour jours jusqu'a l'apres-midi l'heure lequel les leur
    libre lieu lui maintenant mais mal matin mauvais menton mesotherapie mieux moins mois moment n'importe ne
    ni nous nouveau nouvelle on ou oublie oui par parfait parler pas patiente peau pense personne peu peur peut peut-etre peux
    plus possible poser pour pourquoi pouvez prefere premiere prendre pres prix probleme pret prete puis qu'est-ce quand que
    quel quelle quelqu'un question rappeler rdv rejoindre renseignement renseignements rendez-vous rien sais sans semaine
    serait seance seances si soir soit son sont sous suis super sur tant tard temps tot toujours tous tout traitement
    traitements tres trop un une urgent veux veut visage voici voir votre voudrais voulais vouloir vous vrai wow yeux eyes
    botox filler fillers cellulite rides wrinkles nonsense prp laser monday tuesday wednesday thursday friday saturday sunday
    lundi mardi mercredi jeudi vendredi samedi dimanche""".split()
)


def find_name(text: str, *, asked: bool = False, company: bool = False) -> Name | None:
    """The name in a text. `asked` is true of an answer to "What is your name?": anything that may be one is taken.

    `company` says that other details stand in the message: a lone word beside a phone number is then a name. Marks
    (NUL) in the text separate.
    """
    # "wait, is parking free?" asks something; whoever is called Wait writes it with a capital.
    asked = asked and "?" not in text
    if (match := _INTRODUCED.search(text)) and fold(match["name"].split()[0]) not in _ENDS | _NO_NAME:
        return _named(text, match.start("name"), _end_of(match), sure=True)
    if (match := _WEAKLY.search(text)) and _may_follow(match["name"], asked):
        return _named(text, match.start("name"), _end_of(match), sure=asked)
    bare = [piece for piece in _pieces(text) if _is_bare(text[slice(*piece)], asked=asked, company=company)]
    bare = [piece for piece in bare if _is_capital(text[slice(*piece)])] or bare
    if len(bare) == 1 or (asked and bare):
        return _named(text, *bare[0], sure=asked)
    if asked and not bare:
        return _answer(text)
    return None


def _end_of(match: re.Match[str]) -> int:
    """The run of words ends before one that begins something else."""
    for word in re.finditer(r"\S+", match["name"]):
        if word.start() and fold(word[0]) in _ENDS | _NO_NAME:
            return match.start("name") + len(match["name"][: word.start()].rstrip())
    return match.end("name")


def _may_follow(run: str, asked: bool) -> bool:
    """After "I am" anything may come: a name begins with a capital, or answers the question."""
    first = run.split()[0]
    return fold(first) not in _NO_NAME | _FILLERS and (first[0].isupper() or asked)


def _pieces(text: str) -> list[tuple[int, int]]:
    """What stands between the separators, without the small words at its ends."""
    found = []
    for segment in _SEGMENT.finditer(text):
        words = [
            (w.start() + segment.start(), w.end() + segment.start(), fold(w[0].strip(".,\"'’")))
            for w in re.finditer(r"\S+", segment[0])
        ]
        while words and words[0][2] in _FILLERS | {"", "-"}:
            words.pop(0)
        while words and words[-1][2] in _FILLERS | {"", "-"}:
            words.pop()
        if words:
            found.append((words[0][0], words[-1][1]))
    return found


def _is_bare(piece: str, *, asked: bool, company: bool) -> bool:
    plain = _without_pictures(piece)
    words = plain.split()
    if not words or not re.fullmatch(rf"{_RUN}\.?", plain) or any(fold(w) in _NO_NAME for w in words):
        return False
    return asked or _is_capital(plain) or (company and len(words) <= 3)


def _is_capital(piece: str) -> bool:
    return all(word[0].isupper() or fold(word) in _PARTICLES for word in _without_pictures(piece).split())


def _answer(text: str) -> Name | None:
    """What is wrong with an answer to the question that holds nothing like a name."""
    stripped = text.strip(" \x00,.;")
    words = [fold(word) for word in re.findall(r"[\w'’-]+", stripped)]
    if not stripped or any(word in _NO_NAME for word in words) or (words and _FILLERS.issuperset(words)):
        return None
    start = text.index(stripped)
    return _named(text, start, start + len(stripped), sure=True)


def _named(text: str, start: int, end: int, *, sure: bool) -> Name:
    said = text[start:end]
    name = " ".join(_without_pictures(said).split()).rstrip(".,") if len(said) > 2 else said.strip()
    problem = problem_of(name)
    return Name(said, (start, end), None if problem else name, sure, problem)


def problem_of(name: str) -> NameProblem | None:
    """Why this cannot be a name: no letter, other characters than names have, or too many."""
    if not any(character.isalpha() for character in name):
        return "no_letters"
    if len(name) > LONGEST:
        return "too_long"
    return None if all(c.isalpha() or unicodedata.combining(c) or c in " '’-." for c in name) else "characters"


def _without_pictures(text: str) -> str:
    """Without emoji and what holds them together."""
    kept = "".join(
        c for c in text if unicodedata.category(c) not in ("So", "Sk", "Cf", "Cn") and c not in "\ufe0f\u20e3"
    )
    return kept.strip()
