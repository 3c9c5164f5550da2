"""A table for the tests against peers: fields and Python values, None if missing, and a simple
reader and writer of VOTable's TABLEDATA that is independent of the program."""

import dataclasses
import gzip
import struct
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape, quoteattr

import numpy as np

INTEGERS = {"unsignedByte": np.uint8, "short": np.int16, "int": np.int32, "long": np.int64}
FLOATS = {"float": np.float32, "double": np.float64}
TEXT = ["char", "unicodeChar"]


@dataclasses.dataclass
class Column:
    """A field and its values. A cell is None, bool, int, numpy float, str or a list of these."""
    name: str
    datatype: str
    values: list
    arraysize: str = None
    unit: str = None
    ucd: str = None
    description: str = None
    null: int = None

    @property
    def is_array(self):
        return self.arraysize is not None and (self.datatype not in TEXT or "x" in self.arraysize)


def is_nothing(value):
    return value is None or (isinstance(value, (float, np.floating)) and np.isnan(value))


def same_value(a, b):
    """Bitwise equality; all NaNs are equal, also to a missing number."""
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same_value, a, b))
    if is_nothing(a) or is_nothing(b):
        return is_nothing(a) and is_nothing(b)
    if isinstance(a, (float, np.floating)) and isinstance(b, (float, np.floating)):
        return struct.pack("d", a) == struct.pack("d", b)
    return type(a) is type(b) and a == b


def normal(column, value):
    """The normal form of a cell for comparisons: an array without values is missing, and trailing
    blanks of text are ignored."""
    if column.datatype in TEXT:
        parts = value if isinstance(value, list) else [value]
        parts = [None if p is None else p.rstrip(" ") or None for p in parts]
        value = parts if isinstance(value, list) else parts[0]
    if isinstance(value, list):
        return None if all(map(is_nothing, value)) else value
    return None if is_nothing(value) else value


def differences(found, expected, with_field=True):
    """The differences between two lists of columns, as text; empty if there are none."""
    if [c.name for c in found] != [c.name for c in expected]:
        return f"columns {[c.name for c in found]}, not {[c.name for c in expected]}"
    report = []
    for f, e in zip(found, expected):
        if with_field:
            for key in ["unit", "ucd", "description"]:
                if (getattr(f, key) or "") != (getattr(e, key) or ""):
                    report.append(f"{f.name}: {key} {getattr(f, key)}, not {getattr(e, key)}")
        if len(f.values) != len(e.values):
            report.append(f"{f.name}: {len(f.values)} rows, not {len(e.values)}")
            continue
        pairs = [(row, normal(e, a), normal(e, b))
                 for row, (a, b) in enumerate(zip(f.values, e.values))]
        wrong = [(row, a, b) for row, a, b in pairs if not same_value(a, b)]
        if wrong:
            shown = "; ".join(f"row {row}: {a!r}, not {b!r}" for row, a, b in wrong[:3])
            report.append(f"{f.name}: {len(wrong)} cells differ, {shown}")
    return "\n".join(report)


def parse_scalar(text, datatype, null):
    if datatype == "boolean":
        return {"t": True, "1": True, "true": True, "f": False, "0": False,
                "false": False}.get(text.strip().lower())
    if datatype in INTEGERS:
        value = None if text.strip() == "" else int(text)
        return None if value == null else value
    text = text.strip().replace("Infinity", "inf")
    return FLOATS[datatype](text) if text else None


def parse_cell(text, column):
    """A cell from its text in TABLEDATA, CSV or TSV."""
    if column.datatype in TEXT:
        if not column.is_array:
            return text or None
        width = int(column.arraysize.split("x")[0])
        return [text[i:i + width] or None for i in range(0, len(text), width)] or None
    if not column.is_array:
        return parse_scalar(text, column.datatype, column.null)
    return [parse_scalar(part, column.datatype, column.null) for part in text.split()] or None


