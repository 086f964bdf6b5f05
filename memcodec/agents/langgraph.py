"""Checkpoints of LangGraph in a memory file: ``pip install 'memcodec[langgraph]'``.

    graph = builder.compile(checkpointer=MemcodecSaver("agent.mp4"))

A thread is a run of the file (``memcodec runs list``). A checkpoint stores the channels that it changed, and of a
list that grew, as messages do, what is new in it: a thousand turns take a thousand times what one takes.
"""

from __future__ import annotations

import base64
import contextlib
import random
import threading
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from memcodec.agents.runs import history, opening, records
from memcodec.agents.runs.identity import JSON
from memcodec.agents.runs.threads import Saved, Thread
from memcodec.errors import ConfigError, Damaged, MissingExtra

try:
    from langgraph.checkpoint.base import (
        WRITES_IDX_MAP,
        BaseCheckpointSaver,
        ChannelVersions,
        Checkpoint,
        CheckpointMetadata,
        CheckpointTuple,
        get_checkpoint_id,
        get_checkpoint_metadata,
    )
    from langgraph.checkpoint.serde.base import SerializerProtocol
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
except ImportError:
    raise MissingExtra(
        "the checkpointer needs langgraph-checkpoint: pip install 'memcodec[langgraph]'"
    ) from None

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig

    from memcodec.memory import Memory

__all__ = ["MemcodecSaver"]


