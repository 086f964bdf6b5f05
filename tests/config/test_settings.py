"""Where settings come from, which wins, and how a wrong one is refused."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from itertools import pairwise
from pathlib import Path

import pytest

from memcodec.config.settings import KEYS, Key, Settings
from memcodec.config.sources import FILE_NAME, given, load
from memcodec.errors import ConfigError

SAMPLE = Path(__file__).parents[2] / FILE_NAME


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project" / "deep" / "er"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def environ(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "user"))
    return {"PATH": "/bin", "memcodec_encode_codec": "not ours"}


def write(folder: Path, text: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_text(text)
    return folder / FILE_NAME


def value(settings: Settings, key: Key) -> object:
    return getattr(getattr(settings, key.table), key.name)


def test_defaults_without_any_source(project: Path, environ: dict[str, str]) -> None:
    assert load(directory=project, environ=environ) == Settings()


def test_sample_lists_every_setting_with_its_default(environ: dict[str, str]) -> None:
    tables = tomllib.loads(SAMPLE.read_text())
    listed = {
        f"{table}.{name}": entry for table, entries in tables.items() for name, entry in entries.items()
    }
    assert list(listed) == [key.dotted for key in KEYS]
    assert {key.dotted: key.checked(listed[key.dotted], "") for key in KEYS} == {
        key.dotted: key.default for key in KEYS
    }
    assert load(directory=SAMPLE.parent, environ=environ) == Settings()


def test_sample_explains_every_setting() -> None:
    """A comment stands above each run of settings."""
    for before, line in pairwise(SAMPLE.read_text().splitlines()):
        if " = " in line and not line.startswith("#"):
            assert before.startswith("#") or " = " in before, line


def test_each_source_overrides_the_one_before(project: Path, environ: dict[str, str], tmp_path: Path) -> None:
    def codec(**options: object) -> tuple[str, int]:
        settings = load(options, directory=project, environ=environ)
        return settings.encode.codec, settings.search.k

    write(tmp_path / "user" / "memcodec", "[encode]\ncodec = 'user'\n[search]\nk = 7\n")
    assert codec() == ("user", 7)
    write(tmp_path, "[encode]\ncodec = 'far'\n[search]\nk = 99\n")
    write(project.parent, "[encode]\ncodec = 'near'")
    assert codec() == ("near", 7)  # the nearest file only, then the user's
    environ["MEMCODEC_ENCODE_CODEC"] = "environment"
    assert codec() == ("environment", 7)
    assert codec(codec="option", k=None) == ("option", 7)


def test_names_differ_in_every_place() -> None:
    """Options carry no table's name, and variables join with one underscore."""
    for names in ([key.name for key in KEYS], [key.variable for key in KEYS], [key.dotted for key in KEYS]):
        assert len(set(names)) == len(names)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.dotted)
