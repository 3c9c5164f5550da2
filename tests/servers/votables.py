"""VOTables as written by services, in each encoding. Columns are those of resources.py, cells are
text, an empty one is missing."""

import base64
import gzip
import math
import struct
import zlib
from xml.sax.saxutils import escape, quoteattr

from resources import Column

DATATYPES = {"double precision": 'datatype="double"', "integer": 'datatype="int"',
             "boolean": 'datatype="boolean"', "text": 'datatype="char" arraysize="*"'}
INTEGER_NULL = -2147483648

# A small table for tests of the transfer.
COLUMNS = [Column("id", "integer", "", "meta.id", "A number"),
           Column("ra", "double precision", "deg", "pos.eq.ra", "A position"),
           Column("name", "text", "", "", "Some text")]
ROWS = [[str(row), "" if row % 10 == 3 else repr(math.sqrt(row) * 10), f"source {row} <&>"]
        for row in range(200)]
ROWS[5][0] = ROWS[7][2] = ""


def field(column, number):
    null = f'<VALUES null="{INTEGER_NULL}"/>' if column.type == "integer" else ""
    return (f'<FIELD ID="col{number}" name={quoteattr(column.name)} {DATATYPES[column.type]}'
            f' unit={quoteattr(column.unit)} ucd={quoteattr(column.ucd)}>'
            f"<DESCRIPTION>{escape(column.description)}</DESCRIPTION>{null}</FIELD>\n")


def tabledata(columns, rows):
    flags = {"true": "T", "false": "F"}
    for row in rows:
        cells = (flags.get(cell, "") if column.type == "boolean" else escape(cell)
                 for column, cell in zip(columns, row))
        yield "<TR>" + "".join(f"<TD>{cell}</TD>" for cell in cells) + "</TR>\n"


def value(column, cell):
    """The bytes of a cell, without the length of a text."""
    if column.type == "double precision":
        return struct.pack(">d", float(cell) if cell else math.nan)
    if column.type == "integer":
        return struct.pack(">i", int(cell) if cell else INTEGER_NULL)
    if column.type == "boolean":
        return {"true": b"T", "false": b"F"}.get(cell, b"?")
    return cell.encode()


def binary(columns, rows, with_flags):
    for row in rows:
        if with_flags:
            bits = sum(1 << (7 - i % 8 + 8 * (i // 8)) for i, cell in enumerate(row) if not cell)
            yield bits.to_bytes((len(row) + 7) // 8, "little")
        for column, cell in zip(columns, row):
            data = value(column, cell)
            yield (struct.pack(">i", len(data)) if column.type == "text" else b"") + data


def fits(columns, rows):
    """A FITS file with the table as its first extension."""
    def header(*cards):
        cards = [f"{name:8}= {content:>20}" for name, content in cards] + ["END"]
        text = "".join(card.ljust(80) for card in cards)
        return text.ljust(-(-len(text) // 2880) * 2880).encode()

    widths = [max([len(row[i].encode()) for row in rows] + [1]) for i in range(len(columns))]
    formats = {"double precision": "1D", "integer": "1J", "boolean": "1L"}
    cards = []
    for number, (column, width) in enumerate(zip(columns, widths), 1):
        name, form = f"'{column.name}'", f"'{formats.get(column.type, f'{width}A')}'"
        cards += [(f"TTYPE{number}", name), (f"TFORM{number}", form)]
        if column.type == "integer":
            cards.append((f"TNULL{number}", INTEGER_NULL))
    data = b"".join(value(column, cell).ljust(width if column.type == "text" else 0, b"\0")
                    for row in rows for column, cell, width in zip(columns, row, widths))
    return b"".join([
        header(("SIMPLE", "T"), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", "T")),
        header(("XTENSION", "'BINTABLE'"), ("BITPIX", 8), ("NAXIS", 2),
               ("NAXIS1", len(data) // max(len(rows), 1)), ("NAXIS2", len(rows)), ("PCOUNT", 0),
               ("GCOUNT", 1), ("TFIELDS", len(columns)), *cards),
        data.ljust(-(-len(data) // 2880) * 2880, b"\0")])


def data(columns, rows, encoding):
    if encoding == "tabledata":
        return f"<TABLEDATA>\n{''.join(tabledata(columns, rows))}</TABLEDATA>"
    if encoding == "fits":
        name, content = 'FITS extnum="1"', fits(columns, rows)
    else:
        name, content = encoding.upper(), b"".join(binary(columns, rows, encoding == "binary2"))
    lines = base64.encodebytes(content).decode()
    return f'<{name}><STREAM encoding="base64">\n{lines}</STREAM></{name.split()[0]}>'


def document(content, version="1.3"):
    namespace = "v1.2" if version == "1.2" else "v1.3"
    return (f'<?xml version="1.0" encoding="UTF-8"?>\n<VOTABLE version="{version}"'
            f' xmlns="http://www.ivoa.net/xml/VOTable/{namespace}">\n<RESOURCE type="results">\n'
            f"{content}\n</RESOURCE>\n</VOTABLE>\n").encode()


def status(value, message=""):
    return f'<INFO name="QUERY_STATUS" value="{value}">{escape(message)}</INFO>'


def votable(columns=None, rows=None, encoding="tabledata", after="", version="1.3"):
    """The document; `after` follows the table: the status of a query that failed late."""
    columns, rows = columns or COLUMNS, ROWS if rows is None else rows
    fields = "".join(field(column, number) for number, column in enumerate(columns))
    table = f"<TABLE>\n{fields}<DATA>{data(columns, rows, encoding)}</DATA>\n</TABLE>\n"
    return document(f"{status('OK')}\n{table}{after}", version)


def error(message):
    return document(status("ERROR", message))


def bomb(gibibytes):
    """The pieces of a gzip stream that decompresses to a VOTable of this size, mostly blanks."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    head = votable().split(b"<DATA>")[0] + b"<DATA><TABLEDATA>"
    yield packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush nothing refers to earlier data: the piece can be repeated.
    piece = packer.compress(b" " * (1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    for _ in range(gibibytes * 1024):
        yield piece


def gzipped(body):
    return gzip.compress(body, 6, mtime=0)
