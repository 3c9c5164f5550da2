"""Parts of texts and of the cards that Jupyter shows: elements, one style sheet, and figures.

Cards are self-contained (no scripts, nothing loaded) and take their colours from the notebook's
text colour, so that they suit light and dark themes. Text is escaped unless it is `Html`.
"""

from __future__ import annotations

import textwrap
import unicodedata
from html import escape
from typing import Iterable, Sequence
from xml.etree import ElementTree

_WIDTH = 79  # of texts

# Host pages style tables and lists of their own; the doubled class is more specific than they are.
_STYLE = """
.uhuru-card{display:block!important;max-width:58em;font-size:13px;line-height:1.45}
.uhuru-fallback{display:none}
.uhuru-card.uhuru-card *{box-sizing:border-box}
.uhuru-card.uhuru-card header{display:flex;flex-wrap:wrap;gap:0 .7em;align-items:baseline;
 padding-bottom:4px;border-bottom:1px solid rgba(128,128,128,.4)}
.uhuru-card.uhuru-card header b{font-size:15px;font-weight:600;overflow-wrap:anywhere}
.uhuru-card.uhuru-card p{margin:6px 0}
.uhuru-dim,.uhuru-card.uhuru-card small{opacity:.68}
.uhuru-card.uhuru-card small{display:block;font-size:11px}
.uhuru-card.uhuru-card code{font-size:12px;background:none;padding:0;color:inherit;
 white-space:inherit}
.uhuru-card.uhuru-card a{color:inherit;text-decoration:underline}
.uhuru-card.uhuru-card dl{display:grid;grid-template-columns:minmax(5.5em,max-content) 1fr;
 gap:5px 1.2em;margin:7px 0}
.uhuru-card.uhuru-card dt{grid-column:1;float:none;width:auto;margin:0;padding:0;font-weight:400;
 opacity:.68}
.uhuru-card.uhuru-card dd{grid-column:2;margin:0;padding:0;min-width:0;overflow-wrap:anywhere}
.uhuru-card.uhuru-card details{margin:7px 0}
.uhuru-card.uhuru-card summary{cursor:pointer;display:list-item;margin:0}
.uhuru-scroll{overflow-x:auto;width:0;min-width:100%;margin:5px 0}
.uhuru-card.uhuru-card table{border-collapse:collapse;border:0;margin:0;width:auto;font-size:12.5px;
 table-layout:auto}
.uhuru-card.uhuru-card tbody tr:nth-child(n){background:none;border:0}
.uhuru-card.uhuru-card tbody tr:nth-child(n):hover{background:rgba(128,128,128,.12)}
.uhuru-card.uhuru-card th,.uhuru-card.uhuru-card td{padding:2px 1.3em 2px 0;text-align:left;
 vertical-align:baseline;border:0;font-weight:400;white-space:nowrap;max-width:none}
.uhuru-card.uhuru-card thead th{opacity:.68}
.uhuru-card.uhuru-card thead tr:last-child th{border-bottom:1px solid rgba(128,128,128,.4)}
.uhuru-card.uhuru-card td.uhuru-wide{white-space:normal;min-width:15em;
 overflow-wrap:anywhere}
.uhuru-card.uhuru-card td.uhuru-number{text-align:right;font-variant-numeric:tabular-nums}
.uhuru-card.uhuru-card .uhuru-heading{text-align:center}
.uhuru-chip{display:inline-block;margin:0 4px 2px 0;padding:0 7px;border-radius:9px;
 border:1px solid rgba(128,128,128,.6);white-space:nowrap;font-variant-numeric:tabular-nums}
.uhuru-group{display:inline-block;min-width:5em;opacity:.68}
.uhuru-off{border-style:dashed;opacity:.6}
.uhuru-gauge{display:inline-block;width:84px;height:8px;margin-right:.7em;border-radius:2px;
 background:rgba(128,128,128,.25);overflow:hidden}
.uhuru-gauge i{display:block;height:100%;background:#3d8fc9}
.uhuru-columns{display:flex;flex-wrap:wrap;gap:4px 5px}
.uhuru-columns span{display:flex;flex-direction:column;justify-content:flex-end;min-width:32px;
 text-align:center;font-size:11px;font-variant-numeric:tabular-nums}
.uhuru-columns i{display:block;background:#3d8fc9;border-radius:2px 2px 0 0}
.uhuru-box{margin:7px 0;padding:3px 9px;border-left:4px solid rgba(128,128,128,.5);
 background:rgba(128,128,128,.1);overflow-wrap:anywhere}
.uhuru-bad{border-left-color:#dc3b33;background:rgba(220,59,51,.13)}
.uhuru-good{border-left-color:#2a9d68}
.uhuru-figures{display:flex;flex-wrap:wrap;gap:10px;align-items:flex-start;margin:7px 0}
.uhuru-figures svg{flex:0 1 auto;max-width:100%;height:auto}
.uhuru-small svg{max-width:min(100%,330px)}
.uhuru-card text{font-family:system-ui,sans-serif;font-size:11px;fill:currentColor}
.uhuru-card .uhuru-title{font-size:14px;font-weight:600}
.uhuru-card .uhuru-panel{font-size:12px;font-weight:600}
.uhuru-card .uhuru-middle{text-anchor:middle}
.uhuru-card .uhuru-end{text-anchor:end}
.uhuru-card .uhuru-cell{font-size:10px}
.uhuru-card .uhuru-over{fill:#fff}
.uhuru-card .uhuru-none{fill-opacity:.5}
.uhuru-ground{fill:none}
.uhuru-heat{fill:#2a6db3}
.uhuru-edge{fill:none;stroke:rgba(128,128,128,.5)}
.uhuru-grid{stroke:rgba(128,128,128,.22)}
.uhuru-axis{stroke:#808080}
.uhuru-guide{stroke:#808080;stroke-dasharray:4 3}
.uhuru-curve,.uhuru-error{fill:none;stroke:currentColor;stroke-width:1.6;stroke-linejoin:round;
 stroke-linecap:round}
.uhuru-error{stroke-width:1.2}
.uhuru-dashed{stroke-dasharray:5 4}
.uhuru-dotted{stroke-dasharray:.1 4}
.uhuru-mark,.uhuru-bar{fill:currentColor}
.uhuru-c0{color:#2286cf}.uhuru-c1{color:#de691d}.uhuru-c2{color:#0fa578}.uhuru-c3{color:#cf80b1}
.uhuru-c4{color:#e29c0c}.uhuru-c5{color:#53b3e6}
"""