def test_every_setting_can_be_given_everywhere(key: Key, project: Path, environ: dict[str, str]) -> None:
    samples: dict[object, tuple[str, str, object]] = {
        bool: ("true" if not key.default else "false", "no" if key.default else "YES", not key.default),
        int: ("77", "77", 77),
        float: ("7.5", "7.5", 7.5),
        tuple: ("['a', '*.b']", "a, *.b", ("a", "*.b")),
        str: ("'robust'", "robust", "robust"),
    }
    samples[int] = {"index.vectors": ("4", "4", 4)}.get(key.dotted, samples[int])
    samples[str] = {
        "default.file": ("'/m/notes.mp4'", "/m/notes.mp4", "/m/notes.mp4"),
        "encode.bits": ("'24'", "24", "24"),
        "encode.rate": ("'low'", "low", "low"),
        "encode.durability": ("'strict'", "strict", "strict"),
        "encode.index": ("'none'", "none", "none"),
        "ingest.ocr": ("'never'", "never", "never"),
        "search.mode": ("'lexical'", "lexical", "lexical"),
        "search.late": ("'always'", "always", "always"),
    }.get(key.dotted, samples[str])
    written, text, expected = samples[type(key.default)]
    environ[key.variable] = text
    assert value(load(directory=project, environ=environ), key) == expected
    del environ[key.variable]
    write(project, f"[{key.table}]\n{key.name} = {written}\n")
    assert value(load(directory=project, environ=environ), key) == expected
    assert value(Settings().with_options(**{key.name: expected}), key) == expected


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[encode]\ncodek = 'av1'",
            r"memcodec\.toml: unknown key encode\.codek; did you mean encode\.codec\?",
        ),
        ("[encod]\ncodec = 'av1'", r"unknown key encod\.codec; did you mean encode\.codec\?"),
        ("[search]\noverlap = 3", r"unknown key search\.overlap; did you mean encode\.overlap\?"),
        ("chunk_size = 3", r"unknown key chunk_size; did you mean encode\.chunk_size\?"),
        ("[serch]", r"unknown key serch; did you mean search\."),
        ("[encode]\nparity = 'much'", r"encode\.parity: 'much' is not allowed; give a number from 0 to 100"),
        ("[encode]\nparity = nan", r"encode\.parity: nan"),
        ("[encode]\nparity = true", r"encode\.parity: True"),
        ("[encode]\nchunk_size = 0", r"encode\.chunk_size: 0 is not allowed; give a whole number from 1"),
        ("[encode]\nchunk_size = 10.5", r"encode\.chunk_size: 10\.5"),
        ("[encode]\nchunk_size = true", r"encode\.chunk_size: True"),
        ("[encode]\ncodec = ''", r"encode\.codec: '' is not allowed; give a name"),
        (
            "[encode]\nprofile = 'loose'",
            r"encode\.profile: 'loose' is not allowed; give one of dense, robust",
        ),
        ("[encode]\noverlap = 1000", r"encode\.overlap 1000 is not below encode\.chunk_size 1000"),
        ("[ingest]\ninclude = 'md'", r"ingest\.include: 'md' is not allowed; give a list of names"),
        ("[ingest]\nexclude = [1]", r"ingest\.exclude"),
        ("[ingest]\nhidden = 1", r"ingest\.hidden: 1 is not allowed; give true or false"),
        (
            "[ingest]\nmax_file_size = '3 apples'",
            r"ingest\.max_file_size: '3 apples' is not allowed; give a size",
        ),
        ("[ingest]\nmax_file_size = -1", r"ingest\.max_file_size: -1"),
        ("[encode", r"memcodec\.toml: not valid TOML"),
        ("a = " + "[" * 100_000, r"memcodec\.toml: not valid TOML"),
        ("#" * (1 << 20) + "#", r"memcodec\.toml: larger than 1 MB"),
    ],
)
def test_a_wrong_file_is_refused_by_name(
    text: str, message: str, project: Path, environ: dict[str, str]
) -> None:
    write(project, text)
    with pytest.raises(ConfigError, match=message) as refused:
        load(directory=project, environ=environ)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_not_text_is_refused(project: Path, environ: dict[str, str]) -> None:
    (project / FILE_NAME).write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="not valid TOML"):
        load(directory=project, environ=environ)


@pytest.mark.parametrize(
    ("variable", "text", "message"),
    [
        ("MEMCODEC_SEARCH_K", "ten", "MEMCODEC_SEARCH_K: 'ten' is not allowed; give a whole number"),
        ("MEMCODEC_INGEST_HIDDEN", "maybe", "MEMCODEC_INGEST_HIDDEN: 'maybe' is not allowed; give true or"),
        ("MEMCODEC_ENCODE_CODEC", "", "MEMCODEC_ENCODE_CODEC: '' is not allowed"),
    ],
)
def test_a_wrong_variable_is_refused_by_name(
    variable: str, text: str, message: str, project: Path, environ: dict[str, str]
) -> None:
    with pytest.raises(ConfigError, match=message):
        load(directory=project, environ=environ | {variable: text})