def read_tabledata(path, like=None):
    """The first table of a TABLEDATA VOTable. With `like`, cells are parsed with the types of its
    columns, for tables that went through a format without types."""
    opened = gzip.open(path) if str(path).endswith(".gz") else open(path, "rb")
    with opened as file:
        tree = ElementTree.parse(file)
    for element in tree.iter():
        element.tag = element.tag.split("}")[-1]
    table = next(tree.iter("TABLE"))
    columns = []
    for field in table.iter("FIELD"):
        values = field.find("VALUES")
        null = values.get("null") if values is not None else None
        description = field.find("DESCRIPTION")
        columns.append(Column(
            field.get("name"), field.get("datatype"), [], field.get("arraysize"),
            field.get("unit"), field.get("ucd"),
            description.text if description is not None else None,
            int(null) if null is not None else None))
    for row in table.iter("TR"):
        for i, cell in enumerate(row.iter("TD")):
            column = columns[i]
            if like is not None:
                column = dataclasses.replace(like[i], null=column.null)
            columns[i].values.append(parse_cell(cell.text or "", column))
    return columns


def cell_text(value, column):
    if value is None:
        marked = column.null is not None and not column.is_array
        value = column.null if marked else ""
    if isinstance(value, list):
        if column.datatype in TEXT:
            width = int(column.arraysize.split("x")[0])
            return "".join((part or "").ljust(width) for part in value)
        marks = {"boolean": "?", "float": "NaN", "double": "NaN"}
        nothing = marks.get(column.datatype, column.null)
        return " ".join(str(nothing) if part is None else cell_text(part, column)
                        for part in value)
    if isinstance(value, (bool, np.bool_)):
        return "T" if value else "F"
    if isinstance(value, np.floating):
        return {"nan": "NaN", "inf": "+Inf", "-inf": "-Inf"}.get(str(value), str(value))
    return escape(str(value))


