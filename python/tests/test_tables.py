"""Tables of every kind in, QTables out: units, masks, arrays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import astropy.units as u
import numpy as np
import pandas as pd
import pytest
from astropy.coordinates import SkyCoord
from astropy.table import MaskedColumn, QTable, Table
from astropy.utils.masked import Masked

import uhuru
from uhuru import _options, _tables
from uhuru._columns import plain_column


@pytest.fixture(scope="module")
def table() -> QTable:
    return uhuru.simulate(300)[0]


def kinds(table: QTable) -> dict[str, Any]:
    plain = Table({name: np.asarray(getattr(table[name], "unmasked", table[name])) for name in table.colnames})

    class Result:  # as of pyvo
        def to_table(self) -> Table:
            return plain

    shuffled = np.empty(len(table) * 2, dtype=plain.as_array().dtype)
    shuffled[::2] = plain.as_array()
    return {
        "Table": Table(table),
        "QTable": table,
        "data frame": plain.to_pandas(),
        "structured array": plain.as_array(),
        "structured array with gaps": shuffled[::2],
        "pyvo": Result(),
        "mapping": {name: plain[name] for name in plain.colnames},
        "rows": [table[i] for i in range(len(table))],
    }


def test_every_kind_gives_the_same(table: QTable, tmp_path: Path) -> None:
    X = uhuru.features(table)
    assert np.isnan(X).any() and X.shape == (300, 12)
    for name, kind in kinds(table).items():
        assert np.array_equal(uhuru.features(kind), X, equal_nan=True), name
    for ending in ("vot", "fits", "ecsv", "csv"):
        path = tmp_path / f"table.{ending}"
        uhuru.write(table, path)
        assert np.array_equal(uhuru.features(path), X, equal_nan=True)
        assert np.array_equal(uhuru.features(str(path)), X, equal_nan=True)


def test_units_are_converted_and_wrong_ones_are_errors(table: QTable) -> None:
    X = uhuru.features(table)
    converted = table.copy()
    converted["bb_kt"] = table["bb_kt"].to(u.eV)
    assert np.allclose(uhuru.features(converted)[:, 4], X[:, 4], rtol=1e-14, equal_nan=True)
    as_table = Table(converted)  # whose columns have units, too
    assert np.allclose(uhuru.features(as_table)[:, 4], X[:, 4], rtol=1e-14, equal_nan=True)
    converted["bb_kt"] = np.asarray(table["bb_kt"].value) * u.s
    with pytest.raises(ValueError, match="column bb_kt: wrong unit; expected keV.*found s"):
        uhuru.features(converted)


def test_positions(table: QTable) -> None:
    there = QTable({"ra": table["ra"][:50], "dec": table["dec"][:50], "n": np.arange(50)})
    expected = uhuru.crossmatch(table, there)
    radians = table.copy()
    radians["ra"], radians["dec"] = table["ra"].to(u.rad), table["dec"].to(u.rad)
    coordinates = SkyCoord(table["ra"], table["dec"]).galactic
    with_column = table.copy()
    with_column.remove_columns(["ra", "dec"])
    with_column["where"] = coordinates
    for left in (radians, coordinates, with_column, Table(table)):
        found = uhuru.crossmatch(left, there)
        assert (found["n"].mask == expected["n"].mask).all()
        assert (found["n"].filled(-1) == expected["n"].filled(-1)).all()
    assert uhuru.crossmatch(coordinates, there).colnames[0] == "ra"
    assert "position" not in uhuru.crossmatch(coordinates, there).colnames
    right = SkyCoord(table["ra"][:50], table["dec"][:50])
    assert uhuru.crossmatch(table, right)["separation_arcsec"].unit == u.arcsec
    for radius in (1, 1 * u.arcsec, (1 / 60) * u.arcmin, "1s"):
        assert (uhuru.crossmatch(table, there, radius)["n"].filled(-1) == expected["n"].filled(-1)).all()
    with pytest.raises(ValueError, match="radius: expected an angle"):
        uhuru.crossmatch(table, there, 1 * u.s)
    with pytest.raises(ValueError, match="find"):
        uhuru.crossmatch(table, there, find="nearest")
    wrong = QTable({"ra": [1.0] * u.s, "dec": [1.0] * u.deg})
    with pytest.raises(ValueError, match="unit"):
        uhuru.crossmatch(wrong, there)


def test_crossmatch_is_that_of_astropy() -> None:
    random = np.random.RandomState(1)
    left = SkyCoord(random.uniform(0, 1, 500), random.uniform(-0.5, 0.5, 500), unit="deg")
    right = SkyCoord(random.uniform(0, 1, 2000), random.uniform(-0.5, 0.5, 2000), unit="deg")
    near, separation, _ = left.match_to_catalog_sky(right)
    wanted = separation < 40 * u.arcsec
    found = uhuru.crossmatch(left, QTable({"ra": right.ra, "dec": right.dec, "row": np.arange(2000)}), 40)
    assert 50 < wanted.sum() < 450
    assert (found["row"].mask == ~wanted).all()
    assert (np.asarray(found["row"])[wanted] == near[wanted]).all()
    assert np.allclose(np.asarray(found["separation_arcsec"])[wanted],
                       separation[wanted].arcsec, atol=1e-8)


def test_crossmatch_with_nothing() -> None:
    some = QTable({"ra": [1.0], "dec": [2.0]})
    nothing = QTable({"ra": np.zeros(0), "dec": np.zeros(0), "id": np.zeros(0, "U5")})
    found = uhuru.crossmatch(some, nothing)
    assert len(found) == 1 and found["id"].mask.all()
    assert len(uhuru.crossmatch(nothing, some)) == 0


def test_labels() -> None:
    masked = MaskedColumn(["QSO", "x", "YSO"], mask=[False, True, False])
    assert _tables.labels(masked) == ["QSO", "", "YSO"]
    assert _tables.labels(["QSO", None, float("nan"), "", np.ma.masked, pd.NA]) == ["QSO"] + [""] * 5
    assert _tables.labels(["QSO", float("nan")]) == ["QSO", ""]
    assert _tables.labels(Masked(np.array(["QSO", "YSO"]), mask=[False, True])) == ["QSO", ""]
    assert _tables.labels(np.array([b"QSO", b""])) == ["QSO", ""]
    assert _tables.labels(pd.Series(["QSO", None])) == ["QSO", ""]
    assert _tables.labels(pd.Series(["QSO", None], dtype="string")) == ["QSO", ""]
    assert _tables.labels(pd.Series(["QSO", None], dtype="category")) == ["QSO", ""]
    assert _tables.labels(np.ma.masked_array([1, 2], mask=[True, False])) == ["", "2"]
    with pytest.raises(ValueError, match="expected 3 labels, one per row; found 2"):
        _tables.labels(["a", "b"], 3)


def test_n_jobs() -> None:
    assert _options.n_jobs(3) == 3 and _options.n_jobs(None) == 1
    assert _options.n_jobs(-1) >= 1 and _options.n_jobs(-1000) == 1
    with pytest.raises(ValueError, match="n_jobs"):
        _options.n_jobs(0)
    import joblib

    with joblib.parallel_backend("threading", n_jobs=3):
        assert _options.n_jobs(None) == 3


def odd_table() -> QTable:
    objects = np.empty(3, object)
    objects[:] = [np.array([1.0, 2.0]), np.zeros(0), np.array([3.0])]
    table = QTable({
        "number": np.array([1.5, np.nan, 3.0], "f4"),
        "quantity": Masked([1.0, 2.0, 3.0] * u.m, mask=[False, True, False]),
        "whole": MaskedColumn([1, 2, 3], mask=[False, False, True], dtype="i4"),
        "unsigned": np.array([1, 2, 2**40], "u8"),
        "tiny": np.array([-1, 2, 3], "i1"),
        "big_endian": np.array([1, 2, 3], ">i8"),
        "flag": MaskedColumn([True, False, True], mask=[False, True, False]),
        "text": MaskedColumn(["Ä b", "", "long text"], mask=[False, True, False]),
        "bytes": np.array([b"a", b"bc", b""]),
        "vector": np.arange(6.0).reshape(3, 2),
        "matrix": np.arange(18, dtype="i4").reshape(3, 2, 3),
        "transposed": np.arange(6.0).reshape(2, 3).T,
        "ragged": objects,
    })
    table["number"].info.description = "A number"
    table["quantity"].info.meta = {"ucd": "phys.size"}
    table.meta["note"] = "a note"
    table.meta["weight"] = 1.5
    return table


@pytest.mark.parametrize("format", ["votable", "votable-binary", "votable-binary2", "fits"])
def test_what_is_written_is_read(format: str, tmp_path: Path) -> None:
    table = odd_table()
    path = tmp_path / ("table.fits" if format == "fits" else "table.vot")
    uhuru.write(table, path, format=format)
    back = uhuru.read(path)
    assert back.colnames == table.colnames
    assert back["number"].dtype == np.float32 and np.isnan(np.asarray(back["number"])[1])
    assert back["quantity"].unit == u.m and list(back["quantity"].mask) == [False, True, False]
    assert back["quantity"].unmasked[2] == 3 * u.m
    assert list(back["whole"].mask) == [False, False, True] and back["whole"][0] == 1
    assert list(back["unsigned"]) == [1, 2, 2**40] and list(back["tiny"]) == [-1, 2, 3]
    assert list(back["big_endian"]) == [1, 2, 3]
    assert list(back["flag"].mask) == [False, True, False] and back["flag"].dtype == bool
    assert back["text"][0] == "Ä b" or format == "fits"  # FITS texts are ASCII
    assert back["text"].mask[1] and back["text"][2] == "long text"
    assert list(back["bytes"][:2]) == ["a", "bc"]
    assert (back["vector"] == table["vector"]).all() and (back["matrix"] == table["matrix"]).all()
    assert (back["transposed"] == table["transposed"]).all()
    assert [list(cell) for cell in back["ragged"].tolist() if cell is not None][0] == [1.0, 2.0]
    if format != "fits":
        assert back["number"].info.description == "A number"
        assert back["quantity"].info.meta["ucd"] == "phys.size"
        assert back.meta["note"] == "a note" and back.meta["weight"] == 1.5


@pytest.mark.parametrize("format", ["votable", "fits", "ecsv"])
def test_same_as_astropys_reader(format: str, table: QTable, tmp_path: Path) -> None:
    path = tmp_path / "table"
    uhuru.write(table, path, format=format)
    names = {"votable": "votable", "fits": "fits", "ecsv": "ascii.ecsv"}
    theirs = QTable.read(path, format=names[format])
    for ours in (uhuru.read(path), QTable.read(path, format=f"uhuru.{format}")):
        assert isinstance(ours, QTable) and ours.colnames == theirs.colnames
        for name in ours.colnames:
            assert getattr(ours[name], "unit", None) == getattr(theirs[name], "unit", None), name
            one = np.asarray(getattr(ours[name], "unmasked", ours[name]))
            other = np.asarray(getattr(theirs[name], "unmasked", theirs[name]))
            if one.dtype.kind == "f":  # beneath a mask may be anything
                for column, values in ((ours[name], one), (theirs[name], other)):
                    values[np.asarray(getattr(column, "mask", np.zeros(len(one), bool)))] = np.nan
                assert np.array_equal(one, other.astype(one.dtype), equal_nan=True), name
            else:
                assert one.astype("U").tolist() == np.char.strip(other.astype("U")).tolist(), name
    as_table = Table.read(path, format=f"uhuru.{format}")
    assert type(as_table) is Table and as_table["ra"].unit == u.deg


def test_astropys_writer(table: QTable, tmp_path: Path) -> None:
    table.write(tmp_path / "a.vot", format="uhuru.votable")
    with pytest.raises((FileExistsError, OSError)):
        table.write(tmp_path / "a.vot", format="uhuru.votable")
    table.write(tmp_path / "a.vot", format="uhuru.votable", overwrite=True)
    assert len(uhuru.read(tmp_path / "a.vot")) == len(table)


def test_several_files_are_one_table(table: QTable, tmp_path: Path) -> None:
    half = len(table) // 2
    folder = tmp_path / "fields"
    folder.mkdir()
    uhuru.write(table[:half], folder / "a.fits")
    uhuru.write(table[half:], folder / "b.vot")
    (tmp_path / "list.txt").write_text("fields/a.fits\nfields/b.vot\n")
    expected = uhuru.features(table)
    for name in (folder, f"{folder}/?.*", f"@{tmp_path}/list.txt"):
        assert len(uhuru.read(name)) == len(table)
        assert np.array_equal(uhuru.features(name), expected, equal_nan=True)


def test_errors_are_pythons_own(tmp_path: Path, table: QTable) -> None:
    with pytest.raises(FileNotFoundError, match="no such file"):
        uhuru.read(tmp_path / "absent.vot")
    with pytest.raises(FileNotFoundError, match="no such model"):
        uhuru.load_model("absent")
    with pytest.raises(FileNotFoundError, match="no such recipe"):
        uhuru.check(table, "absent")
    with pytest.raises(FileNotFoundError):
        uhuru.serve(tmp_path / "absent")
    (tmp_path / "words.vot").write_text("only words")
    with pytest.raises(ValueError):
        uhuru.read(tmp_path / "words.vot")
    uhuru.write(table, tmp_path / "there.vot")
    with pytest.raises(FileExistsError, match="overwrite=True"):
        uhuru.write(table, tmp_path / "there.vot")
    with pytest.raises(ValueError, match="format"):
        uhuru.write(table, tmp_path / "there.unknown")
    with pytest.raises(OSError):
        uhuru.write(table, tmp_path / "no" / "folder.vot")
    with pytest.raises(ValueError, match="other"):
        uhuru.features(QTable({"other": [1.0]}))
    with pytest.raises(ValueError, match="complex"):
        uhuru.write(QTable({"z": [1j]}), tmp_path / "z.vot")
    assert issubclass(uhuru.ServiceError, OSError)


def test_odd_content_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "odd.vot").write_text(
        '<VOTABLE><RESOURCE><TABLE><FIELD name="x" datatype="double"/><DATA><TABLEDATA>'
        "<TR><TD>1</TD></TR><TR><TD>many</TD></TR></TABLEDATA></DATA></TABLE></RESOURCE></VOTABLE>")
    with pytest.warns(uhuru.UhuruWarning, match="many"):
        table = uhuru.read(tmp_path / "odd.vot")
    assert table["x"].mask.tolist() == [False, True]


def test_numbers_are_not_copied() -> None:
    data = np.arange(10.0)
    spec = plain_column("x", data, None, "", "", "")
    assert spec[1] is data
    strided = np.arange(20.0)[::2]
    assert plain_column("x", strided, None, "", "", "")[1] is strided
    table = uhuru.simulate(10)[0]
    assert np.asarray(table["hard_hm"]).base is not None  # the core's memory


def test_metadata_of_results(table: QTable) -> None:
    classes = uhuru.load_model("csc2-published").predict_table(table)
    assert classes["ra"].unit == u.deg
    assert classes["p_qso"].info.meta["ucd"] and classes["p_qso"].info.description
    assert {"model": "csc2-published", "recipe": "csc2", "inputs": "table in memory",
            "version": uhuru.__version__}.items() <= classes.meta.items()
    uhuru.load_model("csc2-published").predict_table(table).to_pandas()


def test_whole_numbers() -> None:
    assert _options.whole("folds", np.int64(3), 2, 1000) == 3
    for value in (1, 1001):
        with pytest.raises(ValueError, match=f"folds: expected 2 to 1000; found {value}"):
            _options.whole("folds", value, 2, 1000)
    for wrong in (2.5, "3", None, True):
        with pytest.raises(TypeError, match="folds: expected a whole number"):
            _options.whole("folds", wrong, 2, 1000)


def test_wrong_options(table: QTable, tmp_path: Path) -> None:
    y = ["QSO"] * len(table)
    with pytest.raises(ValueError, match="random_state: expected 0 to"):
        uhuru.run(table, y, out=tmp_path / "run", random_state=-1)
    with pytest.raises(ValueError, match="n_components"):
        uhuru.run(table, y, out=tmp_path / "run", n_components=0)
    with pytest.raises(ValueError, match="folds"):
        uhuru.validate(table, y, folds=1)
    with pytest.raises(ValueError, match="split"):
        uhuru.validate(table, y, split="name")
    with pytest.raises(ValueError, match="coverage"):
        uhuru.validate(table, y, method="bayes", coverage=2)
    with pytest.raises(ValueError, match="method"):
        uhuru.run(table, y, out=tmp_path / "run", method="guess")
    with pytest.raises(ValueError, match="rows"):
        uhuru.simulate(0)
    with pytest.raises(ValueError, match="expected 300 labels"):
        uhuru.run(table, y[:5], out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_a_unit_of_which_the_recipe_says_nothing(table: QTable) -> None:
    odd = table.copy()
    odd["powlaw_gamma"] = np.asarray(table["powlaw_gamma"]) * u.m
    with pytest.warns(uhuru.UhuruWarning, match="powlaw_gamma has the unit m"):
        uhuru.features(odd)


def test_check_lists_wrong_units(table: QTable) -> None:
    odd = table.copy()
    odd["bb_kt"] = np.asarray(table["bb_kt"].value) * u.s
    check = uhuru.check(odd)
    assert not check and "bb_kt" in check.problems[0]
    assert check.data["rows"] == 300


def test_infinite_values_are_errors() -> None:
    X = np.zeros((70_000, 12))
    X[69_999, 3] = -np.inf
    with pytest.raises(ValueError, match="row 70000, feature 4: an infinite value"):
        uhuru.load_model("csc2-published").predict_proba(X)
