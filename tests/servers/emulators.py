"""The answers of two services, for tests that need more than one small table: the Chandra catalog,
queried in slices of right ascension, and the CDS cross-match with SIMBAD."""

import bisect
import csv
import io
import math
import re
import time
import xml.etree.ElementTree as ElementTree

import votables
from resources import Column

NUMBER = r"[-+]?\d+\.?\d*(?:[eE][-+]?\d+)?"
COMPARE = {">=": float.__ge__, ">": float.__gt__, "<=": float.__le__, "<": float.__lt__}


class Catalog:
    """`columns` (Column) and `rows` (cells by column name); a query returns at most `limit` rows of
    them and takes `delay_s`."""

    def __init__(self, columns=(), rows=(), limit=10**9, delay_s=0.0):
        self.columns = {column.name: column for column in columns}
        self.rows, self.limit, self.delay_s = list(rows), limit, delay_s

    def answer(self, fields):
        query = fields.get("QUERY", "")
        selected = re.search(r"SELECT\s+(?:DISTINCT\s+)?(.*?)\s+FROM\s", query, re.S | re.I)
        if not selected:
            return votables.error("this query is not understood")
        names = [name.strip().split(".")[-1] for name in selected[1].split(",")]
        missing = [name for name in names if name not in self.columns]
        if missing:
            return votables.error(f"column {missing[0]} is unknown")
        rows = self.rows
        for column, operator, number in re.findall(rf"\bm\.(ra|dec)\s*(>=|<=|<|>)\s*({NUMBER})",
                                                   query):
            rows = [r for r in rows if COMPARE[operator](float(r[column]), float(number))]
        limit = min(self.limit, int(fields.get("MAXREC", self.limit)))
        time.sleep(self.delay_s)
        overflow = votables.status("OVERFLOW") if len(rows) > limit else ""
        return votables.votable([self.columns[name] for name in names],
                                [[row[name] for name in names] for row in rows[:limit]],
                                after=overflow, version="1.2")


def read_table(content):
    """Names and rows of an uploaded table, as text: CSV, or a VOTable in TABLEDATA."""
    if not content.lstrip().startswith(b"<"):
        rows = list(csv.reader(io.StringIO(content.decode())))
        return rows[0], rows[1:]
    names, rows = [], []
    for element in ElementTree.fromstring(content).iter():
        tag = element.tag.split("}")[-1]
        if tag == "FIELD":
            names.append(element.get("name"))
        elif tag == "TR":
            rows.append([td.text or "" for td in element])
        elif tag in ["STREAM", "BINARY", "BINARY2"]:
            raise ValueError("only TABLEDATA is understood here")
    return names, rows


def separation_arcsec(ra1, dec1, ra2, dec2):
    """The separation of two positions in degrees, by Vincenty's formula."""
    ra1, dec1, ra2, dec2 = map(math.radians, (ra1, dec1, ra2, dec2))
    across = math.hypot(math.cos(dec2) * math.sin(ra2 - ra1),
                        math.cos(dec1) * math.sin(dec2)
                        - math.sin(dec1) * math.cos(dec2) * math.cos(ra2 - ra1))
    along = (math.sin(dec1) * math.sin(dec2)
             + math.cos(dec1) * math.cos(dec2) * math.cos(ra2 - ra1))
    return math.degrees(math.atan2(across, along)) * 3600


class Counterparts:
    """CDS X-Match with `objects` (main_id, ra, dec, label). Rows beyond `limit` are left out and
    reported as OVERFLOW; a file larger than `largest` bytes is rejected."""

    def __init__(self, objects=(), limit=10**9, largest=10**9):
        self.objects = sorted((float(o[2]), float(o[1]), o[0], o[3]) for o in objects)
        self.declinations = [o[0] for o in self.objects]
        self.limit, self.largest = limit, largest

    def matches(self, ra, dec, radius_arcsec):
        """(separation, object), the nearest first."""
        reach = radius_arcsec / 3600 * 1.001 + 1e-9
        near = self.objects[bisect.bisect_left(self.declinations, dec - reach):
                            bisect.bisect_right(self.declinations, dec + reach)]
        found = [(separation_arcsec(ra, dec, o[1], o[0]), o) for o in near]
        return sorted(pair for pair in found if pair[0] <= radius_arcsec)

    def answer(self, fields, files):
        content = files.get("cat1", b"")
        if fields.get("REQUEST") != "xmatch" or not content:
            return b"Error: REQUEST=xmatch and a file cat1 are needed\n"
        if fields.get("CAT2") != "simbad":
            return b"Error: unknown catalogue\n"
        if len(content) > self.largest:
            return b"Error: the file is too large\n"
        names, uploaded = read_table(content)
        ra, dec = (names.index(fields[name]) for name in ["COLRA1", "COLDEC1"])
        radius_arcsec = float(fields["DISTMAXARCSEC"])
        rows = []
        for cells in uploaded:
            if not cells[ra] or not cells[dec]:
                continue
            found = self.matches(float(cells[ra]), float(cells[dec]), radius_arcsec)
            if fields.get("SELECTION") == "best":
                found = found[:1]
            for separation, (dec2, ra2, name, label) in found:
                rows.append([f"{separation:.6f}", *cells, name, repr(ra2), repr(dec2), label,
                             label])
        text = {name: "text" for name in ["main_id", "main_type", "other_types"]}
        columns = [Column(name, text.get(name, "double precision")) for name in
                   ["angDist", *names, "main_id", "ra", "dec", "main_type", "other_types"]]
        overflow = votables.status("OVERFLOW") if len(rows) > self.limit else ""
        return votables.votable(columns, rows[:self.limit], after=overflow)
