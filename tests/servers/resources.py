"""The tables that DaCHS serves in the tests: two releases of the Chandra catalog, a part of SIMBAD.

    resources.py FOLDER    writes the resources csc2, csc21 and simbad of DaCHS to this folder

They are built from the real data, always the same: as in the services, the catalog is in five
tables that a query has to join. Anything missing from the real data is invented."""

import collections
import csv
import dataclasses
import hashlib
import itertools
import math
import pathlib
import sys
import xml.etree.ElementTree as ElementTree

DATA = pathlib.Path(__file__).resolve().parents[3] / "shared/data"
RELEASES = ["csc2", "csc21"]


@dataclasses.dataclass
class Column:
    name: str
    type: str
    unit: str = ""
    ucd: str = ""
    description: str = ""


@dataclasses.dataclass
class Table:
    name: str
    columns: list
    rows: list = dataclasses.field(default_factory=list)
    index: list = dataclasses.field(default_factory=list)  # columns, or lists of them
    has_position: bool = False

    @property
    def names(self):
        return [c.name for c in self.columns]


def real(names, unit, ucd, description):
    return [Column(name, "double precision", unit, ucd, description) for name in names.split()]


NAME = Column("name", "text", "", "meta.id;meta.main", "Source name")
STACK = Column("detect_stack_id", "text", "", "meta.id", "Observation stack of the detection")
REGION = Column("region_id", "integer", "", "meta.id", "Source region")
MATCH = Column("match_type", "text", "", "meta.code", "u: unique, a: ambiguous, n: none")
OBSERVATION = [Column("obsid", "integer", "", "meta.id", "Observation identifier"),
               Column("obi", "integer", "", "meta.id", "Observation interval number")]
POSITION = [Column("ra", "double precision", "deg", "pos.eq.ra;meta.main",
                   "Source position, ICRS right ascension"),
            Column("dec", "double precision", "deg", "pos.eq.dec;meta.main",
                   "Source position, ICRS declination")]

# Columns taken from the table of detections by name.
OF_SOURCE = real("significance", "", "stat.snr", "Highest flux significance of the source") + \
    real("likelihood", "", "stat.likelihood", "Highest detection likelihood of the source")
OF_DETECTION = \
    real("theta", "arcmin", "pos.angDistance", "Off-axis angle") + \
    real("flux_aper_b", "erg.s-1.cm-2", "phot.flux;em.X-ray", "Energy flux") + \
    real("hard_hm hard_hs hard_ms", "", "phot.color;em.X-ray", "Hardness ratio") + \
    real("powlaw_gamma powlaw_gamma_lolim powlaw_gamma_hilim", "", "spect.index;em.X-ray",
         "Photon index of a power law, and its 68% limits") + \
    real("bb_kt bb_kt_lolim bb_kt_hilim", "keV", "phys.temperature",
         "Temperature of a black body, and its 68% limits") + \
    real("var_prob_b var_prob_h var_prob_s", "", "stat.probability;src.var",
         "Probability that the source varies, Gregory-Loredo") + \
    real("var_sigma_b var_mean_b var_min_b var_max_b var_sigma_h var_mean_h var_sigma_s"
         " var_mean_s", "ct.s-1", "phot.count;em.X-ray", "Of the count rate in time")
# Invented columns.
SIGNIFICANCE = real("flux_significance_b", "", "stat.snr", "Flux significance, broad band")
VARIABILITY_INDEX = Column("var_index_b", "integer", "", "src.var.index",
                           "Variability index, 0 to 10; missing where the probability is")
EXTENT = Column("extent_flag", "boolean", "", "meta.code", "The source is extended")


def read_votable(path):
    """The rows of a TABLEDATA VOTable as dictionaries of text; missing is an empty text."""
    names = []
    for _, element in ElementTree.iterparse(path):
        tag = element.tag.split("}")[-1]
        if tag == "FIELD":
            names.append(element.get("name"))
        elif tag == "TR":
            yield dict(zip(names, (td.text or "" for td in element)))
            element.clear()


