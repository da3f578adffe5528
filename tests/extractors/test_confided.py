import pytest

from extractors.confided import REACH, confided, load_confided, requests
from extractors.schema import Conversation, Turn

EXAMPLES = [
    pytest.param(sentence, expected, id=f"{cue.id}: {sentence}")
    for cue in load_confided().cues
    for expected, sentences in ((True, cue.examples.match), (False, cue.examples.no_match))
    for sentence in sentences
]

CONFIDED = [
    "Dit hoeft mama niet te weten hoor.",
    "Maar niet tegen mijn ouders zeggen, oké?",
    "Zet dit maar niet in het plan.",
    "Dit is even onder ons.",
    "Ik heb liever niet dat papa dit leest.",
    "Wil je dat niet opschrijven?",
    "Schrijf dat stukje maar niet op.",
    "Dat mag mijn zusje echt niet horen.",
    "Kun je dit voor je houden?",
    "Dit vertel ik alleen aan jou.",
    "Mijn man weet hier niets van.",
    "Eerlijk gezegd heb ik dit nog nooit tegen iemand gezegd.",
    "Dit blijft tussen ons, toch?",
    "Laat Tim er niks van merken.",
    "Als oma dit hoort, wordt ze heel verdrietig, dus vertel het haar niet.",
    "Pt. vertelt dit in vertrouwen.",
    "Moeder vraagt dit niet met vader te bespreken.",
    "Dat hoeft niet in het verslag te komen.",
    "Beloof je dat je er niks over zegt?",
    "Het is een geheimpje van mij.",
    "Ze mogen er niet achter komen dat ik bang ben.",
    "Ik wil niet dat Sara weet hoe erg het is.",
    "We hebben het hem nog niet verteld, dus noem het alsjeblieft niet waar hij bij is.",
    "Daar praat ik met mama nooit over.",
    "Kan dat uit het dossier blijven?",
    "Dit is niet voor de kinderen bestemd.",
    "Strikt vertrouwelijk: vader drinkt weer.",
    "Hou het alsjeblieft stil voor mijn ouders.",
    "Niet doorvertellen!",
    "Ik zeg het alleen als mama er niet bij is.",
    "Dat gaat verder niemand wat aan.",
    "Je moet beloven dat het in deze kamer blijft.",
    "Mijn ouders denken dat ik slaap, ze weten niet dat ik huil.",
    "Kan dit buiten het gesprek met papa en mama blijven?",
    "Papa mag hier niks van weten.",
    "Zeg maar niet tegen Joris dat ik gehuild heb.",
    "Ik vertel je dit omdat je het niet verder vertelt, toch?",
    "Laat dit alsjeblieft niet in het zorgplan terechtkomen.",
    "Wil je dit niet noteren?",
    "Mijn vrouw hoeft dit niet te horen.",
    "Dat weet verder niemand, alleen mijn zus.",
    "Liever niet aan de kinderen vertellen nog.",
    "Mam, ik ben bang, maar dat weet papa niet.",
    "Als ze dit leest wordt ze boos.",
    "Ik zeg dit niet waar mijn moeder bij zit.",
    "Je houdt je mond hè, tegen iedereen?",
    "Kunnen we dit tussen ons tweeën houden?",
    "Dit mag nergens opgeschreven worden.",
    "Vader wil niet dat dit met Lotte besproken wordt.",
    "Patiënte geeft aan dat haar ouders dit niet mogen weten.",
    "Niet met moeder delen.",
    "Voor zijn zusje houden we het geheim.",
    "Wij hebben het onze zoon nooit verteld.",
    "Beloof je het niet te verklappen?",
    "Tegen mama zeg ik altijd dat het goed gaat, maar dat is niet waar.",
    "Kunt u dit stuk buiten het plan laten?",
    "Dit is alleen voor uw oren.",
    "Eigenlijk durf ik dit thuis niet te zeggen.",
    "Ze weten thuis niet dat ik nog rook.",
    "Het moet wel een beetje privé blijven.",
    "Mogen we dit even niet in de brief zetten?",
    "Ik wil er met mijn ouders niet over praten.",
    "Hij vroeg mij nadrukkelijk om er met niemand over te spreken.",
    "Dat blijft binnen deze vier muren.",
    "Dit moet je echt niet aan mijn moeder doorgeven hoor.",
    "Praat er alsjeblieft niet over met mijn broer.",
    "Ik wil eigenlijk niet dat dit ergens komt te staan.",
    "Mag dit uit mijn plan?",
    "Daar mogen mijn ouders echt niet van schrikken, dus hou het voor jezelf.",
    "Zolang jij je mond maar houdt.",
    "Kun je dat deel overslaan in het verslag?",
    "Vertel ze maar niet hoe bang ik ben.",
    "Ik doe alsof er niks is als mama kijkt.",
    "Mijn moeder mag dit nooit te weten komen.",
    "Zij weet niet dat ik dit weet.",
    "Ik heb het zelfs mijn beste vriendin niet verteld.",
    "Dit gesprek is vertrouwelijk hè?",
    "Dit zeg ik alleen omdat hij er nu niet is.",
    "Als papa erbij is zeg ik dat niet.",
    "Niks tegen pap zeggen alsjeblieft.",
    "Dit wil ik liever voor mezelf houden.",
    "Wil je het niet met de dokter delen?",
    "Dat hoeft niemand te weten.",
    "Ouders willen niet dat Noor de prognose hoort.",
    "Haar broer is niet op de hoogte en dat moet zo blijven.",
    "Schrijf maar niks op, dit is gewoon tussen jou en mij.",
    "Moeder vertelde op de gang dat ze zwanger is; vader weet het nog niet.",
    "Kan dit alsjeblieft geheim blijven?",
    "Streep dat maar door, dat hoort niet in zo'n plan.",
    "Mijn ouders mogen dit nooit lezen.",
    "Zeg alsjeblieft niks tegen Ahmed.",
    "Ik wil niet dat je dit aan mijn vader vertelt.",
    "Dit moet niet in de papieren komen.",
    "Wil je dat van gisteren niet vermelden?",
    "Mijn vriend weet niet dat ik hier ben geweest.",
    "Ik vertel dit in vertrouwen, goed?",
    "Beloof me dat je het voor je houdt.",
    "Laat mama dit niet zien.",
    "Dit blijft onder ons hè.",
    "Opa en oma hoeven dit niet allemaal te horen.",
    "We willen niet dat hij het weet.",
    "Vraag het hem niet waar zijn zus bij zit.",
    "Tegen niemand zeggen hoor!",
    "Ik heb papa nog niet verteld dat ik wil stoppen.",
    "Liever geen aantekeningen hiervan.",
    "Kunt u dat weglaten uit het verslag?",
    "Dit hoeft de school niet te weten.",
    "Ze mag er niks van merken, dat heb ik haar vader beloofd.",
    "Moeder verzoekt dit gesprek niet te delen met vader.",
    "Pt wil niet dat ouders op de hoogte worden gebracht.",
    "Vertel het nog maar niet aan de anderen.",
    "Ik wil hier met mama niet over praten, wel met jou.",
    "Dat is ons geheim.",
]
HARMLESS = [
    "Ik kan niet zeggen waar het pijn doet.",
    "Dat wil niet zeggen dat we opgeven.",
    "Hij kan niet vertellen wat hij voelt.",
    "Ik weet niet wat ik moet zeggen.",
    "Mama weet niet hoe laat de zuster komt.",
    "Ik hoef het allemaal niet te weten.",
    "Nee zeggen tegen de dokter vind ik niet moeilijk.",
    "Hij praat niet met vreemden.",
    "We weten nog niet wanneer hij naar huis mag.",
    "Dat staat nog niet in het plan.",
    "Ik wil niet dat hij pijn krijgt.",
    "Ze hoort niet zo goed met links.",
    "Mijn broertje mag niet bij mij op de kamer slapen.",
    "Papa leest elke avond voor, en dat wil ik niet missen.",
    "Ik wil niet in het ziekenhuis blijven.",
    "Je hoeft niets te zeggen, ik snap het wel.",
    "Niemand weet hoe lang het nog duurt.",
    "Hij moet niet zo veel medicijnen krijgen.",
    "De thuiszorg weet het adres nog niet.",
    "Daar hebben we nog niet over nagedacht.",
    "Ik durf dat niet.",
    "Wij vertrouwen de dokter niet meer.",
    "Ze wil niet lezen of schrijven vandaag.",
    "Hou je van muziek of liever niet?",
    "Zet de televisie maar niet te hard.",
    "Zij moet het zelf zeggen, niet wij.",
    "Laat hem maar niet te lang wachten.",
    "Onder ons bed ligt de reservepomp.",
    "Hij zegt niet veel, maar hij snapt alles.",
    "Ze kan niet meer lezen door haar ogen.",
    "Mijn moeder weet alles van zijn medicijnen.",
    "Ik wil niet alleen slapen.",
    "Dat hoeft voor mij niet.",
    "We mogen niet klagen.",
    "Hij mag niet vallen.",
    "Ze willen niet nog een keer geprikt worden.",
    "Ik kan er niet tegen als hij huilt.",
    "Zij heeft niets tegen de nieuwe dokter.",
    "De school weet nog niet of er een tolk komt.",
    "Wij zijn het niet eens met de arts.",
    "Papa kan niet zo goed Nederlands lezen.",
    "Hij hoort graag muziek, maar niet te hard.",
    "Geen reanimatie, dat hebben we met elkaar besproken.",
    "Hij houdt niet van drukte.",
    "Ik vertrouw op God.",
    "Het is niet goed gegaan in dat ziekenhuis.",
    "We willen geen foto's op het dossier.",
    "Ik weet nog niet wat ik wil.",
    "De zuster mag niet binnenkomen zonder kloppen.",
    "Opa kan het niet aan.",
    "Hij is niet bang voor de dood.",
    "Ze mag geen chocola.",
    "Ik wil niet dat ze me wakker maken voor de pillen.",
    "Hij heeft niet veel verteld vandaag.",
    "Dat heb ik de dokter gezegd.",
    "Ze mogen hem niet alleen laten.",
    "Ik wil er niet meer aan denken.",
    "Papa is niet thuis.",
    "Het plan is niet af.",
    "Hij wil niet dat het licht uitgaat.",
    "Wij willen alles weten, ook als het niet goed is.",
    "Mama mag bij mij blijven slapen.",
    "Hij kan niet goed zien of horen.",
    "Ik vind het niet leuk om te praten.",
    "We moeten niet vergeten de apotheek te bellen.",
    "Geen slangetjes meer, zei ze.",
    "Dat hoeft niet vandaag.",
    "Hij wil geen beademing, dat weten we allemaal.",
    "We hebben nooit ruzie gehad met het team.",
    "De juf komt niet meer aan huis.",
    "Ik wil met mama naar zee.",
    "Hij is bang dat niemand hem hoort als hij roept.",
    "Zeg maar niets, je bent moe.",
    "Hij praat nog niet, hij is pas een.",
    "Ik wil niet meer praten vandaag.",
    "De dokter heeft gezegd dat het niet beter wordt.",
    "Papa zegt dat ik niet bang hoef te zijn.",
    "Ze mag niet alleen zijn als het gebeurt.",
    "Ik hoor liever niet hoe lang het duurt.",
    "We hebben geen geld voor een aanpassing.",
    "Hij moet niet de hele dag in bed liggen.",
    "Het gaat niet over mij, het gaat over haar.",
    "Je mag hem niet optillen onder zijn armen.",
    "Dat weet ik niet precies.",
    "Mijn vrouw kan niet autorijden.",
    "Als mama erbij is ben ik niet bang.",
    "Hij wil geen infuus in zijn hand.",
    "De buren helpen ons niet meer met de boodschappen.",
    "Niet met de ambulance, dat maakt hem onrustig.",
    "Bij een aanval niet vasthouden.",
    "Wij kunnen hem niet zonder tillift verplaatsen.",
    "Ik heb niet geslapen vannacht.",
    "Ze houdt van haar kat en wil haar niet missen.",
]