class Html(str):
    """Text that is HTML already; `tag` escapes any other."""


def tag(name: str, *content: object, kind: str = "", **attributes: object) -> Html:
    """An element with its content; `kind` are classes of the style sheet, without their prefix."""
    if kind:
        attributes["class"] = " ".join(f"uhuru-{word}" for word in kind.split())
    inner = "".join(c if isinstance(c, Html) else escape(printable(c)) for c in content)
    given = "".join(f' {key}="{escape(printable(v))}"' for key, v in attributes.items())
    return Html(f"<{name}{given}>{inner}</{name}>")


def join(parts: Iterable[Html]) -> Html:
    """Elements one after the other."""
    return Html("".join(parts))


def printable(text: object) -> str:
    """The text in one line, without control characters, which could alter a terminal's state."""

    def shown(character: str) -> str:
        if character.isspace():
            return " "
        control = unicodedata.category(character).startswith("C")
        return "\N{REPLACEMENT CHARACTER}" if control else character

    return "".join(map(shown, str(text)))


# --- Texts ---


def part_of(part: int, whole: int) -> str:
    """A count, and its percentage: 100 % only if it is all, 0 only if it is none."""
    if not part or not whole:
        return f"{part:,}"
    return f"{part:,} ({100 * part // whole or '<1'} %)"


def listed(items: Iterable[object]) -> str:
    """Items in one line."""
    return " · ".join(printable(item) for item in items)


def counted(items: Iterable[tuple[str, int]]) -> str:
    """Names and counts."""
    return listed(f"{name} {count:,}" for name, count in items)


