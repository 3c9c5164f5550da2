"""The tables that astropy, healpy and stilts install for their own tests: read by the program, by
astropy and by stilts, with the same result, or with a difference that is explained here."""

import pathlib
import subprocess
import unittest
import warnings
import zipfile

import astropy
import numpy as np
from astropy.io import ascii as text_tables
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table

import model
from support import PROGRAM, scratch, stilts

ASTROPY = pathlib.Path(astropy.__file__).parent
JARS = pathlib.Path("/usr/share/java")


def plain(value):
    """A cell as Python values: None if missing, lists for arrays, text without trailing blanks."""
    if value is None or value is np.ma.masked:
        return None
    if isinstance(value, (bytes, np.bytes_)):
        value = value.decode("latin-1")
    if isinstance(value, str):
        return value.rstrip(" \0").strip() or None
    if isinstance(value, (complex, np.complexfloating)):
        return [plain(value.real), plain(value.imag)]
    if isinstance(value, (np.ndarray, list, tuple)):
        masked = np.ma.getmaskarray(value) if isinstance(value, np.ma.MaskedArray) else None
        if masked is not None:
            flat = [None if m else v for v, m in zip(np.asarray(value).ravel(), masked.ravel())]
        else:
            flat = np.asarray(value, dtype=None).ravel() if not isinstance(value, list) else value
        cells = []
        for one in map(plain, flat):
            cells += one if isinstance(one, list) else [one]
        return None if all(c is None for c in cells) else cells
    if isinstance(value, (bool, np.bool_)):
        return bool(value)
    number = value.item() if isinstance(value, np.generic) else value
    return None if number != number else number


def same(ours, theirs):
    if isinstance(ours, list) or isinstance(theirs, list):
        ours, theirs = (v if isinstance(v, list) else [v] for v in (ours, theirs))
        return len(ours) == len(theirs) and all(map(same, ours, theirs))
    if isinstance(ours, str) != isinstance(theirs, str):  # digits beyond 64 bits
        return str(ours) == str(theirs)
    return ours == theirs or np.float32(ours) == np.float32(theirs) if (
        isinstance(ours, float) and isinstance(theirs, float)) else ours == theirs


def difference(ours, theirs):
    """The first difference between two lists of (name, values); None if there is none."""
    names = [[name for name, _ in table] for table in (ours, theirs)]
    if names[0] != names[1]:
        return f"columns {names[0][:8]}, not {names[1][:8]}"
    for (name, mine), (_, other) in zip(ours, theirs):
        if len(mine) != len(other):
            return f"{len(mine)} rows, not {len(other)}"
        for row, (a, b) in enumerate(zip(mine, other)):
            if not same(plain(a), plain(b)):
                return f"{name}, row {row + 1}: {plain(a)!r}, not {plain(b)!r}"
    return None


def by_uhuru(name, folder):
    """The columns as the program reads them, or its error as a text."""
    out = folder / "uhuru.vot"
    done = subprocess.run([PROGRAM, "convert", name, "--out", out, "--overwrite", "--quiet"],
                          capture_output=True, text=True)
    if done.returncode not in (0, 1, 3):  # 3: the answer of a service that failed
        raise AssertionError(f"{name}: exit code {done.returncode}\n{done.stderr}")
    if done.returncode != 0:
        return done.stderr
    return [(c.name, c.values) for c in model.read_tabledata(out)]


def by_stilts(name, folder, kind):
    out = folder / "stilts.vot"
    stilts("tcopy", f"in={name}", f"ifmt={kind}", f"out={out}", "ofmt=votable(version=V13)")
    return [(c.name, c.values) for c in model.read_tabledata(out)]


def by_astropy(table):
    return [(name, list(table.columns[name])) for name in table.colnames]


class Installed(unittest.TestCase):
    def compare(self, what, ours, theirs, explained):
        """`explained` maps names of tables to the beginning of their difference or our error."""
        found = f"error: {ours}" if isinstance(ours, str) else difference(ours, theirs)
        expected = explained.get(what)
        if expected is None:
            self.assertIsNone(found, what)
        else:
            self.assertIsNotNone(found, f"{what}: no difference is left to explain")
            self.assertIn(expected, found, what)