def write_tabledata(path, columns):
    lines = ['<?xml version="1.0" encoding="UTF-8"?>',
             '<VOTABLE version="1.3" xmlns="http://www.ivoa.net/xml/VOTable/v1.3">',
             '<RESOURCE><TABLE name="sample">']
    for c in columns:
        attributes = {"name": c.name, "datatype": c.datatype, "arraysize": c.arraysize,
                      "unit": c.unit, "ucd": c.ucd}
        text = " ".join(f"{k}={quoteattr(v)}" for k, v in attributes.items() if v is not None)
        lines.append(f"<FIELD {text}>")
        if c.description:
            lines.append(f"<DESCRIPTION>{escape(c.description)}</DESCRIPTION>")
        if c.null is not None:
            lines.append(f'<VALUES null="{c.null}"/>')
        lines.append("</FIELD>")
    lines.append("<DATA><TABLEDATA>")
    for row in zip(*[c.values for c in columns]):
        cells = (f"<TD>{cell_text(value, c)}</TD>" for value, c in zip(row, columns))
        lines.append(f"<TR>{''.join(cells)}</TR>")
    lines.append("</TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(lines))


def random_floats(rng, dtype, count):
    """Floats of random bits (including NaN), and the limits of their range."""
    bits = {np.float32: np.uint32, np.float64: np.uint64}[dtype]
    info = np.finfo(dtype)
    values = rng.integers(0, np.iinfo(bits).max, count, dtype=bits, endpoint=True).view(dtype)
    borders = [0.0, -0.0, 0.1, np.inf, -np.inf, np.nan, info.max, info.min, info.tiny,
               info.smallest_subnormal, -info.smallest_subnormal, info.eps]
    values[:len(borders)] = borders
    return list(values)


def random_integers(rng, dtype, count, null=None):
    """Integers of all sizes and the limits of their range, one in six missing; never the null
    value."""
    info = np.iinfo(dtype)
    sizes = rng.integers(0, info.bits + 1, count)
    values = [int(v) >> int(s) for v, s in
              zip(rng.integers(info.min, info.max, count, dtype=dtype, endpoint=True), sizes)]
    values[:4] = [info.min, info.max, 0, 1]
    missing = rng.random(count) < 1 / 6
    return [None if m or v == null else v for v, m in zip(values, missing)]


WORDS = ["", "QSO", "2CXO J004307.5-092302", "Orion_V*", "a, b", 'say "so"', "<&>'", "x" * 300,
         "12", "nan", "T", "-", "#1", "two  blanks"]
ACCENTS = ["", "Pérez-Díaz", "±0.5", "Ωλ", "東京", "naïve", "µJy", "плотность", "plain"]


def sample(rows=100, seed=1, kind="votable"):
    """A table with every type, shape and kind of missing value that a VOTable can distinguish, or
    one of kind "binary" (no missing fixed-length integer arrays, which cannot be marked) or
    "fits" (ASCII only, with the smallest integer reserved as null value)."""
    rng = np.random.default_rng(seed)

    def sometimes(make):
        return [None if rng.random() < 1 / 6 else make() for _ in range(rows)]

    def word(words, width=1000):
        return [None if v == "" else str(v)[:width].rstrip() for v in rng.choice(words, rows)]

    columns = [Column("flag", "boolean", sometimes(lambda: bool(rng.random() < 0.5)))]
    for name, dtype in INTEGERS.items():
        null = {"unsignedByte": 255, "short": -32768, "int": -99, "long": -(2**63)}[name]
        if kind == "fits" and name == "int":
            null = -(2**31)
        columns.append(Column(f"{name}_number", name, random_integers(rng, dtype, rows, null),
                              null=null, unit="count", ucd="meta.number",
                              description=f"whole number, {name}"))
    for name, dtype in FLOATS.items():
        columns.append(Column(f"{name}_number", name, random_floats(rng, dtype, rows),
                              unit="erg.s-1.cm-2", ucd="phot.flux;em.X-ray.soft",
                              description="Flux <0.5-7 keV> & \"more\""))
    columns += [
        Column("ra", "double", sometimes(lambda: rng.random() * 360), unit="deg",
               ucd="pos.eq.ra;meta.main", description="Right ascension, ICRS"),
        Column("name", "char", word(WORDS), arraysize="*", ucd="meta.id;meta.main"),
        Column("name_10", "char", word(WORDS, 10), arraysize="10"),
        Column("flags", "boolean", sometimes(lambda: [bool(v) for v in rng.random(4) < 0.5]),
               arraysize="4"),
        Column("bytes", "unsignedByte",
               sometimes(lambda: [int(v) for v in rng.integers(0, 256, rng.integers(1, 9))]),
               arraysize="*"),
        Column("shorts", "short",
               sometimes(lambda: [int(v) for v in rng.integers(-2**15 + 1, 2**15, 6)]),
               arraysize="2x3", null=-32768),
        Column("ints", "int",
               sometimes(lambda: [int(v) for v in
                                  rng.integers(-2**31, 2**31, 3 * rng.integers(1, 4))]),
               arraysize="3x*"),
        Column("longs", "long",
               sometimes(lambda: [int(v) for v in rng.integers(-2**63 + 1, 2**63 - 1, 2)]),
               arraysize="2", null=-(2**63)),
        Column("floats", "float", sometimes(lambda: random_floats(rng, np.float32, 15)),
               arraysize="15"),
        Column("doubles", "double",
               sometimes(lambda: random_floats(rng, np.float64, 13)[:rng.integers(1, 14)]),
               arraysize="*", unit="keV", description="Spectrum"),
        Column("cube", "double",
               sometimes(lambda: random_floats(rng, np.float64, 24)), arraysize="2x3x4"),
    ]
    if kind == "binary":
        for c in columns:
            if c.name in ("shorts", "longs"):
                size = {"shorts": 6, "longs": 2}[c.name]
                c.values = [[0] * size if v is None else v for v in c.values]
    if kind != "fits":
        columns += [
            Column("accents", "unicodeChar", word(ACCENTS), arraysize="*",
                   description="Text beyond ASCII: é"),
            Column("accents_8", "unicodeChar", word(ACCENTS, 8), arraysize="8")]
    return columns
