"""A conversation about memory files: a question finds passages, a model answers from them and cites them."""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable
from typing import NamedTuple

from memcodec.agents.chat import quoting
from memcodec.agents.chat.quoting import Citation
from memcodec.collection import Collection
from memcodec.model import Hit
from memcodec.models.chat import Endpoint, Message
from memcodec.search.query import question as asked
from memcodec.search.results import Mode

TURNS = 6  #: of the conversation that the model is told again
LONGEST = 4000  #: characters of a passage, a question or an answer that go into a prompt


class Turn(NamedTuple):
    """A question and what was answered."""

    question: str
    answer: str


@dataclasses.dataclass(frozen=True, slots=True)
class Answer:
    """An answer, the passages it was to be made from, those it cites, and whether it met the model's limit."""

    text: str
    passages: list[Citation]
    cited: list[Citation]
    cut: bool
    notes: tuple[str, ...]


class Conversation:
    """Questions to a collection. A passage keeps its number for as long as the conversation lasts."""

    def __init__(self, collection: Collection, k: int = 10, mode: Mode = "hybrid") -> None:
        self._collection, self._k, self._mode = collection, k, mode
        self._turns = deque[Turn](maxlen=TURNS)
        self._passages: dict[tuple[str, str, int], Citation] = {}
        self.notes: tuple[str, ...] = ()  #: what the last search says of itself

    def find(self, question: str) -> list[Citation]:
        """The ``k`` passages that bear on a question, best first.

        A question that follows another may lean on it ("and in winter?"): half of them are for both together.
        """
        alone = self._search(question)
        if not self._turns:
            return [self._numbered(hit) for hit in alone]
        together = self._search(f"{self._turns[-1].question} {question}")
        half = (self._k + 1) // 2
        chosen = {_key(hit): hit for hit in [*alone[:half], *together, *alone[half:]]}
        return [self._numbered(hit) for hit in list(chosen.values())[: self._k]]

    def _search(self, query: str) -> list[Hit]:
        results = self._collection.search(asked(query), self._k, self._mode)
        self.notes = results.notes
        return list(results)

    def _numbered(self, hit: Hit) -> Citation:
        return self._passages.setdefault(_key(hit), Citation(len(self._passages) + 1, hit))

    def ask(self, question: str, endpoint: Endpoint, show: Callable[[str], object] = str) -> Answer:
        """Have a question answered; ``show`` gets the answer as it comes. Raises as ``Endpoint.answer``."""
        passages, pieces = self.find(question), list[str]()
        answering = endpoint.answer(self.messages(question, passages))
        while True:
            try:
                pieces.append(next(answering))
            except StopIteration as end:
                whole = bool(end.value)
                break
            show(pieces[-1])
        text = "".join(pieces)
        self._turns.append(Turn(question, text))
        cited = quoting.cited(text, list(self._passages.values()))
        return Answer(text, passages, cited, not whole, self.notes)

    def messages(self, question: str, passages: list[Citation]) -> list[Message]:
        """The prompt: what the model is to do, the last turns, and the question below the passages."""
        mark = quoting.new_mark()
        short = [each._replace(hit=_shortened(each.hit)) for each in passages]
        told = [
            {"role": role, "content": _clipped(text)}
            for turn in self._turns
            for role, text in (("user", turn.question), ("assistant", turn.answer))
        ]
        asked = f"{quoting.quoted(short, mark)}\n\nQuestion: {_clipped(question)}"
        return [
            {"role": "system", "content": quoting.system(mark)},
            *told,
            {"role": "user", "content": asked},
        ]


def _key(hit: Hit) -> tuple[str, str, int]:
    return hit.file, hit.document.id, hit.start


def _shortened(hit: Hit) -> Hit:
    return dataclasses.replace(hit, text=_clipped(hit.text))


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST] + " ..."
