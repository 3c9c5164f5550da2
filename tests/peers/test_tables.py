"""Tables exchanged between the program, astropy and stilts, in every format: the same values,
missing values, units, UCDs and descriptions."""

import csv
import dataclasses
import pathlib
import unittest

import numpy as np
from astropy import units
from astropy.io import fits
from astropy.io.votable import parse
from astropy.table import Table

import model
from model import FLOATS, INTEGERS, TEXT, Column, differences
from support import scratch, stilts, uhuru, uhuru_error

VOTABLE = {"tabledata": "votable", "binary": "votable-binary", "binary2": "votable-binary2"}


def convert(source, target, *options):
    uhuru("convert", source, "--out", target, "--overwrite", "--quiet", *options)


def through_uhuru(path, folder, like=None):
    """The table as read by the program."""
    convert(path, folder / "read_by_uhuru.vot")
    return model.read_tabledata(folder / "read_by_uhuru.vot", like)


def through_stilts(path, folder, *options, like=None):
    """The table as read by stilts."""
    out = folder / "read_by_stilts.vot"
    stilts("tcopy", path, out, "ofmt=votable(version=V13)", *options)
    return model.read_tabledata(out, like)


def replace_values(columns, change):
    """The columns with `change(column, cell)` applied to each cell."""
    return [dataclasses.replace(c, values=[change(c, v) for v in c.values]) for c in columns]


def without_fields(columns):
    return [dataclasses.replace(c, unit=None, ucd=None, description=None) for c in columns]


def is_ragged(column):
    return column.is_array and "*" in column.arraysize


def size(column):
    return int(np.prod([int(n) for n in column.arraysize.split("x")]))


def with_whole_arrays(columns, number, flag, ragged=None):
    """The columns with missing fixed-length arrays replaced by arrays of this number and flag;
    floats remain missing."""
    def change(column, value):
        if value is not None or not column.is_array or column.datatype in FLOATS:
            return value
        if is_ragged(column):
            return ragged
        fill = flag if column.datatype == "boolean" else number(column)
        return value if fill is None else [fill] * size(column)
    return replace_values(columns, change)


def mark(column):
    return int(np.iinfo(INTEGERS[column.datatype]).min)


def plain(value, column):
    """A cell of astropy in the form of model.py."""
    if value is np.ma.masked:
        return None
    if column.datatype in TEXT and not column.is_array:
        return (value.decode() if isinstance(value, bytes) else str(value)) or None
    if column.is_array:
        cells = np.ma.asarray(value).ravel()
        return [plain(cell, dataclasses.replace(column, arraysize=None)) for cell in cells] or None
    if column.datatype in FLOATS:
        return FLOATS[column.datatype](value)
    return bool(value) if column.datatype == "boolean" else int(value)


def through_astropy_votable(path, like):
    table = parse(path).get_first_table()
    columns = []
    for i, column in enumerate(like):
        field, data = table.fields[i], table.array[table.array.dtype.names[i]]
        values = [plain(cell, column) for cell in data]
        unit = None
        if field.unit is not None:
            same = units.Unit(column.unit or "", format="vounit") == field.unit
            unit = column.unit if same else str(field.unit)
        columns.append(Column(field.name, field.datatype, values, unit=unit, ucd=field.ucd,
                              description=field.description))
    return columns


def through_astropy_fits(path, like):
    with fits.open(path) as opened:
        header = opened[1].header
        data = Table.read(opened[1])
    columns = []
    for i, column in enumerate(like):
        cells = data[data.colnames[i]]
        if column.is_array:  # masks of whole arrays do not distinguish NaN from missing
            cells = getattr(cells, "data", cells)
        values = [plain(cell, column) for cell in cells]
        columns.append(Column(header[f"TTYPE{i + 1}"], column.datatype, values,
                              unit=header.get(f"TUNIT{i + 1}"), ucd=header.get(f"TUCD{i + 1}"),
                              description=header.get(f"TCOMM{i + 1}")))
    return columns


class TablesTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.scratch = scratch()
        self.folder = pathlib.Path(self.scratch.name)
        self.addCleanup(self.scratch.cleanup)

    def write_sample(self, kind, without=(), seed=1):
        columns = [c for c in model.sample(kind=kind, seed=seed) if c.name not in without]
        model.write_tabledata(self.folder / "sample.vot", columns)
        return self.folder / "sample.vot", columns

    def assert_same(self, found, expected, what, with_field=True):
        with self.subTest(what):
            report = differences(found, expected, with_field)
            if report:
                self.fail(f"{what}:\n{report[:2000]}")

    def samples_written_by_uhuru(self, without=()):
        """Sample tables in each VOTable serialisation, as (file, expected columns)."""
        for serialisation, name in VOTABLE.items():
            kind = "binary" if serialisation == "binary" else "votable"
            for ending in [".vot", ".vot.gz"]:
                source, columns = self.write_sample(kind, without, seed=len(ending))
                path = self.folder / f"{serialisation}{ending}"
                convert(source, path, "--format", name)
                yield path, columns

    def test_votable_of_uhuru_in_stilts(self):
        for path, columns in self.samples_written_by_uhuru():
            if path.name.startswith("binary."):  # stilts does not support missing boolean arrays there
                columns = with_whole_arrays(columns, lambda c: None, False)
            self.assert_same(through_stilts(path, self.folder), columns, path.name)
            lint = [line for line in stilts("votlint", path).splitlines()
                    # Any cell may be empty since VOTable 1.3; votlint does not accept this for
                    # arrays, even in files written by stilts.
                    if not line.startswith("INFO") and "(0 found, " not in line]
            self.assertEqual(lint, [], path.name)

    def test_votable_of_uhuru_in_astropy(self):
        # In BINARY astropy counts an array "3x*" in threes, stilts and uhuru in numbers.
        for path, columns in self.samples_written_by_uhuru(without=["ints"]):
            self.assert_same(through_astropy_votable(path, columns), columns, path.name)

    def test_fits_of_uhuru_in_stilts(self):
        source, columns = self.write_sample("fits")
        for name in ["sample.fits", "sample.fits.gz"]:
            convert(source, self.folder / name)
            # stilts does not support missing boolean arrays, and TNULL does not apply to arrays
            # there.
            self.assert_same(through_stilts(self.folder / name, self.folder),
                             with_whole_arrays(columns, mark, False), name)

    def test_fits_of_uhuru_in_astropy(self):
        source, columns = self.write_sample("fits")
        for name in ["sample.fits", "sample.fits.gz"]:
            convert(source, self.folder / name)
            # astropy does not support missing logicals in FITS.
            expected = replace_values(
                with_whole_arrays(columns, lambda c: None, False),
                lambda c, v: False if c.name == "flag" and v is None else v)
            self.assert_same(through_astropy_fits(self.folder / name, columns), expected, name)

    def test_fits_of_uhuru_is_valid(self):
        source, columns = self.write_sample("fits")
        convert(source, self.folder / "sample.fits")
        with fits.open(self.folder / "sample.fits") as opened:
            opened.verify("exception")

    def test_fits_replaces_what_it_cannot_hold(self):
        for cell, replaced in [("Pérez-Díaz", "P?rez-D?az"), ("two\nlines", "two lines"),
                               ("3 µm", "3 um")]:
            path, out = self.folder / "text.vot", self.folder / "text.fits"
            model.write_tabledata(path, [Column("author", "unicodeChar", [cell], "*")])
            convert(path, out)
            self.assertEqual(fits.getdata(out, 1)["author"][0], replaced)

    def test_binary_refuses_what_it_cannot_hold(self):
        path = self.folder / "arrays.vot"
        model.write_tabledata(path, [Column("channels", "int", [[1, 2], None], "2")])
        message = uhuru_error("convert", path, "--out", self.folder / "out.vot", "--format",
                              "votable-binary")
        self.assertIn("channels", message)
        self.assertFalse((self.folder / "out.vot").exists())

    def test_text_formats_of_uhuru(self):
        """CSV and TSV contain only values: CSV cells are read as text, with the types of the
        sample."""
        source, columns = self.write_sample("votable")
        expected = without_fields(columns)
        for name, delimiter in [("sample.csv", ","), ("sample.tsv", "\t")]:
            convert(source, self.folder / name)
            with open(self.folder / name, newline="", encoding="utf-8") as file:
                header, *rows = csv.reader(file, delimiter=delimiter)
            found = [Column(h, c.datatype, [model.parse_cell(row[i], c) for row in rows],
                            c.arraysize) for i, (h, c) in enumerate(zip(header, columns))]
            self.assert_same(found, expected, name)
            self.assert_same(through_uhuru(self.folder / name, self.folder, columns), expected,
                             f"{name} in uhuru", with_field=False)

    def test_csv_of_uhuru_in_stilts(self):
        source, columns = self.write_sample("fits")  # stilts reads the bytes of a CSV as Latin-1
        convert(source, self.folder / "sample.csv")
        found = through_stilts(self.folder / "sample.csv", self.folder, "ifmt=csv", like=columns)
        self.assert_same(found, without_fields(columns), "sample.csv", with_field=False)

    def test_every_path_through_uhuru(self):
        """From format to format and back to the first: nothing may change."""
        source, columns = self.write_sample("fits")
        path = source
        for i, (ending, options) in enumerate([
                (".vot", ["--format", "votable-binary2"]), (".fits", []), (".vot.gz", []),
                (".fits.gz", []), (".xml", ["--format", "votable-binary2"]), (".fit", []),
                (".votable", [])]):
            target = self.folder / f"step{i}{ending}"
            convert(path, target, *options)
            path = target
        self.assert_same(model.read_tabledata(path), columns, "the end of the path")

    def test_doubles_are_exact_in_every_format(self):
        rng = np.random.default_rng(5)
        count = 20000
        columns = [Column("row", "int", list(range(count))),
                   Column("double", "double", model.random_floats(rng, np.float64, count)),
                   Column("float", "float", model.random_floats(rng, np.float32, count))]
        source = self.folder / "exact.vot"
        model.write_tabledata(source, columns)
        for name, options in [("a.vot", []), ("b.vot", ["--format", "votable-binary"]),
                              ("c.vot", ["--format", "votable-binary2"]), ("d.fits", []),
                              ("e.csv", []), ("f.tsv.gz", [])]:
            convert(source, self.folder / name, *options)
            like = columns if ".csv" in name or ".tsv" in name else None
            found = through_uhuru(self.folder / name, self.folder, like)
            self.assert_same(found, columns, name)

    def test_stilts_formats_in_uhuru(self):
        """Every format that stilts writes and uhuru reads. colfits (a column-oriented table) is not
        one of them."""
        source, columns = self.write_sample("votable")
        formats = [f"votable(format={kind},version={version},inline={inline})"
                   for kind, version, inline in
                   [("TABLEDATA", "V10", "true"), ("TABLEDATA", "V11", "true"),
                    ("TABLEDATA", "V12", "true"), ("TABLEDATA", "V14", "true"),
                    ("BINARY2", "V13", "true"), ("BINARY2", "V14", "false")]]
        formats += ["votable(encoding=UTF-16)"]
        for ofmt in formats:
            path = self.folder / "from_stilts.vot"
            stilts("tcopy", source, path, f"ofmt={ofmt}")
            self.assert_same(through_uhuru(path, self.folder), columns, ofmt)

        # In BINARY stilts does not preserve missing boolean or integer arrays.
        source, columns = self.write_sample("binary")
        for ofmt in ["votable(format=BINARY,version=V11)", "votable(format=BINARY,inline=false)"]:
            path = self.folder / "from_stilts.vot"
            stilts("tcopy", source, path, f"ofmt={ofmt}")
            found = with_whole_arrays(through_uhuru(path, self.folder), lambda c: None, False)
            expected = with_whole_arrays(columns, lambda c: None, False)
            self.assert_same(found, expected, ofmt)

    def test_stilts_fits_in_uhuru(self):
        source, columns = self.write_sample("fits")
        # stilts writes zeros for a missing integer array, in any format.
        columns = with_whole_arrays(columns, lambda c: 0, None)
        ragged = [c.name for c in columns if is_ragged(c)]
        for ofmt in ["fits-var", "fits-basic", "fits-plus",
                     "votable(format=FITS,inline=false)", "votable(format=FITS)"]:
            path = self.folder / ("from_stilts.vot" if "votable" in ofmt else "from_stilts.fits")
            expected, options = columns, []
            if ofmt != "fits-var":  # the others pad arrays of variable length
                expected = [c for c in columns if not is_ragged(c)]
                options = [f"cmd=delcols '{' '.join(ragged)}'"]
            stilts("tpipe", source, f"out={path}", f"ofmt={ofmt}", *options)
            self.assert_same(through_uhuru(path, self.folder), expected, ofmt)

    def test_stilts_csv_in_uhuru(self):
        source, columns = self.write_sample("votable")
        scalars = [c.name for c in columns if not c.is_array]
        kept = [c for c in without_fields(columns) if c.name in scalars]
        path = self.folder / "from_stilts.csv"
        stilts("tpipe", source, f"out={path}", "ofmt=csv(maxCell=10000)",
               f"cmd=keepcols '{' '.join(scalars)}'")
        self.assert_same(through_uhuru(path, self.folder, kept), kept, "csv", with_field=False)

    def test_astropy_votable_in_uhuru(self):
        for serialisation in VOTABLE:
            # In binary, astropy 5.2 writes integers in variable-length arrays with eight bytes
            # each, whatever their type; stilts cannot read them either.
            source, columns = self.write_sample(
                "binary" if serialisation == "binary" else "votable",
                without=[] if serialisation == "tabledata" else ["bytes", "ints"])
            for compressed in [False, True]:
                path = self.folder / "from_astropy.vot"
                parse(source).to_xml(str(path), tabledata_format=serialisation,
                                     compressed=compressed)
                self.assert_same(through_uhuru(path, self.folder), columns,
                                 f"astropy {serialisation}, compressed {compressed}")

    def test_astropy_fits_in_uhuru(self):
        """Scaled, unsigned and signed integers, TNULL, complex numbers, arrays of strings and of
        variable length."""
        rng = np.random.default_rng(9)
        rows = 7
        unsigned = rng.integers(0, 2**16, rows, dtype=np.uint16)
        unsigned[:2] = 0, 2**16 - 1
        unsigned_int = rng.integers(0, 2**32, rows, dtype=np.uint32)
        unsigned_int[:2] = 0, 2**32 - 1
        signed_byte = rng.integers(-128, 128, rows, dtype=np.int8)
        signed_byte[:2] = -128, 127
        scaled = rng.integers(-1000, 1000, rows, dtype=np.int16)
        with_null = rng.integers(-1000, 1000, rows, dtype=np.int32)
        with_null[3] = -99
        complexes = rng.normal(size=rows) + 1j * rng.normal(size=rows)
        strings = np.array([["QSO", "AGN"], ["", "YSO"]] * 3 + [["a b", "LMXB"]])
        ragged = np.empty(rows, dtype=object)
        ragged[:] = [rng.normal(size=n) for n in [0, 1, 5, 2, 3, 4, 1]]
        ragged_ints = np.empty(rows, dtype=object)
        ragged_ints[:] = [rng.integers(-9, 9, n).astype(np.int16) for n in [2, 1, 0, 2, 3, 4, 1]]
        logical = rng.random(rows) < 0.5
        columns = fits.ColDefs([
            fits.Column("unsigned", "I", array=unsigned, bzero=2**15, unit="adu"),
            fits.Column("unsigned_int", "J", array=unsigned_int, bzero=2**31),
            fits.Column("signed_byte", "B", array=(signed_byte.astype(int) + 128).astype("u1")),
            fits.Column("scaled", "I", array=scaled),
            fits.Column("with_null", "J", array=with_null, null=-99),
            fits.Column("complex", "M", array=complexes),
            fits.Column("complex_float", "C", array=complexes.astype(np.complex64)),
            fits.Column("strings", "8A", dim="(4,2)", array=strings),
            fits.Column("ragged", "PD()", array=ragged),
            fits.Column("ragged_ints", "QI()", array=ragged_ints),
            fits.Column("logical", "L", array=logical),
            fits.Column("matrix", "6E", dim="(3,2)", array=np.arange(rows * 6.0).reshape(-1, 2, 3)),
        ])
        hdu = fits.BinTableHDU.from_columns(columns, name="SOURCES")
        path = self.folder / "from_astropy.fits"
        fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(path)
        for key, value in [("TZERO3", -128), ("TSCAL4", 0.25), ("TZERO4", 10)]:
            fits.setval(path, key, value=value, ext=1)
        for part in ["", "#1", "#SOURCES"]:
            convert(f"{path}{part}", self.folder / "out.vot")
            found = {c.name: c for c in model.read_tabledata(self.folder / "out.vot")}
            self.assertEqual(found["unsigned"].unit, "adu")

            def numbers(name):
                return [float(v) for v in found[name].values]
            self.assertEqual(numbers("unsigned"), list(unsigned))
            self.assertEqual(numbers("unsigned_int"), list(unsigned_int))
            self.assertEqual(numbers("signed_byte"), list(signed_byte))
            self.assertEqual(numbers("scaled"), list(scaled * 0.25 + 10))
            self.assertEqual(found["with_null"].values,
                             [None if v == -99 else v for v in with_null])
            for name, dtype in [("complex", np.float64), ("complex_float", np.float32)]:
                pairs = complexes.astype(np.result_type(dtype, np.complex64)).view(dtype)
                self.assertEqual([list(v) for v in found[name].values],
                                 [list(v) for v in pairs.reshape(-1, 2)])
            texts = [[part.strip() for part in v] for v in found["strings"].values]
            texts = [[part or "" for part in v] for v in texts]
            self.assertEqual(texts, strings.tolist())
            self.assertEqual([v or [] for v in found["ragged"].values],
                             [list(v) for v in ragged])
            self.assertEqual([v or [] for v in found["ragged_ints"].values],
                             [list(v) for v in ragged_ints])
            self.assertEqual(found["logical"].values, list(logical))
            self.assertEqual([list(v) for v in found["matrix"].values],
                             hdu.data["matrix"].reshape(rows, -1).tolist())

    def test_astropy_fits_of_the_sample_in_uhuru(self):
        source, columns = self.write_sample("fits")
        # astropy writes missing text as "", a missing array as a filled one: excluded.
        scalars = [c for c in columns if not c.is_array]
        table = parse(source).get_first_table().to_table(use_names_over_ids=True)
        table = table[[c.name for c in scalars]]
        path = self.folder / "from_astropy.fits"
        for column in scalars:
            if column.datatype in TEXT:
                table[column.name] = [value or "" for value in column.values]
        table["flag"] = table["flag"].filled(False)  # astropy does not support missing logicals in FITS
        table.write(path)
        expected = replace_values(without_fields(scalars), lambda c, v:
                                  False if c.name == "flag" and v is None else v)
        for column, scalar in zip(expected, scalars):
            column.unit = scalar.unit
        found = through_uhuru(path, self.folder)
        for column in found:
            if column.unit:  # astropy writes them in its own notation
                same = units.Unit(column.unit) == units.Unit(
                    next(c.unit for c in scalars if c.name == column.name) or "", format="vounit")
                self.assertTrue(same, f"{column.name}: {column.unit}")
        self.assert_same(found, expected, "astropy FITS", with_field=False)