def text_lines(title: str, items: Iterable[tuple[str, str]]) -> str:
    """A title, and below it names and wrapped texts in two columns; short items stay whole."""
    lines = [printable(title)]
    for name, text in items:
        parts = printable(text).split(" · ")
        text = "\0· ".join(part.replace(" ", "\0") if len(part) < 60 else part for part in parts)
        lines += textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=f"  {name:<11} ",
            subsequent_indent=14 * " ",
            break_on_hyphens=False,
        )
    return "\n".join(lines).replace("\0", " ")


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Texts in aligned columns."""
    rows = [[printable(cell) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ("  ".join(map(str.ljust, row, widths)) for row in rows)
    return "\n".join(f"  {line}".rstrip() for line in lines)


# --- Cards ---


def card(kind: str, name: object, subtitle: str, body: Iterable[Html], text: str) -> str:
    """A card. The text is shown instead where styles are removed, as in untrusted notebooks."""
    header = tag(
        "header",
        tag("span", f"uhuru.{kind}", kind="dim"),
        tag("b", name),
        tag("span", subtitle, kind="dim"),
    )
    return tag(
        "div",
        Html(f"<style>{_STYLE}</style>"),
        Html(f'<pre class="uhuru-fallback">{escape(text)}</pre>'),
        tag("div", header, *body, kind="card", style="display:none"),
    )


def pairs(items: Iterable[tuple[str, object]]) -> Html:
    """Names and what they stand for, in two columns; empty ones are left out."""
    return tag("dl", *(join([tag("dt", name), tag("dd", of)]) for name, of in items if of))


def table(head: Html, rows: Iterable[Iterable[Html]]) -> Html:
    """A table of heads (`head`, or several of them) and rows of cells."""
    body = (tag("tr", *cells) for cells in rows)
    return tag("div", tag("table", tag("thead", head), tag("tbody", *body)), kind="scroll")


def head(*names: str) -> Html:
    """A row of heads."""
    return tag("tr", *(tag("th", name) for name in names))


def number(value: object) -> Html:
    """A cell with a number."""
    return tag("td", value, kind="number")


def bar(part: float, whole: float) -> Html:
    """A bar, filled as far as the part is of the whole."""
    width = 100 * part / whole if whole else 0
    return tag("span", tag("i", style=f"width:{width:.1f}%"), kind="gauge")


def chips(items: Iterable[tuple[str, bool]]) -> Html:
    """Short texts side by side; those that are not on are dashed."""
    return join(tag("span", of, kind="chip" if on else "chip off") for of, on in items)


def boxes(texts: Iterable[str], kind: str = "") -> Html:
    """Texts to be seen, one below the other; kind: bad, good, or neither."""
    return join(tag("div", text, kind=f"box {kind}") for text in texts)


def details(summary: str, *content: Html, opened: bool = False) -> Html:
    """What can be shown and hidden."""
    state = {"open": ""} if opened else {}
    return tag("details", tag("summary", summary), *content, **state)


_SHAPES = {"svg", "g", "rect", "line", "circle", "path", "text"}
_ATTRIBUTES = {"class", "d", "fill-opacity", "height", "r", "transform", "viewBox", "width"} | {
    f"{prefix}{axis}{end}" for prefix in ("", "c") for axis in "xy" for end in ("", "1", "2")
}


def figure(svg: str) -> Html:
    """A figure of the program for a page with others and with a theme.

    Its style sheet would change the whole page, and follows the browser's theme instead of the
    notebook's: classes get a prefix, and `_STYLE` has their rules. Only shapes and texts are kept,
    so that no file can bring a script or an address to load.
    """
    try:
        root = ElementTree.fromstring(svg.encode())
    except (ElementTree.ParseError, UnicodeEncodeError):
        return Html()

    def copy(element: ElementTree.Element) -> Html:
        name = element.tag.rpartition("}")[2]
        if name not in _SHAPES:
            return Html()
        attributes = {key: of for key, of in element.attrib.items() if key in _ATTRIBUTES}
        kind = attributes.pop("class", "")
        text = (element.text or "").strip()
        return tag(name, text, *map(copy, element), kind=kind, **attributes)

    title = " – ".join(of.text or "" for of in root if of.tag.endswith(("}title", "}desc")))
    label = escape(printable(title))
    return Html(copy(root).replace("<svg", f'<svg role="img" aria-label="{label}"', 1))


