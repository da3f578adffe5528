"""Told clauses: where the words that open a sentence only say that somebody thinks, hopes, hears or says it.

In "Ik denk dat de huisarts vrijdag belt" and in "'Ik bel vrijdag', zegt de huisarts" the "ik" of the one who
speaks and the one who acts are two people. The words stand in `patterns/actions.yaml`.
"""

from __future__ import annotations

import re
from functools import cache

from extractors.names import NAME, action_words, either

_CONJUNCTION = re.compile(r",?\s+(?:dat|of|als)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+(?:['’-][^\W_]+)*")
_PRESENT = re.compile(
    r"\W*(?:(?:er|morgen|vandaag|straks|dan)\s+)?(?:ik|we|wij|u|je|jij|jullie)\b", re.IGNORECASE
)
_DENIED = frozenset(("niet", "geen", "nooit", "niemand"))


def told_clause(before: str, quote: str, people: re.Pattern[str]) -> str | None:
    """The subordinate clause that tells the action, where the main clause only thinks, hopes, says or agrees.

    To ask whether somebody else will do it is a step of its own ("ik vraag of ze langskomt"); a question
    to who is present is not ("ik vraag of jij belt").

    Args:
        before: the words of the sentence before the quote.
        quote: the words of the action point.
        people: the pattern that finds the people of the conversation.

    Returns:
        The words after "dat", "of" or "als"; "" where what is told is denied ("ik wil niet dat ..."), and
        None where nothing is told.
    """
    for text, must_reach in ((quote, 0), (f"{before}{quote}", len(before))):
        conjunction = _CONJUNCTION.search(text)
        if not conjunction or conjunction.end() < must_reach:
            continue
        lead, clause = text[: conjunction.start()], text[conjunction.end() :]
        if _only_tells(lead, clause, people):
            return "" if _DENIED & _words(lead) else clause
    return None


def _only_tells(lead: str, clause: str, people: re.Pattern[str]) -> bool:
    """Whether a main clause holds a verb of telling and, but for people and small words, nothing else."""
    words = action_words()
    said = _words(lead)
    small = words.telling | words.asking_whether | words.beside_telling | _DENIED
    if said & words.asking_whether and "af" not in said:  # "ik vraag me af of" only wonders
        return said <= small and _PRESENT.match(clause) is not None
    without_people = _words(re.sub(NAME, " ", people.sub(" ", lead)))
    return bool(said & (words.telling | words.asking_whether)) and without_people <= small


def _words(text: str) -> frozenset[str]:
    return frozenset(word.lower() for word in _WORD.findall(text))


@cache
def _patterns() -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """Patterns for an aside, for who says what follows, and for who said what stands before."""
    words = action_words()
    says = rf"(?:{either(words.saying)})"
    return (
        re.compile(
            rf",?\s*\b(?:{either(words.asides)})\s+(?:ik|we|wij)(?:\s+(?:wel|zo|hoor|toch|eigenlijk))?"
            r"(?=\s*(?:[,.;?!]|$))",
            re.IGNORECASE,
        ),
        re.compile(
            rf"(?P<teller>[^.;?!:]{{0,60}}\b{says}\b(?:\s+[^\s,:\"'‘“]+){{0,3}}?)"
            r"\s*(?::|,?\s*[\"'‘“]|,?\s+(?=ik\b))(?=.*\bik\b)",
            re.IGNORECASE | re.DOTALL,
        ),
        re.compile(rf"[,\"'’”][,\"'’”\s]*{says}\s+(?P<teller>[^.;?!,]{{1,40}})", re.IGNORECASE),
    )


def without_aside(clause: str) -> str:
    """A clause without the "denk ik" beside it, which takes nothing on."""
    return _patterns()[0].sub(" ", clause)


def teller_of_ik(before: str, quote: str, after: str) -> str | None:
    """The words that name whose "ik" a quote holds: "zei Petra" in "'Ik bel morgen', zei Petra".

    Returns:
        The words around the verb of saying; None where nobody is quoted and "ik" is the speaker.
    """
    _, opens, closes = _patterns()
    if (opening := opens.match(before + quote)) and opening.end() >= len(before):
        return opening["teller"]
    closing = closes.search(quote) or closes.match(after)
    return closing["teller"] if closing else None