@pytest.mark.parametrize(("sentence", "expected"), EXAMPLES)
def test_every_example_holds(sentence: str, expected: bool):
    assert bool(requests(sentence)) is expected


@pytest.mark.parametrize("sentence", CONFIDED)
def test_what_someone_asks_to_keep_is_found(sentence: str):
    assert requests(sentence)


@pytest.mark.parametrize("sentence", HARMLESS)
def test_what_only_sounds_like_it_is_left_alone(sentence: str):
    assert not requests(sentence)


def test_it_is_found_within_a_longer_turn():
    text = "Ik heb gehuild! Maar dat hoeft mama niet te weten, goed? Morgen weer."
    [(start, end)] = requests(text)
    assert text[start:end] == " Maar dat hoeft mama niet te weten, goed"


def test_words_of_two_sentences_do_not_count_as_one():
    assert not requests("Niet doen. Tegen mama kan ik alles zeggen.")


def conversation(*said: tuple[str | None, str], block: str = "speech", sections=None) -> Conversation:
    turns, start = [], 0
    for index, (label, text) in enumerate(said):
        section = (sections[index],) if sections else ()
        turns.append(
            Turn(
                index=index,
                label=label,
                text=text,
                start=start,
                end=start + len(text),
                block=block,
                section=section,
            )
        )
        start += len(text) + 1
    return Conversation(
        id="c",
        source="a.txt",
        sha256="0",
        format="text",
        text="\n".join(text for _, text in said),
        turns=tuple(turns),
    )