def read_csv(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


def detections():
    """The real detections, and invented ones that a query has to distinguish: with obi 1 those
    excluded by the selection of the method, with obi 2 some more that it includes."""
    excluded = itertools.cycle([("flux_significance_b", "3.25"), ("flux_significance_b", "5"),
                                ("flux_significance_b", ""), ("powlaw_gamma", ""), ("bb_kt", "")])
    for row, cells in enumerate(read_votable(DATA / "csc2_detections.vot")):
        probability = cells["var_prob_b"]
        # Databases have no signed zero.
        cells = {name: "0" if cell == "-0" else cell for name, cell in cells.items()}
        cells |= {"row": row, "obi": "0", "flux_significance_b": "10",
                  "var_index_b": str(int(float(probability) * 10)) if probability else "",
                  "extent_flag": "true" if cells["name"].endswith("X") else "false"}
        yield cells
        if row % 100 == 17:
            name, value = next(excluded)
            yield cells | {"obi": "1", name: value}
        if row % 500 == 33:
            yield cells | {"obi": "2", "flux_significance_b": "5.000000000000001"}


def release_detections(release):
    """The detections of one release; each lacks some of the other, to reveal a mix-up."""
    lacks = {"csc2": 7, "csc21": 13}[release]
    return [cells for cells in detections() if cells["row"] % 50 != lacks]


def selected(release):
    """The detections of one release that the method uses."""
    return [cells for cells in release_detections(release)
            if cells["flux_significance_b"] and float(cells["flux_significance_b"]) > 5
            and cells["powlaw_gamma"] and cells["bb_kt"]]


MASTER_COLUMNS = [NAME, *POSITION, *OF_SOURCE, EXTENT]
OBSERVATION_COLUMNS = [*OBSERVATION, REGION, *SIGNIFICANCE, *OF_DETECTION, VARIABILITY_INDEX]
# Of the selection, whatever their tables.
COLUMNS = [*MASTER_COLUMNS, MATCH, *OBSERVATION_COLUMNS]


def match_type(number):
    """How the source with this number was matched."""
    return "a" if number % 40 == 0 else "u"


def catalog(release):
    """The five tables of a release of the Chandra catalog."""
    master = Table("master_source", MASTER_COLUMNS, index=["name", "ra", "dec"])
    stacks_of_master = Table("master_stack_assoc", [
        NAME, STACK, REGION, MATCH],
        index=["name", ["detect_stack_id", "region_id"]])
    stack = Table("stack_source", [STACK, REGION, *OF_SOURCE],
                  index=[["detect_stack_id", "region_id"]])
    observations_of_stack = Table("stack_observation_assoc", [STACK, *OBSERVATION, REGION],
                                  index=[["detect_stack_id", "region_id"],
                                         ["obsid", "obi", "region_id"]])
    observation = Table("observation_source", OBSERVATION_COLUMNS,
                        index=[["obsid", "obi", "region_id"], "flux_significance_b"])

    of_source = collections.defaultdict(list)
    for cells in release_detections(release):
        of_source[cells["name"]].append(cells)
    for number, (name, rows) in enumerate(of_source.items(), 1):
        master.rows.append([rows[0][c] for c in master.names])
        # A source's region has the same number in its stacks and observations. Sources with several
        # observations are spread over two stacks: a query with an incomplete join repeats them.
        stack_names = []
        for cells in rows:
            cells["region_id"] = str(number)
            half = (int(cells["obsid"]) + number) % 2
            cells["detect_stack_id"] = f"acisf{rows[0]['obsid']:0>6}_{half + 1:03}"
            if cells["detect_stack_id"] not in stack_names:
                stack_names.append(cells["detect_stack_id"])
        for stack_name in stack_names:
            stacks_of_master.rows.append([name, stack_name, str(number), match_type(number)])
            stack.rows.append([stack_name, str(number), *(rows[0][c.name] for c in OF_SOURCE)])
        observations_of_stack.rows += [[c[n] for n in observations_of_stack.names] for c in rows]
        observation.rows += [[c[n] for n in observation.names] for c in rows]
    return [master, stacks_of_master, stack, observations_of_stack, observation]


# SIMBAD's code of a type and its label since 2022, if they differ from the earlier label.
TYPES = {"Seyfert_1": ("Sy1", "Seyfert1"), "Seyfert_2": ("Sy2", "Seyfert2"),
         "HMXB": ("HXB", "HighMassXBin"), "LMXB": ("LXB", "LowMassXBin"), "XB": ("XB*", "XrayBin"),
         "IR": ("IR", "Infrared"), "TTau*": ("TT*", "TTauri*"), "Orion_V*": ("Or*", "OrionV*"),
         "YSO": ("Y*O", "YSO"), "Blue": ("blu", "blue"), "Radio": ("Rad", "Radio"),
         "gamma": ("gam", "gamma"), "PartofG": ("PoG", "PartofG"), "Star": ("*", "Star")}


def displaced(ra_deg, dec_deg, separation_arcsec, name):
    """The position at this separation, in a direction derived from the name."""
    direction = hashlib.sha256(name.encode()).digest()[0] / 256 * 2 * math.pi
    separation, ra, dec = map(math.radians, (separation_arcsec / 3600, ra_deg, dec_deg))
    new_dec = math.asin(math.sin(dec) * math.cos(separation)
                        + math.cos(dec) * math.sin(separation) * math.cos(direction))
    new_ra = ra + math.atan2(math.sin(direction) * math.sin(separation) * math.cos(dec),
                             math.cos(separation) - math.sin(dec) * math.sin(new_dec))
    return math.degrees(new_ra) % 360, math.degrees(new_dec)


def simbad_objects():
    """(main_id, ra, dec, label before 2022) of each object: SIMBAD's own, and counterparts of the
    sources whose type and separation are known. One has no position, like some in SIMBAD."""
    objects = [(o["main_id"] or "NAME Somewhere", o["ra"], o["dec"], o["main_type"] or "Star")
               for o in read_csv(DATA / "simbad_objects.csv")]
    for source in read_csv(DATA / "simbad_types_by_name.csv"):
        ra, dec = displaced(float(source["ra"]), float(source["dec"]),
                            float(source["separation_arcsec"]), source["name"])
        objects.append(("[PD24] " + source["name"][6:], repr(ra), repr(dec), source["main_type"]))
    return objects


def simbad():
    """Tables of SIMBAD; without a schema name, as there."""
    code = Column("otype", "text", "", "src.class", "Object type, short")
    oid = Column("oid", "integer", "", "meta.record", "Object internal identifier")
    objects = simbad_objects()
    main_id = Column("main_id", "text", "", "meta.id;meta.main", "Main identifier")
    basic = Table("basic", [oid, main_id, *POSITION, code], index=["oid", "main_id", "otype"],
                  has_position=True)
    identifiers = Table("ident", [Column("oidref", "integer", "", "", "Object internal identifier"),
                                  Column("id", "text", "", "meta.id", "Identifier")],
                        index=["oidref", "id"])
    types = Table("otypedef", [code, Column("label", "text", "", "", "Label"),
                               Column("description", "text", "", "", "Description")],
                  index=["otype"])
    for number, (name, ra, dec, label) in enumerate(objects, 1):
        basic.rows.append([str(number), name, ra, dec, TYPES.get(label, (label,))[0]])
        identifiers.rows.append([str(number), name])
        identifiers.rows.append([str(number), f"TEST {number}"])
    for label in sorted({o[3] for o in objects}):
        types.rows.append([*TYPES.get(label, (label, label)), f"An object of the type {label}"])
    return [basic, identifiers, types]


def xml(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")


def descriptor(schema, tables):
    """The q.rd of DaCHS for these tables."""
    lines = [f'<resource schema="{schema}" resdir=".">',
             f'<meta name="title">Tables of {schema} for tests</meta>',
             '<meta name="creationDate">2024-01-01T00:00:00Z</meta>',
             '<meta name="description">Real data, in part made up.</meta>',
             '<meta name="subject">x-ray-sources</meta>']
    for table in tables:
        mixin = ' mixin="//scs#pgs-pos-index"' if table.has_position else ""
        lines.append(f'<table id="{table.name}" onDisk="True" adql="True"{mixin}>')
        for index in table.index:
            columns = index if isinstance(index, str) else ",".join(index)
            lines.append(f'<index columns="{columns}"/>')
        for c in table.columns:
            lines.append(f'<column name="{c.name}" type="{c.type}" unit="{c.unit}" ucd="{c.ucd}"'
                         f' description="{xml(c.description)}">')
            if c.type == "integer":
                lines.append('<values nullLiteral="-2147483648"/>')
            lines.append("</column>")
        lines.append("</table>")
    for table in tables:
        lines += [f'<data id="import_{table.name}"><sources pattern="{table.name}.csv"/>',
                  f'<csvGrammar/><make table="{table.name}"><rowmaker idmaps="*"/></make></data>']
    return "\n".join(lines + ["</resource>", ""])


def write(folder):
    """Writes one folder per resource."""
    resources = {release: (release, catalog(release)) for release in RELEASES}
    resources["simbad"] = ("public", simbad())
    for resource, (schema, tables) in resources.items():
        path = pathlib.Path(folder) / resource
        path.mkdir(parents=True, exist_ok=True)
        (path / "q.rd").write_text(descriptor(schema, tables))
        for table in tables:
            with open(path / f"{table.name}.csv", "w", newline="") as file:
                csv.writer(file).writerows([table.names, *table.rows])


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write(sys.argv[1])
