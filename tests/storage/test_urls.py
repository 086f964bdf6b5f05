"""URLs: what is one, and that no part of one that may be secret is ever shown."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memcodec.errors import ConfigError, MissingExtra
from memcodec.storage import LocalSource, urls
from memcodec.storage import open as places

SECRET = "canary7"


@pytest.mark.parametrize("name", ["https://h/a.mp4", "HTTP://h/", "s3://bucket/key", "a+b.c-d://x"])
def test_a_scheme_makes_a_url(name: str) -> None:
    assert urls.is_url(name)


@pytest.mark.parametrize(
    "name", ["a.mp4", "/a/b.mp4", "C:/a", "http:a", "://x", "1a://x", "dir/http://x", Path("http://x/y")]
)
def test_paths_are_no_urls(name: str | Path) -> None:
    assert not urls.is_url(name)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://h.org/a/b.mp4", "https://h.org/a/b.mp4"),
        ("HTTPS://h.org:8443/a.mp4?sig=canary7#canary7", "https://h.org:8443/a.mp4"),
        ("https://ann:canary7@h.org/a.mp4", "https://h.org/a.mp4"),
        ("https://canary7@h.org", "https://h.org"),
        ("https://ann:canary7#x@h.org/a", "https://h.org/a"),
        ("https://ann:canary7?x@h.org/a", "https://h.org/a"),
        ("https://ann:canary7/x@h.org/a", "https://..."),
        ("https://[::1]:80/a?canary7", "https://[::1]:80/a"),
        ("https://h.org?canary7", "https://h.org"),
        ("https://h.org/a\x1b[2J\nb", "https://h.org/a?[2J?b"),
        ("https://", "https://..."),
    ],
)
def test_what_is_shown_holds_no_secret(url: str, shown: str) -> None:
    assert urls.shown(url) == shown
    assert SECRET not in shown


@given(st.text(), st.text())
def test_whatever_follows_an_at_or_a_query_nothing_fails_or_shows(before: str, after: str) -> None:
    user = before.replace("/", "")
    assert SECRET not in urls.shown(f"https://{user}:{SECRET}{user}@host/{after.replace(SECRET, '')}")
    assert SECRET not in urls.shown(f"https://host/{before.replace(SECRET, '')}?{SECRET}{after}")


def test_the_query_is_sent_and_the_fragment_is_not() -> None:
    parsed = urls.parse("https://h.org/a.mp4?sig=canary7#part")
    assert parsed.sent == "https://h.org/a.mp4?sig=canary7"
    assert SECRET not in f"{parsed} {parsed!r}"


@pytest.mark.parametrize(
    "url",
    [
        "https://ann:canary7@h.org/a",
        "http://canary7@h.org/a",
        "https://ann:canary7#x@h.org/a",
        "s3://canary7:x@b/k",
    ],
)
def test_a_url_with_a_login_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigError, match="netrc") as caught:
        urls.parse(url)
    assert SECRET not in str(caught.value) and "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "url", ["https:///a", "https://h:99999999/a", "https://h\\@x/a", "https://h/a\nb", "https://a b/c"]
)
def test_a_broken_url_is_a_setting_that_cannot_be_used(url: str) -> None:
    with pytest.raises(ConfigError) as caught:
        urls.parse(url)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://h", "/"),
        ("https://h?a=b", "/?a=b"),
        ("https://h/a b/ü%20x.mp4#part", "/a%20b/%C3%BC%20x.mp4"),
        ("https://h/50%/a%2Fb?sig=a+b%2Fc&d=ü|{}", "/50%25/a%2Fb?sig=a+b%2Fc&d=%C3%BC|%7B%7D"),
    ],
)
def test_a_request_asks_in_ascii_and_encodes_nothing_twice(url: str, target: str) -> None:
    assert urls.parse(url).target == target


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("HTTPS://H.org/a", ("https", "h.org", 443)),
        ("http://h:8080", ("http", "h", 8080)),
        ("http://[::1]:80/a", ("http", "::1", 80)),
        ("https://[2001:DB8::1]", ("https", "2001:db8::1", 443)),
        ("https://bücher.example", ("https", "xn--bcher-kva.example", 443)),
    ],
)
def test_a_server_has_one_name(url: str, origin: tuple[str, str, int]) -> None:
    assert urls.parse(url).origin == origin


@pytest.mark.parametrize("url", ["https://h:65536/", "https://a..b/", f"https://{'a' * 64}/"])
def test_what_names_no_server(url: str) -> None:
    with pytest.raises(ConfigError, match="is not a URL"):
        _ = urls.parse(url).origin


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("c", "https://h/a/c"),
        ("/c?d=e", "https://h/c?d=e"),
        ("//other/c", "https://other/c"),
        ("HTTP://h:1/c", "http://h:1/c"),
    ],
)
def test_where_a_reference_leads(reference: str, found: str) -> None:
    assert urls.parse("https://h/a/b?sig=x").joined(reference).sent == found


@pytest.mark.parametrize("reference", ["https://ann:canary7@h/", "https://[::1/", "file:///etc/passwd"])
def test_a_reference_that_leads_nowhere(reference: str) -> None:
    with pytest.raises(ConfigError) as caught:
        urls.parse("https://h/a").joined(reference)
    assert SECRET not in str(caught.value) and "\n" not in str(caught.value)


def test_a_path_opens_as_a_local_file(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"bytes")
    source = places.open_source(tmp_path / "a")
    assert isinstance(source, LocalSource) and bytes(source.get_bytes(1, 2)) == b"yt"
    source.close()


def test_whoever_reads_local_files_waits_for_no_network_library() -> None:
    check = (
        "import memcodec.storage.open, sys; sys.exit('httpcore' in sys.modules or 'obstore' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_an_unknown_scheme_says_which_are_known() -> None:
    with pytest.raises(ConfigError, match="https, http, s3, gs or az"):
        places.open_source("ftp://h.org/a.mp4")


@pytest.mark.parametrize(
    ("scheme", "library"), [("s3", "botocore.session"), ("gs", "obstore.store"), ("az", "obstore.store")]
)
def test_a_bucket_without_its_client_names_the_pip_line(
    monkeypatch: pytest.MonkeyPatch, scheme: str, library: str
) -> None:
    monkeypatch.setitem(sys.modules, library.partition(".")[0], None)
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(MissingExtra, match=r"memcodec\[cloud\]"):
        places.open_source(f"{scheme}://bucket/a.mp4")
