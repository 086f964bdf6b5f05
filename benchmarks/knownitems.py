"""Documents in ten languages that each hold something to be found again, beside others that nearly do; and nonsense.

Versions and addresses stand beside their permutations, names beside themselves without accents, identifiers beside
their parts in another order. All is made here, the same ever.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import permutations
from typing import NamedTuple

WORDS = {
    "English": "garden river window morning winter letter village bridge kitchen forest summer doctor market station",
    "German": "Garten Fluss Fenster Morgen Winter Brief Dorf Brücke Küche Wald Sommer Arzt Markt Papier Bahnhof",
    "French": "jardin rivière fenêtre matin hiver lettre village pont cuisine forêt été médecin marché papier gare",
    "Polish": "ogród rzeka okno poranek zima list wieś most kuchnia las lato lekarz targ papier dworzec",
    "Turkish": "bahçe nehir pencere sabah kış mektup köy köprü mutfak orman yaz doktor pazar kağıt istasyon",
    "Russian": "сад река окно утро зима письмо деревня мост кухня лес лето врач рынок бумага вокзал",
    "Arabic": "حديقة نهر نافذة صباح شتاء رسالة قرية جسر مطبخ غابة صيف طبيب سوق ورق محطة",
    "Hebrew": "גינה נהר חלון בוקר חורף מכתב כפר גשר מטבח יער קיץ רופא שוק נייר תחנה",
    "Chinese": "花园 河流 窗户 早晨 冬天 信件 村庄 桥梁 厨房 森林 夏天 医生 市场 纸张 车站",
    "Japanese": "庭園 川 まど 朝 冬 手紙 村 はし 台所 もり 夏 医者 市場 かみ 駅",
}
#: names as they are written, each also without its accents, points or vowel signs
NAMES = {
    "English": "Zoë/Zoe Brontë/Bronte Renée/Renee",
    "German": "Müller/Muller Schröder/Schroder Jäger/Jager",
    "French": "Hélène/Helene François/Francois Anaïs/Anais",
    "Polish": "Łukasz/Lukasz Małgorzata/Malgorzata Józef/Jozef",
    "Turkish": "Işık/Isik Gülşen/Gulsen Çağla/Cagla",
    "Russian": "Алёна/Алена Семён/Семен Пётр/Петр",
    "Arabic": "مُحَمَّد/محمد فَاطِمَة/فاطمة خَالِد/خالد",
    "Hebrew": "דָּוִד/דוד שָׂרָה/שרה מִרְיָם/מרים",
    "Chinese": "José/Jose Dvořák/Dvorak Åsa/Asa",
    "Japanese": "Núñez/Nunez Škoda/Skoda Ødegård/Odegard",
}
CHARACTERS = {"Chinese": "鱼龙雪茶灯琴", "Japanese": "猫鶴桜寿侍茸"}
FOREIGN = (
    "tuulipuku pesukone kissanpentu saunavihta järvenranta|macska ablak cipő tehén borjú villamos|hestur fjallið kýrin"
    " bryggjan|chim nước cây bánh đường|mbwa paka dirisha mlango ndege|λύκος τραπέζι καράβι γέφυρα|pisică fereastră"
    " zăpadă|kuća drvo prozor mačka|zirgs logs galds upe|갈매기 고양이 창문 물고기|แมว หน้าต่าง สะพาน|विद्यालय खिड़की मछली"
)
_PARTS = ("parse", "token", "buffer")


class Item(NamedTuple):
    """What is asked, of which kind it is, and the uri of the one document that is the answer."""

    kind: str
    query: str
    uri: str


def documents(seed: int = 5) -> tuple[dict[str, str], list[Item]]:
    """Texts by their uris, and what is asked."""
    chance, texts, items = random.Random(seed), dict[str, str](), list[Item]()
    for language, words in WORDS.items():
        for number, (kind, written, asked) in enumerate(_held(language, chance)):
            uri = f"{language}/{number}.txt"
            filler = chance.choices(words.split(), k=chance.randint(12, 60))
            filler.insert(chance.randrange(len(filler)), written)
            texts[uri] = " ".join(filler) + "."
            if asked:
                items.append(Item(kind, written[0] if kind == "character" else written, uri))
    return texts, items


def _held(language: str, chance: random.Random) -> Iterator[tuple[str, str, bool]]:
    """What documents hold: of which kind, and whether it is asked for."""
    number = list(WORDS).index(language) + 2
    for parts in permutations((number, 10 + number, 1)):
        yield "version", ".".join(map(str, parts)), True
    for parts in permutations((168, number, 30 + number)):
        yield "address", "192." + ".".join(map(str, parts)), True
    tag = f"{language.lower()[:3]}x"
    for parts in permutations((*_PARTS[:2], tag)):
        yield "identifier", "_".join(parts), True
    for one, other in permutations((_PARTS[2], tag)):
        yield "identifier", f"{one}::{other}", True
        yield "identifier", f"{one}/{other}.c", True
    yield "identifier", f"--{tag}-mode", True
    yield "identifier", f"{tag} mode", False
    yield "identifier", f"{tag.title()}Reader", True
    for pair in NAMES[language].split():
        for name in pair.split("/"):
            yield "name", name, True
    for character in CHARACTERS.get(language, ""):
        yield "character", character + chance.choice(["", "の", "小", "大"]), True


def nonsense(count: int = 160, seed: int = 9) -> list[Item]:
    """Queries that no document answers."""
    chance, letters = random.Random(seed), "abcdefghijklmnopqrstuvwxyz"

    def word() -> str:
        return "".join(chance.choices(letters, k=chance.randint(4, 11)))

    made = [Item("letters", " ".join(word() for _ in range(1 + at % 4)), "") for at in range(count)]
    tongues = [tongue.split() for tongue in FOREIGN.split("|")]
    made += [
        Item("other languages", " ".join(chance.sample(words, k=min(len(words), 1 + at % 3))), "")
        for at in range(count // len(tongues))
        for words in tongues
    ]
    marks = [
        "",
        "   ",
        "?",
        "...",
        "!?",
        "()",
        "--",
        "@@@",
        "// ||",
        "***",
        "§ $ %",
        '""',
        "<>",
        "'",
        "¿?",
        "。、",
    ]
    return made + [Item("empty and punctuation", each, "") for each in marks]