class Fits(Installed):
    AS_ASTROPY = {
        # '*', which TNULL declares as missing, is zero for astropy.
        "ascii.fits#1": "a, row 4: None, not 0.0",
    }
    AS_STILTS = {
        # The smallest number of 64 bits is a number here; stilts marks missing values by it.
        "ascii_i4-i20.fits#1": "col3, row 3: -9223372036854775808, not None",
    }
    # astropy fails at a column of floats without any.
    ASTROPY_CANNOT = ["zerowidth.fits#2"]

    def tables(self):
        """(name for messages, name for the programs, index, unit) of every table."""
        files = sorted((ASTROPY / "io/fits/tests/data").glob("*.fits"))
        files += sorted(pathlib.Path("/usr/share/healpy/test/data").glob("cl_*.fits"))
        self.assertGreater(len(files), 25)
        for path in files:
            with fits.open(path) as units:
                for index, unit in enumerate(units):
                    table = isinstance(unit, (fits.BinTableHDU, fits.TableHDU))
                    if table and not isinstance(unit, fits.CompImageHDU):
                        yield f"{path.name}#{index}", f"{path}#{index}", unit

    def test_as_astropy(self):
        with scratch() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for what, name, unit in self.tables():
                if what in self.ASTROPY_CANNOT:
                    continue
                with self.subTest(what):
                    ours = by_uhuru(name, pathlib.Path(folder))
                    self.compare(what, ours, by_astropy(Table.read(unit)), self.AS_ASTROPY)

    def test_as_stilts(self):
        with scratch() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for what, name, _ in self.tables():
                with self.subTest(what):
                    ours = by_uhuru(name, pathlib.Path(folder))
                    theirs = by_stilts(name, pathlib.Path(folder), "fits")
                    self.compare(what, ours, theirs, self.AS_STILTS)


class VoTable(Installed):
    WITHOUT_FIELDS = "the table has no FIELD"  # one that refers to another, or has no columns
    AS_ASTROPY = {
        # An empty cell of a whole number is zero for astropy before VOTable 1.3, missing here.
        "gemini.xml#1": "content_length, row 2: None, not 0",
        "no_field_not_empty_table.xml#1": WITHOUT_FIELDS,
        "regression.bin.tabledata.truth.1.1.xml#2": WITHOUT_FIELDS,
        "regression.bin.tabledata.truth.1.1.xml#3": WITHOUT_FIELDS,
        "regression.bin.tabledata.truth.1.3.xml#2": WITHOUT_FIELDS,
        "regression.bin.tabledata.truth.1.3.xml#3": WITHOUT_FIELDS,
        "regression.xml#2": WITHOUT_FIELDS,
        "regression.xml#3": WITHOUT_FIELDS,
        # A text longer than its field declares is kept.
        "regression.xml#1": "'Fixed string long test', not 'Fixed stri'",
    }
    AS_STILTS = {
        # stilts does not follow <VALUES ref=...> to the null value.
        "regression.bin.tabledata.truth.1.1.xml": "long, row 2: None, not 123456789",
        # ... and reads +InF as missing.
        "regression.bin.tabledata.truth.1.3.xml": "double, row 3: inf, not None",
        "regression.xml": "'Fixed string long test', not 'Fixed stri'",
    }

    def files(self, folder):
        paths = sorted((ASTROPY / "io/votable/tests/data").glob("*.xml*"))
        self.assertGreater(len(paths), 12)
        jar = next(JARS.glob("ttools-*.jar"), None) or next(JARS.glob("*ttools*.jar"))
        with zipfile.ZipFile(jar) as archive:
            for name in ["build/animals.vot", "server/messier.xml"]:
                paths.append(pathlib.Path(archive.extract("uk/ac/starlink/ttools/" + name, folder)))
        return paths

    def test_as_astropy(self):
        with scratch() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            folder = pathlib.Path(folder)
            for path in self.files(folder):
                try:
                    tables = list(parse(path, verify="ignore").iter_tables())
                except Exception as error:  # astropy refuses the file
                    tables = [error]
                for number, table in enumerate(tables, 1):
                    what = f"{path.name}#{number}"
                    with self.subTest(what):
                        ours = by_uhuru(f"{path}#{number}", folder)
                        if isinstance(table, Exception):
                            continue
                        # Names, not IDs; astropy gives names twice to no column.
                        theirs = [(field.name, list(table.array[field.ID])
                                   if len(table.array) else []) for field in table.fields]
                        self.compare(what, ours, theirs, self.AS_ASTROPY)

    def test_as_stilts(self):
        with scratch() as folder:
            folder = pathlib.Path(folder)
            for path in self.files(folder):
                what = path.name
                with self.subTest(what):
                    ours = by_uhuru(path, folder)
                    try:
                        theirs = by_stilts(path, folder, "votable")
                    except AssertionError:  # stilts refuses the file
                        continue
                    self.compare(what, ours, theirs, self.AS_STILTS)


