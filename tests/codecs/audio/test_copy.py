"""FLAC frames of other recordings, copied under new numbers; and the length that is stated after a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from memcodec.errors import Damaged
from memcodec.media import registry
from memcodec.media.contract import Profile
from memcodec.model import Extent, Frame, PacketPlace
from memcodec.storage import LocalTarget, MemorySource, MemoryTarget
from memcodec_audio import flac, frames
from memcodec_audio.flac import BLOCK
from memcodec_audio.profiles import AudioConfig, modem
from tests.codecs.audio.conftest import Recorder, packets
from tests.codecs.audio.test_writer import KINDS, assert_sound

CONFIGS = [("dense", {"bits": "16"}), ("dense", {"bits": "24"}), ("robust", {}), ("robust", {"rate": "low"})]


def frames_in(data: bytes, profile: Profile, options: dict[str, str]) -> list[Frame]:
    """The recording's packets; the guide's first ones are packets too, in the robust profile."""
    blocks = modem(AudioConfig(profile, int(options.get("bits", "16")), options.get("rate", "normal"))).blocks
    heard = [found for group in frames.audible(MemorySource(data), blocks) for found in group]
    bursts = [heard[first : first + blocks] for first in range(0, len(heard), blocks)]
    return [Frame(burst[0].offset, burst[-1].end - burst[0].offset, 1) for burst in bursts]


@pytest.mark.slow
@KINDS
def test_other_programs_take_a_copy(
    recording: Recorder, tmp_path: Path, profile: Profile, options: dict[str, str]
) -> None:
    path, content = recording(profile, 5, **options)
    data, copy = path.read_bytes(), tmp_path / "copy.flac"
    source, old = MemorySource(data), frames_in(data, profile, options)[-5:]
    target = LocalTarget.create(copy)
    writer = registry.get("flac").create(target, profile, options)
    assert writer.accepts(source)
    new = list(writer.copy_frames(source, old))
    writer.write_blob(bytes(130 * 4096))  # from frame 128 on, numbers take another byte
    new += writer.copy_frames(source, old)
    writer.commit(b"")
    target.publish()
    target.close()
    assert_sound(copy)
    reader = registry.get("flac").open(MemorySource(copy.read_bytes()))
    assert reader.read_packets([PacketPlace(frame.offset, frame.length, 0) for frame in new]) == content * 2
    found = list(frames.walk(MemorySource(copy.read_bytes())))
    assert [frame.number for frame in found] == list(range(len(found)))
    assert new[-1].length > new[0].length - 16
    reader.close()


def test_other_bits_and_rates_are_not_accepted(recording: Recorder) -> None:
    for profile, options in CONFIGS:
        writer = registry.get("flac").create(MemoryTarget(), profile, options)  # type: ignore[arg-type]
        for other, others in CONFIGS:
            source = MemorySource(recording(other, 5, **others)[0].read_bytes())
            assert writer.accepts(source) == ((profile, options) == (other, others))


@pytest.mark.parametrize("profile", ["dense", "robust"])
def test_a_frame_without_its_header_is_not_copied(recording: Recorder, profile: Profile) -> None:
    options = {"bits": "24"} if profile == "dense" else {}
    data = bytearray(recording(profile, 5, **options)[0].read_bytes())
    old = frames_in(bytes(data), profile, options)[-5:]
    last = flac.find(bytes(data), old[2].offset)[modem(AudioConfig(profile, 16, "normal")).blocks - 1][0]
    data[last + 4] ^= 1
    target = MemoryTarget()
    writer = registry.get("flac").create(target, profile, options)
    copied = writer.copy_frames(MemorySource(data), old)
    with pytest.raises(Damaged, match=rf"no frame at byte {old[2].offset}; run `repair\(\)`"):
        list(copied)
    assert len(list(writer.copy_frames(MemorySource(data), [*old[:2], *old[3:]]))) == 4
    writer.commit(b"")
    found = [frame.number for frame in frames.walk(target.source())]
    assert found == list(range(len(found)))


def test_a_damaged_frame_is_copied_as_it_is(recording: Recorder) -> None:
    data = bytearray(recording("dense", 5, bits="24")[0].read_bytes())
    old = frames_in(bytes(data), "dense", {"bits": "24"})[0]
    data[old.offset + old.length // 2] ^= 64
    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense", {"bits": "24"})
    (new,) = writer.copy_frames(MemorySource(data), [old])
    writer.commit(b"")
    reader = registry.get("flac").open(target.source())
    assert reader.read_packets([PacketPlace(new.offset, new.length, 0)]) == [None]
    reader.close()


def test_too_short_a_frame_is_none() -> None:
    made = flac.header(5, 24)
    assert flac.frames_of(made + bytes(9), 1, 24) == [made + bytes(9)]
    assert flac.frames_of(made + bytes(9), 1, 16) is None
    assert flac.frames_of(made + bytes(3), 1, 24) is None
    assert flac.frames_of(made + bytes(9), 2, 24) is None
    assert flac.frames_of(made + bytes(9) + flac.header(6, 24), 2, 24) is None
    with pytest.raises(ValueError, match="header"):
        flac.renumber(bytes(100), 1)


def stated(data: bytes) -> int:
    info = flac.parse_info(data[: flac.INFO])
    assert info is not None
    return info.samples


def test_a_length_stated_wrongly_is_put_right(recording: Recorder, tmp_path: Path) -> None:
    codec, data = registry.get("flac"), recording("dense", 5, bits="16")[0].read_bytes()
    whole, first = codec.open(MemorySource(data)).ends()
    assert whole == len(data)
    at_first = len(list(frames.walk(MemorySource(data[:first])))) * BLOCK
    stale = data[: flac.TOTAL_AT] + flac.total(16, at_first) + data[flac.TOTAL_AT + 8 :]
    for name, content, right in [("cut", data[:first], at_first), ("not patched", stale, stated(data))]:
        path = tmp_path / name
        path.write_bytes(content)
        assert stated(content) != right
        target = LocalTarget.reopen(path)
        codec.reopen(target).close()
        target.close()
        assert stated(path.read_bytes()) == right
        assert path.read_bytes()[26:] == content[26:]
        assert_sound(path)


def test_reopening_a_right_file_writes_nothing(recording: Recorder) -> None:
    class Unwritable(MemoryTarget):
        def patch(self, offset: int, data: bytes) -> None:
            raise AssertionError

    registry.get("flac").reopen(Unwritable(recording("dense", 5, bits="16")[0].read_bytes()))


def test_a_length_that_streaminfo_cannot_hold_is_not_known() -> None:
    for samples, shown in [((1 << 36) - 1, (1 << 36) - 1), (1 << 36, 0), (1 << 40, 0)]:
        info = flac.parse_info(flac.stream_head(24, samples))
        assert info is not None
        assert (info.samples, info.bits, info.rate) == (shown, 24, 48_000)


def test_the_copy_takes_no_more_than_it_needs(recording: Recorder) -> None:
    data = recording("dense", 5, bits="24")[0].read_bytes()
    old = frames_in(data, "dense", {"bits": "24"})[0]
    writer, target = registry.get("flac"), MemoryTarget()
    taken = []

    def endless() -> object:
        while True:
            taken.append(old)
            yield old

    copied = writer.create(target, "dense", {"bits": "24"}).copy_frames(MemorySource(data), endless())  # type: ignore[arg-type]
    for _ in range(3):
        assert Extent(*next(copied)[:2]).length >= old.length
    assert len(taken) <= 64


def test_appended_frames_and_copies_take_turns(recording: Recorder) -> None:
    data = recording("dense", 5, bits="24")[0].read_bytes()
    old = frames_in(data, "dense", {"bits": "24"})
    target = MemoryTarget()
    writer = registry.get("flac").create(target, "dense", {"bits": "24"})
    own = packets(3, 500, 7)
    made = []
    for packet, frame in zip(own, old, strict=False):
        made += [*writer.write_packets([packet], 1), *writer.copy_frames(MemorySource(data), [frame])]
    writer.commit(b"")
    reader = registry.get("flac").open(target.source())
    read = reader.read_packets([PacketPlace(frame.offset, frame.length, 0) for frame in made])
    assert (read[0::2], None in read) == (own, False)
    reader.close()