class DetailsTest(unittest.TestCase):
    def test_blanks_before_a_text_stay(self):
        columns = [Column("text", "char", [" QSO", "  a b", "x"], "*")]
        with scratch() as folder:
            folder = pathlib.Path(folder)
            model.write_tabledata(folder / "in.vot", columns)
            for name, options in [("a.vot", []), ("b.vot", ["--format", "votable-binary"]),
                                  ("c.vot", ["--format", "votable-binary2"]), ("d.fits", []),
                                  ("e.csv", []), ("f.tsv", [])]:
                with self.subTest(name):
                    convert(folder / "in.vot", folder / name, *options)
                    report = differences(through_uhuru(folder / name, folder), columns)
                    self.assertEqual(report, "")

    def test_fits_bits(self):
        bits = np.random.default_rng(10).random((7, 11)) < 0.5
        columns = [fits.Column("bits", "11X", array=bits),
                   fits.Column("bit", "X", array=bits[:, :1]),
                   fits.Column("byte", "8X", array=bits[:, :8])]
        with scratch() as folder:
            folder = pathlib.Path(folder)
            fits.BinTableHDU.from_columns(columns).writeto(folder / "in.fits")
            found = {c.name: c.values for c in through_uhuru(folder / "in.fits", folder)}
            self.assertEqual(found["bits"], bits.tolist())
            self.assertEqual(found["byte"], bits[:, :8].tolist())
            self.assertEqual(np.ravel(found["bit"]).tolist(), bits[:, 0].tolist())

    def test_fits_column_without_elements(self):
        """A column with repeat count 0 is valid."""
        columns = [fits.Column("empty", "0D", array=np.zeros((2, 0))),
                   fits.Column("ra", "D", array=np.array([1.5, 2.5]))]
        with scratch() as folder:
            folder = pathlib.Path(folder)
            fits.BinTableHDU.from_columns(columns).writeto(folder / "in.fits")
            found = {c.name: c.values for c in through_uhuru(folder / "in.fits", folder)}
            self.assertEqual(found["ra"], [1.5, 2.5])

    def test_null_marker_of_the_source_is_used_in_fits(self):
        columns = [Column("counts", "int", [-2**31, 2**31 - 1, None], null=-99)]
        with scratch() as folder:
            folder = pathlib.Path(folder)
            model.write_tabledata(folder / "in.vot", columns)
            convert(folder / "in.vot", folder / "out.fits")
            self.assertEqual(differences(through_uhuru(folder / "out.fits", folder), columns), "")

    def test_missing_elements(self):
        """A missing element of an array is not a value: it must not become a number or false."""
        columns = [Column("channels", "int", [[1, None, 3], [None, None, 5]], "3", null=-99),
                   Column("counts", "short", [[1, None], [None, 2, 3]], "*", null=-1),
                   Column("flags", "boolean", [[True, None, False], [None, None, True]], "3"),
                   Column("rates", "double", [[np.float64(1), None], [None, np.float64(2)]], "2")]
        with scratch() as folder:
            folder = pathlib.Path(folder)
            model.write_tabledata(folder / "in.vot", columns)
            for name, options in [("a.vot", []), ("b.vot", ["--format", "votable-binary"]),
                                  ("c.vot", ["--format", "votable-binary2"]), ("d.fits", [])]:
                with self.subTest(name):
                    convert(folder / "in.vot", folder / name, *options)
                    report = differences(through_uhuru(folder / name, folder), columns)
                    self.assertEqual(report, "")


if __name__ == "__main__":
    unittest.main()
