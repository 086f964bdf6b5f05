"""Write all screens anew."""

from memcodec.file.journal import limits
from tests.cli.screens import COLUMNS, SCREENS, kept, made, path_of, screen

limits.SMALL = -1  # as in the tests: commits have media
with made() as folder:
    for name in [*SCREENS, "bars"]:
        for columns in COLUMNS:
            path_of(name, columns).write_text(kept(name, screen(name, columns, "dark", folder)), "utf-8")
