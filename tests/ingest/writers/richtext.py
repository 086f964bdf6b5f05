"""RTF by hand, as Word writes it."""

from __future__ import annotations

from tests.ingest.writers.words import WHEN, Made, Words


def by_hand() -> Made:
    words = Words()
    body = rf"""{{\rtf1\ansi\ansicpg1252\uc1\deff0{{\fonttbl{{\f0\fcharset0 Arial;}}{{\f1\fcharset128 MS Mincho;}}}}
{{\*\revtbl{{Unknown;}}{{x;}}}}{{\stylesheet{{\s1 heading 1;}}}}
{{\info{{\title {words["title"]}}}{{\author {words["author"]}}}{{\subject {words["subject"]}}}{{\keywords {words["keywords"]}}}
{{\doccomm {words["description"]}}}{{\revtim\yr{WHEN.year}\mo{WHEN.month}\dy{WHEN.day}\hr6\min7}}}}
{{\header\pard {words["header"]}\par}}{{\headerf\pard {words["first header"]}\par}}{{\footer\pard {words["footer"]}\par}}
\pard\s1 {words["heading"]}\par \pard {words["body"]} {{\b {words["bold"]}}}
 {{\v {words["hidden text"]}}} {{\revised\revauth1 {words["inserted text"]}}} {{\deleted\revauthdel1 {words["deleted text"]}}}
 {words["word before a tab"]}\tab {words["word behind a tab"]}{{\super\chftn}}{{\footnote\pard\chftn {words["footnote"]}}}
{{\*\atnid x}}{{\*\annotation\pard {words["comment"]}}}
 {{\field{{\*\fldinst HYPERLINK "http://a.example"}}{{\fldrslt {words["link"]}}}}}
 {{\field{{\*\fldinst{{ FORMDROPDOWN {{\*\formfield{{\fftype2\ffres1{{\*\ffl x}}{{\*\ffl {words["chosen entry of a list"]}}}}}}}}}}}{{\fldrslt}}}}
 {{\field{{\*\fldinst {{EQ \\* jc2 \\o\\ad(\\s\\up 9({words["ruby reading"]}),{words["word below ruby"]})}}}}{{\fldrslt}}}}
 {{\shp{{\*\shpinst{{\sp{{\sn wzDescription}}{{\sv {words["picture description"]}}}}}{{\shptxt\pard {words["text box"]}\par}}}}}}\par
\u26085?\u-32080? {{\upr{{caf?}}{{\*\ud{{caf\u233 ?}}}}}} {{\mmath {{\*\moMath{{\mr {words["equation"]}}}}}}}\par
\trowd\cellx99\cellx999\intbl {words["table"]}\cell {words["second cell"]}\cell\row\pard
{{\listtext\pard 1.\tab}}{words["list"]}\par
{{\object\objemb{{\*\objclass Excel.Sheet.12}}{{\*\objdata 00}}{{\result\pard {words["what an object shows"]}}}}}\par}}"""
    return Made("by hand", "a.rtf", body.encode(), (*words, "date"))