def about(talk: Conversation) -> dict[int, list[str]]:
    return {
        turn: sorted(talk.text[start:end] for start, end in stretches)
        for turn, stretches in confided(talk).items()
    }


def test_it_is_about_the_turns_around_it_and_the_nearest_of_the_same_speaker():
    talk = conversation(
        ("Sem", "a"),
        ("Sem", "b"),
        ("Els", "c"),
        ("Els", "d"),
        ("Sem", "Dit hoeft mama niet te weten."),
        ("Sem", "e"),
        ("Els", "f"),
        ("Sem", "g"),
    )
    assert about(talk) == {4: ["Dit hoeft mama niet te weten.", "b", "d", "e"]}


def test_where_no_one_is_named_it_is_about_two_turns_on_either_side():
    talk = conversation(*((None, text) for text in ("a", "b", "c", "Dit is onder ons.", "d", "e", "f")))
    assert about(talk) == {3: ["Dit is onder ons.", "b", "c", "d", "e"]}


def test_in_a_note_it_is_about_the_lines_around_it_under_the_same_heading():
    said = [(None, text) for text in ("a", "b", "Niet met vader delen.", "c")]
    talk = conversation(*said, block="paragraph", sections=["een", "twee", "twee", "drie"])
    assert about(talk) == {2: ["Niet met vader delen.", "b"]}


def test_of_long_turns_it_is_about_what_is_near():
    long = "x" * 2 * REACH
    talk = conversation(("Sem", long), ("Els", f"{long}. Dit is onder ons. {long}"), ("Sem", long))
    [before, own, behind] = sorted(confided(talk)[1])
    lengths = [end - start for start, end in (before, own, behind)]
    assert lengths == [REACH, 2 * REACH + len(" Dit is onder ons"), REACH]
    assert (before[1], behind[0]) == (len(long), talk.turns[2].start)


def test_the_first_and_the_last_turn_have_one_side():
    assert about(conversation(("Sem", "Dit is onder ons."))) == {0: ["Dit is onder ons."]}


def test_a_heading_asks_nothing():
    assert confided(conversation((None, "In vertrouwen"), block="heading")) == {}


def test_a_conversation_without_it_has_none():
    assert confided(conversation(("Sem", "Ik wil naar huis."))) == {}
