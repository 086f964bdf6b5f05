"""The front page, in a browser: the page that searches the file that is served."""

from __future__ import annotations

from pathlib import Path

from tests.service.conftest import Service, made, served, tokens
from tests.support.chromium import chromium


def test_the_front_page_finds_what_was_just_added(writing: Service) -> None:
    with chromium() as browser, writing.client() as client:
        tab = browser.tab()
        tab.go(f"{writing.url}/?q=tallest")
        assert tab.until("document.querySelector('.hits li h2 a')?.textContent") == "Herons"
        client.post(
            "/encode", json={"documents": [{"text": "# Bitterns\n\nA bittern booms.", "uri": "b.md"}]}
        )
        tab.go(f"{writing.url}/?q=bittern")
        assert tab.until("document.querySelector('.hits li h2 a')?.textContent") == "Bitterns"
        assert tab.complaints == []


def test_who_signed_in_sees_it_too(tmp_path: Path) -> None:
    path, file = made(tmp_path / "birds.mp4", 1), tmp_path / "tokens.json"
    token = tokens(file, "read")["read"]
    with served(path, "--tokens", file) as service, chromium() as browser:
        tab = browser.tab()
        tab.go(f"{service.url}/login")
        tab.run(
            f"document.querySelector('#token').value = '{token}'; document.querySelector('form').submit()"
        )
        tab.until("document.querySelector('#q') !== null")
        tab.go(f"{service.url}/?q=tallest")
        assert tab.until("document.querySelector('.hits li h2 a')?.textContent") == "Herons"
        assert tab.complaints == []