def test_a_variable_that_is_no_setting_is_known(
    project: Path, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """Each is read where it is needed."""
    from memcodec.models import providers
    from memcodec.seal import keyring

    for variable in (keyring.VARIABLE, providers.VARIABLE):
        load(directory=project, environ=environ | {variable: "cpu"})
    assert not caplog.records


def test_an_unknown_variable_is_told_once_and_passed_over(
    project: Path, environ: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    environ |= {"MEMCODEC_ENCODE_CODEK": "x", "MEMCODEC_SEARCH_K": "3"}
    assert [load(directory=project, environ=environ).search.k for _ in range(2)] == [3, 3]
    assert [record.getMessage() for record in caplog.records] == [
        "unknown variable 'MEMCODEC_ENCODE_CODEK' is passed over; did you mean MEMCODEC_ENCODE_CODEC?"
    ]


def test_where_each_value_comes_from(project: Path, environ: dict[str, str], tmp_path: Path) -> None:
    theirs = write(
        tmp_path / "user" / "memcodec", "[search]\nk = 7\nmode = 'lexical'\n[default]\nfile = '~/m.mp4'\n"
    )
    ours = write(project.parent, "[search]\nk = 8\n[encode]\nparity = 20\n")
    environ |= {"MEMCODEC_ENCODE_PARITY": "30", "MEMCODEC_ENCODE_OVERLAP": "9"}
    found = {
        key.dotted: each for key, each in given({"overlap": 5}, directory=project, environ=environ).items()
    }
    assert list(found) == [key.dotted for key in KEYS]
    assert found["search.mode"] == ("lexical", str(theirs))
    assert found["search.k"] == (8, str(ours))
    assert found["encode.parity"] == (30.0, "MEMCODEC_ENCODE_PARITY")
    assert found["encode.overlap"] == (5, "--overlap")
    assert found["encode.codec"] == ("av1", "default")
    assert found["default.file"] == (str(Path.home() / "m.mp4"), str(theirs))


def test_a_file_stands_beside_the_settings_that_name_it(project: Path, environ: dict[str, str]) -> None:
    for name, meant in (
        ("notes.mp4", str(project.parent / "notes.mp4")),
        ("/notes.mp4", "/notes.mp4"),
        ("s3://bucket/notes.mp4", "s3://bucket/notes.mp4"),
        ("", ""),
    ):
        write(project.parent, f"[default]\nfile = '{name}'\n")
        assert load(directory=project, environ=environ).default.file == meant
    assert load(directory=project, environ=environ | {"MEMCODEC_FILE": "b.mp4"}).default.file == "b.mp4"


def test_wrong_options_are_refused_by_name() -> None:
    with pytest.raises(ConfigError, match=r"`chunk_size`: -3 is not allowed"):
        Settings().with_options(chunk_size=-3)
    with pytest.raises(ConfigError, match=r"unknown setting codek; did you mean codec\?"):
        Settings().with_options(codek="av1")
    with pytest.raises(ConfigError, match="not below"):
        Settings().with_options(chunk_size=40)
    assert Settings().with_options(chunk_size=40, overlap=5, include=(), k=None).encode.overlap == 5


def test_options_settle_what_the_file_leaves_open(project: Path, environ: dict[str, str]) -> None:
    """A small chunk size in a file is fine when an option gives an overlap that fits."""
    write(project, "[encode]\nchunk_size = 40")
    assert load({"overlap": 4}, directory=project, environ=environ).encode.chunk_size == 40


def test_relative_xdg_folder_is_ignored(
    project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    write(tmp_path / ".config" / "memcodec", "[search]\nk = 8")
    write(project / "relative" / "memcodec", "[search]\nk = 9")
    monkeypatch.chdir(project)
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert load(environ={}).search.k == 8


def test_a_deleted_working_directory_is_survived(tmp_path: Path) -> None:
    program = (
        "import os; os.rmdir(os.getcwd()); from memcodec.config.sources import load; "
        "print(load(environ={}).search.k)"
    )
    folder = tmp_path / "gone"
    folder.mkdir()
    ran = subprocess.run(
        [sys.executable, "-c", program],
        cwd=folder,
        env=os.environ | {"HOME": "/nonexistent"},
        capture_output=True,
    )
    assert ran.stdout == b"10\n", ran.stderr


def test_loading_imports_little() -> None:
    program = (
        "import sys; from memcodec.config.sources import load; load(directory='/', environ={});"
        "print([m for m in ('tomllib', 'difflib', 'numpy', 'av', 'regex') if m in sys.modules])"
    )
    env = os.environ | {"HOME": "/nonexistent"}
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, env=env).stdout == b"[]\n"


@pytest.mark.skipif(sys.platform == "win32", reason="who owns a file is another question there")
@pytest.mark.parametrize("place", ["file", "folder", "link"])
def test_settings_that_another_user_put_there_are_not_obeyed(
    project: Path,
    environ: dict[str, str],
    place: str,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Those further up, which are ours, are."""
    write(project.parents[1], "[encode]\nparity = 40\n")
    theirs = write(project.parent, "[encode]\nparity = 20\n")
    if place == "link":
        theirs = theirs.replace(project.parent / "elsewhere")
        (project.parent / FILE_NAME).symlink_to(theirs)
    strange = {"file": theirs, "folder": project.parent, "link": project.parent / FILE_NAME}[place]
    assert load(directory=project, environ=environ).encode.parity == 20
    _give_away(strange, monkeypatch, link=place == "link")
    assert load(directory=project, environ=environ).encode.parity == 40
    assert load(directory=project, environ=environ).encode.parity == 40
    assert [record.getMessage() for record in caplog.records] == [
        f"{str(project.parent / FILE_NAME)!r}: another user's settings are not obeyed; copy them here"
    ]


def _give_away(path: Path, monkeypatch: pytest.MonkeyPatch, *, link: bool) -> None:
    """As another user's, as far as the settings see. ``link``: what the path names is still ours."""
    real = Path.stat

    def status(self: Path, *, follow_symlinks: bool = True) -> os.stat_result:
        found = real(self, follow_symlinks=follow_symlinks)
        fields = [*found[:4], os.geteuid() + 1, *found[5:10]]
        return os.stat_result(fields) if self == path and not (link and follow_symlinks) else found

    monkeypatch.setattr(Path, "stat", status)
