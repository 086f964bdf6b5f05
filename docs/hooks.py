"""What `mkdocs build` does beyond docs/: the project's own pages and the examples join the site; nothing is loaded
from elsewhere.
"""

from __future__ import annotations

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
PAGES = ("ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md")  # docs/SECURITY.md has more than the root's
PLAIN = ("LICENSE", "memcodec.toml", "pyproject.toml")  # served as they are
LINK = re.compile(r"(\]\()([^)#\s]+)")
SHIM = "https://unpkg.com/iframe-worker/shim"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the pages of the project's root under their names, README.md as the index, and the examples."""
    added = {name: ROOT / name for name in (*PAGES, *PLAIN)} | {"index.md": ROOT / "README.md"}
    added |= {
        f"examples/{path.name}": path for path in sorted((ROOT / "examples").iterdir()) if path.is_file()
    }
    for uri, path in added.items():
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Page, config: MkDocsConfig, files: Files) -> str:
    """Links between the root and docs/: in the site they are one folder."""
    if "/" in page.file.src_uri:
        return markdown

    def moved(match: re.Match[str]) -> str:
        target = match[2].removeprefix("docs/").removeprefix("../")
        return match[1] + ("index.md" if target == "README.md" else target)

    return LINK.sub(moved, markdown)


def on_post_page(output: str, page: Page, config: MkDocsConfig) -> str:
    """The script that lets pages opened from a disk be searched is our own copy."""
    return output.replace(SHIM, f"{page.url.count('/') * '../'}js/iframe-worker.js")


def on_post_template(output: str, template_name: str, config: MkDocsConfig) -> str:
    """As ``on_post_page``, for what is no page: 404.html."""
    return output.replace(SHIM, "/js/iframe-worker.js")
