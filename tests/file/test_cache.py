from __future__ import annotations

from memcodec.file.cache import Cache


def test_what_was_not_used_for_longest_goes_first() -> None:
    cache = Cache[bytes](10, len)
    for key in "abc":
        cache.put(key, b"xxx")
    assert cache.get("a") == b"xxx"
    cache.put("d", b"xxx")
    assert [cache.get(key) for key in "abcd"] == [b"xxx", None, b"xxx", b"xxx"]


def test_what_there_is_no_room_for_is_not_held_and_takes_no_other_s_place() -> None:
    cache = Cache[bytes](10, len)
    cache.put("a", b"xxx")
    cache.put("b", b"x" * 11)
    assert (cache.get("a"), cache.get("b")) == (b"xxx", None)


def test_a_value_that_is_put_again_takes_its_room_once() -> None:
    cache = Cache[bytes](10, len)
    for size in (9, 3, 4):
        cache.put("a", b"x" * size)
    cache.put("b", b"x" * 6)
    assert (cache.get("a"), cache.get("b")) == (b"xxxx", b"xxxxxx")
