"""How near a model takes nonsense to be to text: what is no nearer to a query than that does not answer it.

Cosines of models lie in different ranges: of one no text is below 0.7, of another hardly any above. So each is asked
how it places strings of letters beside passages of many kinds. The best of thousands of passages that say nothing to a
query lies some standard deviations above the mean, as the largest of many draws does.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from memcodec.models.embedding import Embeds

DEVIATIONS = 4.5  #: above the mean; benchmarks/answers.py says what it keeps out
_QUERIES, _SEED = 48, 7
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_PASSAGES = (
    "The grey heron stands still in shallow water and waits for fish, sometimes for an hour.",
    "Melt the butter, add the flour and stir until it smells of nuts; pour in the milk slowly.",
    "def parse(line: str) -> dict[str, str]:\n    return dict(pair.split('=') for pair in line.split())",
    "In 1687 Newton published the Principia, setting out the laws of motion and of gravitation.",
    "Call the function with the path of the file. It raises OSError when the file cannot be opened.",
    "Dear Anna, thank you for the photographs. We will be in Lisbon from the 3rd to the 9th of May.",
    "ERROR 2024-03-18 11:42:07 worker-3 connection refused: 192.168.1.10:5432, retrying in 30 seconds",
    "The parties agree that this contract may be ended by either of them with three months' notice.",
    "Patients with raised blood pressure should have it taken again after five minutes of rest.",
    "The committee met on Tuesday. It approved the minutes, the budget and the new opening hours.",
    "| quarter | revenue | cost |\n|---|---|---|\n| Q1 | 1,204 | 880 |\n| Q2 | 1,377 | 912 |",
    "You can set the option in the configuration file or by an environment variable of that name.",
    "She closed the door behind her and listened. Nothing but rain on the roof of the shed.",
    "Photosynthesis turns carbon dioxide and water into sugar and oxygen with the energy of light.",
    "npm install typescript@5.6 && npx tsc -p tsconfig.json && node build/main.js",
    "Der Zug nach Hamburg fährt heute von Gleis sieben und hat zehn Minuten Verspätung.",
    "Le musée est ouvert tous les jours sauf le mardi, de dix heures à dix-huit heures.",
    "El perro duerme debajo de la mesa mientras los niños terminan sus deberes.",
    "Поезд пришёл вовремя, и мы успели на последний автобус до деревни.",
    "会议定于下周三上午十点在三楼举行，请准时参加并带上资料。",
    "明日の天気は晴れのち曇り、最高気温は二十五度の見込みです。",
    "تفتح المكتبة أبوابها كل يوم من الساعة التاسعة صباحا حتى السادسة مساء.",
    "Chapter 4. Installation. Before you begin, make sure that the power is switched off.",
    "Release notes: fixed a crash on startup, faster search, and a new setting for the font size.",
)  # fmt: skip


def measure(embedder: Embeds) -> float:
    """The cosine that nonsense hardly reaches with any text of a memory file."""
    queries = np.stack([embedder.embed_query(each) for each in _nonsense()])
    cosines = queries @ embedder.embed(_PASSAGES).T
    return float(cosines.mean() + DEVIATIONS * cosines.std())


def _nonsense() -> list[str]:
    """One to four words of random letters each; the same ever."""
    chance = random.Random(_SEED)

    def word() -> str:
        return "".join(chance.choices(_LETTERS, k=chance.randint(3, 10)))

    return [" ".join(word() for _ in range(1 + number % 4)) for number in range(_QUERIES)]