class MemcodecSaver(BaseCheckpointSaver[str]):
    """A checkpointer over a memory file, which is made if it is not there. Use it in a ``with``, or close it.

    For many threads, and for many processes at one file. ``serde`` writes the values; unless given, one that makes no
    class that a stranger's file names but those that LangGraph knows to be safe. State is stored as it is: no secrets
    are taken out of it.
    """

    def __init__(
        self,
        file: str | Path | Memory,
        *,
        serde: SerializerProtocol | None = None,
        durability: str = "batched",
    ) -> None:
        super().__init__(serde=serde or JsonPlusSerializer(allowed_msgpack_modules=None))
        self._ends = contextlib.ExitStack()
        self._ledger = opening.opened(file, durability, self._ends)
        self._threads: dict[str, Thread] = {}
        self._lock = threading.Lock()

    def close(self) -> None:
        """Release the file; what was written is on stable storage then."""
        self._ends.close()

    def __enter__(self) -> MemcodecSaver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Writing

    def put(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """Store a checkpoint: what it changed of the channels, and the rest of it."""
        told = config["configurable"]
        thread, ns = self._thread(str(told["thread_id"])), str(told.get("checkpoint_ns", ""))
        values = checkpoint["channel_values"]
        rest = {name: value for name, value in checkpoint.items() if name != "channel_values"}
        blobs = {
            channel: [str(version), self._written(values[channel]) if channel in values else None]
            for channel, version in new_versions.items()
        }
        made = records.made(
            "checkpoint",
            ns=ns,
            id=checkpoint["id"],
            parent=told.get("checkpoint_id"),
            checkpoint=self._written(rest),
            metadata=self._written(get_checkpoint_metadata(config, metadata)),
            blobs=blobs,
        )
        thread.append([made])
        return _config(thread.name, ns, checkpoint["id"])

    def put_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """Store what a task wrote, pending at a checkpoint."""
        told = config["configurable"]
        made = records.made(
            "writes",
            ns=str(told.get("checkpoint_ns", "")),
            id=told["checkpoint_id"],
            task=task_id,
            path=task_path,
            writes=[
                [WRITES_IDX_MAP.get(channel, number), channel, self._written(value)]
                for number, (channel, value) in enumerate(writes)
            ],
        )
        self._thread(str(told["thread_id"])).append([made])

    def get_next_version(self, current: str | None, channel: None) -> str:
        """A version after another; of two that come after the same one, each is its own."""
        number = 0 if current is None else current if isinstance(current, int) else int(current.split(".")[0])
        return f"{number + 1:032}.{random.random():016}"

    # Reading

    def get_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """A checkpoint by its id, or the newest of a thread."""
        told = config["configurable"]
        thread, ns = self._read(str(told["thread_id"])), str(told.get("checkpoint_ns", ""))
        name = get_checkpoint_id(config) or max((each for of, each in thread.saved if of == ns), default="")
        saved = thread.saved.get((ns, name))
        return None if saved is None else self._tuple(thread, saved)

    def list(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the name that LangGraph has
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """The checkpoints of a thread, or of all, the newest first; those whose metadata have what ``filter`` says."""
        told = config["configurable"] if config else {}
        names = [str(told["thread_id"])] if config else self._names()
        ns, wanted = told.get("checkpoint_ns"), get_checkpoint_id(config) if config else None
        end = get_checkpoint_id(before) if before else None
        count = 0
        for name in names:
            thread = self._read(name)
            for saved in sorted(thread.saved.values(), key=lambda each: (each.id, each.ns), reverse=True):
                if ns not in (None, saved.ns) or wanted not in (None, saved.id) or (end and saved.id >= end):
                    continue
                metadata = self._metadata(thread, saved)
                if filter and any(metadata.get(key) != value for key, value in filter.items()):
                    continue
                if limit is not None and count >= limit:
                    return
                count += 1
                yield self._tuple(thread, saved)

    def _tuple(self, thread: Thread, saved: Saved) -> CheckpointTuple:
        rest = self._value(thread.unpacked(saved.checkpoint))
        versions = rest.get("channel_versions", {})
        blobs = {channel: thread.blob(saved.ns, channel, version) for channel, version in versions.items()}
        values = {channel: self._value(blob) for channel, blob in blobs.items() if blob is not None}
        return CheckpointTuple(
            _config(thread.name, saved.ns, saved.id),
            {**rest, "channel_values": values},  # type: ignore[typeddict-item]
            self._metadata(thread, saved),
            _config(thread.name, saved.ns, saved.parent) if saved.parent else None,
            [
                (each.task, each.channel, self._value(each.value))
                for each in thread.writes(saved.ns, saved.id)
            ],
        )

    def _metadata(self, thread: Thread, saved: Saved) -> Any:
        return self._value(thread.unpacked(saved.metadata))

    # Dropping

    def delete_thread(self, thread_id: str) -> None:
        """Take a thread's checkpoints out of the file's state."""
        thread = self._read(str(thread_id))
        if thread.saved:
            thread.drop()

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Take out the checkpoints that these runs of a graph made."""
        wanted = set(run_ids)
        for name in self._names():
            thread = self._read(name)
            made = thread.saved.values()
            thread.drop(
                (each.ns, each.id) for each in made if self._metadata(thread, each).get("run_id") in wanted
            )

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Give another thread all that one has."""
        source, target = self._read(str(source_thread_id)), self._thread(str(target_thread_id))
        seen, made = set[tuple[str, str, str]](), list[dict[str, Any]]()
        for saved in sorted(source.saved.values(), key=lambda each: each.id):
            versions = self._value(source.unpacked(saved.checkpoint)).get("channel_versions", {})
            blobs = {}
            for channel, version in versions.items():
                key = (saved.ns, channel, str(version))
                if key not in seen and (blob := source.blob(*key)) is not None:
                    blobs[channel] = [str(version), blob]
                seen.add(key)
            made.append(
                records.made(
                    "checkpoint",
                    ns=saved.ns,
                    id=saved.id,
                    parent=saved.parent,
                    checkpoint=source.unpacked(saved.checkpoint),
                    metadata=source.unpacked(saved.metadata),
                    blobs=blobs,
                )
            )
            for each in source.writes(saved.ns, saved.id):
                told = {"ns": saved.ns, "id": saved.id, "task": each.task, "path": each.path}
                made.append(records.made("writes", **told, writes=[[each.number, each.channel, each.value]]))
        for record in made:
            target.append([record])

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Keep the newest checkpoint of each namespace of these threads, or, with ``delete``, none.

        Those before it stay where it is made of them: where a channel of it stands in its ancestors alone.
        """
        if strategy not in ("keep_latest", "delete"):
            raise ConfigError(f"strategy {strategy!r}: keep_latest or delete")
        for name in thread_ids:
            thread = self._read(str(name))
            if strategy == "delete":
                self.delete_thread(str(name))
                continue
            kept = set[tuple[str, str]]()
            for ns in {ns for ns, _ in thread.saved}:
                newest = max(each for of, each in thread.saved if of == ns)
                kept.add((ns, newest))
                if not self._is_whole(thread, thread.saved[ns, newest]):
                    kept |= {each for each in thread.saved if each[0] == ns}
            thread.drop(each for each in thread.saved if each not in kept)

    def _is_whole(self, thread: Thread, saved: Saved) -> bool:
        metadata = self._metadata(thread, saved)
        return not metadata.get("counters_since_delta_snapshot")

    # The same, awaited

    async def aput(
        self,
        config: RunnableConfig,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> RunnableConfig:
        """As ``put``."""
        return self.put(config, checkpoint, metadata, new_versions)

    async def aput_writes(
        self,
        config: RunnableConfig,
        writes: Sequence[tuple[str, Any]],
        task_id: str,
        task_path: str = "",
    ) -> None:
        """As ``put_writes``."""
        self.put_writes(config, writes, task_id, task_path)

    async def aget_tuple(self, config: RunnableConfig) -> CheckpointTuple | None:
        """As ``get_tuple``."""
        return self.get_tuple(config)

    async def alist(
        self,
        config: RunnableConfig | None,
        *,
        filter: dict[str, Any] | None = None,  # noqa: A002 - the name that LangGraph has
        before: RunnableConfig | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """As ``list``."""
        for each in self.list(config, filter=filter, before=before, limit=limit):
            yield each

    async def adelete_thread(self, thread_id: str) -> None:
        """As ``delete_thread``."""
        self.delete_thread(thread_id)

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """As ``delete_for_runs``."""
        self.delete_for_runs(run_ids)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """As ``copy_thread``."""
        self.copy_thread(source_thread_id, target_thread_id)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """As ``prune``."""
        self.prune(thread_ids, strategy=strategy)

    # Threads and values

    def _thread(self, name: str) -> Thread:
        with self._lock:
            if name not in self._threads:
                self._threads[name] = Thread(self._ledger, name)
            return self._threads[name]

    def _read(self, name: str) -> Thread:
        return self._thread(name).refresh()

    def _names(self) -> Sequence[str]:
        found = []
        for run in history.ids(self._ledger):
            first = next(records.read(self._ledger, run), None)
            if first is not None and isinstance(name := first.data.get("langgraph"), str):
                found.append(name)
        return found

    def _written(self, value: Any) -> JSON:
        if type(value) is _List and value:
            return {"list": [self._written_one(each) for each in value]}
        return self._written_one(value)

    def _written_one(self, value: Any) -> JSON:
        kind, data = self.serde.dumps_typed(value)
        return [kind, base64.b64encode(data).decode()]

    def _value(self, stored: JSON) -> Any:
        if isinstance(stored, dict) and isinstance(stored.get("list"), _List):
            return [self._value(each) for each in stored["list"]]
        try:
            kind, data = stored
            return self.serde.loads_typed((str(kind), base64.b64decode(data)))
        except (TypeError, ValueError) as error:
            raise Damaged(
                f"a checkpoint cannot be read: {type(error).__name__}; check the file with `verify()`"
            ) from None


_List = list  # the class above has a method of that name


def _config(thread: str, ns: str, name: str) -> RunnableConfig:
    return {"configurable": {"thread_id": thread, "checkpoint_ns": ns, "checkpoint_id": name}}
