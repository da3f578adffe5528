"""Why a statement was found, in words: what the ids of the patterns that fired stand for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from extractors.concepts import load_lexicon

_WHOLE: Final = {
    "both": "De patronen en de geleerde lezers herkenden dit allebei.",
    "patterns": "De patronen herkenden dit; de geleerde lezers waren minder zeker.",
    "readers": "De geleerde lezers herkenden dit; de patronen waren minder zeker.",
    "rule.treatment_limit": "Het gaat over een behandeling waarvoor grenzen gelden.",
    "domain.fallback": "Het domein blijkt niet uit een woord; gekozen is wat het meest voor de hand ligt.",
    "doubt.polarity": "Niet zeker is of dit een ja of een nee is.",
}
_CUES: Final = {
    "wish": "een wens",
    "refusal": "een afwijzing",
    "value": "iets wat belangrijk is",
    "goal": "een doel",
    "concern": "een zorg",
    "promise": "een toezegging",
    "agreement": "een afspraak",
    "context": "een achtergrond",
    "hedge": "een aarzeling",
    "condition": "een voorwaarde",
    "negation": "een ontkenning",
    "reported": "wat een ander zei",
    "answer": "een antwoord",
    "summary": "een samenvatting",
}
_SECTIONS: Final = {
    "actions": "actiepunten",
    "agreements": "afspraken",
    "reach": "bereikbaarheid",
    "medical": "de medische situatie",
    "wishes": "wensen en behandeling",
    "identity": "wie het kind is",
    "experience": "de beleving",
    "family": "het gezin",
    "school": "school en opvang",
    "team": "het zorgteam",
    "done": "wat al gedaan is",
}
_SPEAKERS: Final = {
    "child": "het kind of de patiënt",
    "parent": "een ouder of naaste",
    "care_team": "een zorgverlener",
    "note": "een verslag",
}


def reasons(because: Sequence[str]) -> tuple[str, ...]:
    """What made a statement be found, one sentence for each thing that tells a reader something.

    Args:
        because: The ids of the patterns that fired (`Statement.because`). What only describes the form of a
            sentence, such as how many words it has, is left out.
    """
    return tuple(dict.fromkeys(_sentences(because)))


def _sentences(because: Sequence[str]) -> Iterator[str]:
    yield from (_WHOLE[name] for name in because if name in _WHOLE)
    cues = dict.fromkeys(
        _CUES[kind] for kind in (name.split(".")[0] for name in because if "." in name) if kind in _CUES
    )
    if cues:
        yield f"De woorden wijzen op {_listed(list(cues))}."
    lexicon = load_lexicon()
    named = [name.removeprefix("concept:") for name in because if name.startswith("concept:")]
    if labels := [lexicon[name].label for name in named if name in lexicon]:
        yield f"Het gaat over {_listed(labels)}."
    for name in because:
        kind, _, value = name.partition(":")
        if kind == "speaker" and value in _SPEAKERS:
            yield f"Gezegd door {_SPEAKERS[value]}."
        elif kind == "section" and value in _SECTIONS:
            yield f"Het staat onder een kopje over {_SECTIONS[value]}."
        elif kind == "asked" and value.split(".")[0] == "question":
            yield "Het is een antwoord op een vraag."


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} en {words[-1]}"