class Text(Installed):
    AS_ASTROPY = {
        # Bars at both ends of the lines, and names, which astropy takes for a row.
        "bars_at_ends.txt": "columns ['obsid', 'redshift', 'X', 'Y', 'object', 'rad']",
        "nls1_stackinfo.dbout": "columns ['col1', 'objID', 'osrcid'",
        # A tab within quotes is a blank where blanks and tabs separate the columns.
        "whitespace.dat": "columns ['quoted colname with tab inside'",
        # Lists of other things than numbers stay text.
        "subtypes.ecsv": "f_string, row 1",
        # Columns of an object of astropy stay columns.
        "rv.ecsv": "columns ['target.ra', 'target.dec'",
    }
    # What is not read: an error says so, and no table is made up.
    NO_NAMES = "the first line has numbers, not the names of columns"
    CDS = "CDS or machine-readable table (MRT), which is not read"
    UNKNOWN = "cannot tell"
    EMPTY = "the file contains no table"
    UNEVEN = "wrong number of cells in a row"
    NOT_READ = {
        "html.html": "web page",  # astropy reads it if BeautifulSoup is there
        **dict.fromkeys(
            ["cds/description/table.dat", "cds/multi/lhs2065.dat", "cds/multi/lp944-20.dat",
             "cds/null/table.dat", "sextractor.dat", "sextractor2.dat", "sextractor3.dat",
             "simple4.txt", "space_delim_no_header.dat", "space_delim_no_names.dat",
             "vizier/table5.dat", "vots_spec.dat"], NO_NAMES),
        **dict.fromkeys(
            ["cds.dat", "cds2.dat", "cdsFunctional.dat", "cdsFunctional2.dat", "no_data_cds.dat"],
            CDS),
        **dict.fromkeys(
            ["daophot.dat", "daophot.dat.gz", "daophot2.dat", "daophot3.dat", "daophot4.dat",
             "fixed_width_2_line.txt", "latex1.tex", "latex1.tex.gz", "latex2.tex", "latex3.tex",
             "no_data_with_header.dat", "simple.txt", "commented_header.dat", "commented_header2.dat"], UNKNOWN),
        **dict.fromkeys(
            ["no_data_daophot.dat", "no_data_sextractor.dat", "no_data_without_header.dat"], EMPTY),
        # Comments within the rows, after a blank.
        **dict.fromkeys(["apostrophe.rdb", "short.rdb", "short.rdb.gz"], UNEVEN),
        "simple_csv_missing.csv": UNEVEN,
        # A value of the table stands below a bar of the header.
        "ipac.dat": "a value does not fit its column",
    }

    def files(self):
        paths = sorted(p for p in (ASTROPY / "io/ascii/tests/data").rglob("*")
                       if p.is_file() and p.suffix not in (".py", ".bz2", ".xz", ".pyc"))
        for folder in ["cosmology/data", "coordinates/tests/accuracy/data"]:
            paths += sorted((ASTROPY / folder).glob("*.ecsv"))
            paths += sorted((ASTROPY / folder).glob("*.csv"))
        self.assertGreater(len(paths), 60)
        return paths

    def test_as_astropy(self):
        with scratch() as folder, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for path in self.files():
                what = str(path.relative_to(ASTROPY)).split("/data/")[-1]
                with self.subTest(what):
                    ours = by_uhuru(path, pathlib.Path(folder))
                    try:
                        table = text_tables.read(path)
                    except Exception as error:
                        table = error
                    if what in self.NOT_READ:
                        self.assertIsInstance(ours, str, what)
                        self.assertIn(self.NOT_READ[what], ours, what)
                    elif isinstance(table, Exception):
                        self.assertIsInstance(ours, str, f"{what}: astropy: {table}")
                    else:
                        self.compare(what, ours, by_astropy(table), self.AS_ASTROPY)


if __name__ == "__main__":
    unittest.main()
