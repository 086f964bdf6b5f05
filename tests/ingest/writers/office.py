"""LibreOffice as a writer: many files to many kinds in one start, by a macro."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

from tests.ingest.made import run
from tests.support.needs import needs

_FILTERS = {  # of what a file is -> its kinds' filters
    ".docx": {
        "odt": "writer8",
        "docx": "MS Word 2007 XML",
        "rtf": "Rich Text Format",
        "html": "HTML (StarWriter)",
        "pdf": "writer_pdf_Export",
        "epub": "EPUB",
        "txt": "Text (encoded)",
    },
    ".xlsx": {"ods": "calc8", "xlsx": "Calc MS Excel 2007 XML", "csv": "Text - txt - csv (StarCalc)"},
    ".pptx": {"odp": "impress8", "pptx": "Impress MS PowerPoint 2007 XML"},
}
_BASIC = """
Sub Convert
  Dim hidden(0) As New com.sun.star.beans.PropertyValue
  Dim by(0) As New com.sun.star.beans.PropertyValue
  hidden(0).Name = "Hidden" : hidden(0).Value = True
  by(0).Name = "FilterName"
  Dim made As Object
%s
  StarDesktop.terminate()
End Sub
"""
_OPENOFFICE = "http://openoffice.org"


def converted(folder: Path, files: Sequence[tuple[str, bytes]]) -> dict[tuple[str, str], bytes]:
    """Each file as each kind that LibreOffice makes of it: by its name and the kind."""
    program = needs("soffice")
    steps, wanted = [], {}
    for name, data in files:
        source = folder / name
        source.write_bytes(data)
        steps.append(f'made = StarDesktop.loadComponentFromURL("{source.as_uri()}", "_blank", 0, hidden())')
        for kind, how in _FILTERS[source.suffix].items():
            target = wanted[name, kind] = folder / f"{name}.{kind}"
            steps += [f'by(0).Value = "{how}"', f'made.storeToURL("{target.as_uri()}", by())']
        steps.append("made.close(True)")
    profile = folder / "profile"
    _keep_macro(profile / "user", _BASIC % "\n".join(f"  {step}" for step in steps))
    run(
        [
            program,
            f"-env:UserInstallation={profile.as_uri()}",
            "--headless",
            "macro:///Standard.Steps.Convert",
        ],
        folder=folder,
    )
    return {key: target.read_bytes() for key, target in wanted.items()}


def _keep_macro(user: Path, source: str) -> None:
    """A profile that has the macro. It says that it is set up already, or the first start would make it anew."""
    library = f'xmlns:library="{_OPENOFFICE}/2000/library"'
    script = f'xmlns:script="{_OPENOFFICE}/2000/script" script:name="Steps" script:language="StarBasic"'
    done = '<prop oor:name="ooSetupInstCompleted" oor:op="fuse"><value>true</value></prop>'
    files = {
        "basic/script.xlc": f'<library:libraries {library}><library:library library:name="Standard"/></library:libraries>',
        "basic/Standard/script.xlb": f'<library:library {library} library:name="Standard"><library:element'
        ' library:name="Steps"/></library:library>',
        "basic/Standard/Steps.xba": f"<script:module {script}>{escape(source)}</script:module>",
        "registrymodifications.xcu": f'<oor:items xmlns:oor="{_OPENOFFICE}/2001/registry"><item oor:path="/org.openoffice.Setup'
        f'/Office">{done}</item></oor:items>',
    }
    for name, content in files.items():
        (user / name).parent.mkdir(parents=True, exist_ok=True)
        (user / name).write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{content}')
