"""Write all screens anew."""

from tests.cli.screens import COLUMNS, SCREENS, kept, made, path_of, screen

with made() as folder:
    for name in [*SCREENS, "bars"]:
        for columns in COLUMNS:
            path_of(name, columns).write_text(kept(name, screen(name, columns, "dark", folder)), "utf-8")
