"""Office Open XML by hand (ECMA-376): what no library writes, part by part."""

from __future__ import annotations

from tests.ingest import made

OPEN = "http://schemas.openxmlformats.org"
R = f"{OPEN}/officeDocument/2006/relationships"
W = f"{OPEN}/wordprocessingml/2006/main"
A, P, X = (f"{OPEN}/{name}/2006/main" for name in ("drawingml", "presentationml", "spreadsheetml"))
C = f"{OPEN}/drawingml/2006/chart"
DGM = f"{OPEN}/drawingml/2006/diagram"
MC = f"{OPEN}/markup-compatibility/2006"
NAMES = (
    f"xmlns:w='{W}' xmlns:r='{R}' xmlns:a='{A}' xmlns:p='{P}' xmlns:c='{C}' xmlns:mc='{MC}' xmlns:dgm='{DGM}'"
    f" xmlns:wp='{OPEN}/drawingml/2006/wordprocessingDrawing' xmlns:m='{OPEN}/officeDocument/2006/math'"
    " xmlns:v='urn:schemas-microsoft-com:vml' xmlns:o='urn:schemas-microsoft-com:office:office'"
    " xmlns:wps='http://schemas.microsoft.com/office/word/2010/wordprocessingShape'"
    f" xmlns:pic='{OPEN}/drawingml/2006/picture'"
)
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de0000000c49444154789c63f8cfc0000003010100c9fe92ef"
    "0000000049454e44ae426082"
)
_TYPES = {
    f"application/vnd.openxmlformats-officedocument.{family}.{name}+xml": words.split()
    for family, name, words in [
        ("wordprocessingml", "document.main", "document"),
        ("wordprocessingml", "styles", "styles"),
        ("wordprocessingml", "settings", "settings"),
        ("wordprocessingml", "footnotes", "footnotes"),
        ("wordprocessingml", "endnotes", "endnotes"),
        ("wordprocessingml", "comments", "comments"),
        ("wordprocessingml", "header", "header1 header2 header3"),
        ("wordprocessingml", "footer", "footer1"),
        ("drawingml", "chart", "chart1"),
        ("drawingml", "diagramData", "data1"),
    ]
} | {"application/vnd.openxmlformats-package.core-properties+xml": ["core"]}


def links(*found: tuple[str, str]) -> str:
    """Relationships r1, r2 ... to parts, of a type each."""
    inner = "".join(
        f"<Relationship Id='r{at}' Type='{kind if ':' in kind else f'{R}/{kind}'}' Target='{part}'/>"
        for at, (kind, part) in enumerate(found, 1)
    )
    return f"<Relationships xmlns='{OPEN}/package/2006/relationships'>{inner}</Relationships>"


def package(parts: dict[str, str | bytes]) -> bytes:
    """The parts as a package, the type of each told from its name."""
    types = {name: kind for kind, names in _TYPES.items() for name in names}
    overrides = "".join(
        f"<Override PartName='/{part}' ContentType='{types[stem]}'/>"
        for part in parts
        if (stem := part.rpartition("/")[2].removesuffix(".xml")) in types
    )
    defaults = "".join(
        f"<Default Extension='{ending}' ContentType='{kind}'/>"
        for ending, kind in [
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
            ("png", "image/png"),
            ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ]
    )
    content = f"<Types xmlns='{OPEN}/package/2006/content-types'>{defaults}{overrides}</Types>"
    whole = {"[Content_Types].xml": content, **parts}
    return made.zipped(
        {name: part.encode() if isinstance(part, str) else part for name, part in whole.items()}
    )


def core(title: str, author: str, date: str, language: str, **more: str) -> str:
    """The core properties."""
    others = "".join(
        f"<{name.replace('_', ':')}>{text}</{name.replace('_', ':')}>" for name, text in more.items()
    )
    return (
        f"<cp:coreProperties xmlns:cp='{OPEN}/package/2006/metadata/core-properties' xmlns:dc='http://purl.org/dc/elements/"
        "1.1/' xmlns:dcterms='http://purl.org/dc/terms/' xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'>"
        f"<dc:title>{title}</dc:title><dc:creator>{author}</dc:creator><dc:language>{language}</dc:language>{others}"
        f"<dcterms:modified xsi:type='dcterms:W3CDTF'>{date}</dcterms:modified></cp:coreProperties>"
    )


def chart(title: str, series: str, category: str) -> str:
    """A bar chart with its words."""

    def cached(tag: str, text: str) -> str:
        return (
            f"<c:{tag}><c:strRef><c:f>S!$A$1</c:f><c:strCache><c:ptCount val='1'/><c:pt idx='0'><c:v>{text}</c:v></c:pt>"
            f"</c:strCache></c:strRef></c:{tag}>"
        )

    values = "<c:val><c:numLit><c:ptCount val='1'/><c:pt idx='0'><c:v>7</c:v></c:pt></c:numLit></c:val>"
    return (
        f"<c:chartSpace {NAMES}><c:chart><c:title><c:tx><c:rich><a:bodyPr/><a:p><a:r><a:t>{title}</a:t></a:r></a:p></c:rich>"
        "</c:tx></c:title><c:plotArea><c:barChart><c:barDir val='col'/><c:ser><c:idx val='0'/><c:order val='0'/>"
        f"{cached('tx', series)}{cached('cat', category)}{values}</c:ser><c:axId val='1'/><c:axId val='2'/></c:barChart>"
        "<c:catAx><c:axId val='1'/><c:scaling/><c:axPos val='b'/><c:crossAx val='2'/></c:catAx>"
        "<c:valAx><c:axId val='2'/><c:scaling/><c:axPos val='l'/><c:crossAx val='1'/></c:valAx></c:plotArea></c:chart>"
        "</c:chartSpace>"
    )


def diagram(text: str) -> str:
    """SmartArt's data."""
    return (
        f"<dgm:dataModel {NAMES}><dgm:ptLst><dgm:pt modelId='1'><dgm:t><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p>"
        "</dgm:t></dgm:pt></dgm:ptLst></dgm:dataModel>"
    )
