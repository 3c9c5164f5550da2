"""uhuru fetch csc in pieces: whatever interrupts it, it resumes where it stopped, and the table has
the same bytes as that of an uninterrupted fetch."""

import os
import random
import re
import signal
import subprocess
import time
import unittest

import emulators
import resources
from support import PROGRAM, FaultTest, csc, rows_of
from waiting import wait_for

LIMIT = 150  # rows per query; the fullest slices are halved several times


def catalog():
    """Random detections, many of them in one part of the sky; some on the borders of slices, some
    at the same place."""
    columns = resources.COLUMNS
    chance = random.Random(1)
    rows = []
    for source in range(900):
        ra = chance.choice([chance.uniform(0, 360), chance.uniform(100, 103)])
        if source < 20:
            ra = [0.0, 22.5, 45.0, 90.0, 180.0, 270.0, 337.5, 359.9999, 360.0, 101.25][source % 10]
        dec = chance.uniform(-90, 90)
        for detection in range(chance.choice([1, 1, 1, 3])):
            cells = {c.name: repr(chance.gauss(0, 1)) if chance.random() > 0.1 else ""
                     for c in columns if c.type == "double precision"}
            rows.append(cells | {
                "name": f"2CXO J{source:06}", "ra": repr(ra), "dec": repr(dec),
                "obsid": str(chance.randrange(20000)), "obi": str(detection), "region_id": "1",
                "match_type": "u"})
    chance.shuffle(rows)
    return emulators.Catalog(columns, rows, limit=LIMIT, delay_s=0.01)


class FetchTest(FaultTest):
    def setUp(self):
        super().setUp()
        self.server.catalog = catalog()
        self.use("csc")
        self.out = self.folder / "csc.vot"
        self.pieces = self.folder / "csc.vot.pieces"

    def use(self, behaviour, **changes):
        self.services = self.write_services(csc(self.server.tap(behaviour)) | changes)

    def fetch(self, *options, out=None, **how):
        return self.run_program("fetch", "csc", "--out", out or self.out, *options, **how)

    def whole(self, out):
        """The bytes of an uninterrupted fetch, its number of queries, its time in seconds."""
        started, before = time.monotonic(), len(self.server.requests)
        self.fetch(out=out)
        content = out.read_bytes()
        out.unlink()
        return content, len(self.server.requests) - before, time.monotonic() - started

    def start(self, out=None):
        return subprocess.Popen(
            [PROGRAM, "fetch", "csc", "--out", out or self.out, "--services", self.services],
            env=self.environment, cwd=self.folder, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def assert_tidy(self, out):
        """Nothing is left except the output."""
        self.assertEqual([p.name for p in self.folder.glob(f"*{out.stem}*")], [out.name])


class WholeTest(FetchTest):
    def test_rows_and_slices(self):
        self.fetch(out=self.folder / "csc.csv")
        header, *rows = rows_of(self.folder / "csc.csv")
        expected = sorted(self.server.catalog.rows, key=lambda c: (
            float(c["ra"]), c["name"], int(c["obsid"]), int(c["obi"])))
        texts = {"name", "match_type"}
        self.assertEqual([[c and float(c) if h not in texts else c for h, c in zip(header, row)]
                          for row in rows],
                         [[cells[h] and float(cells[h]) if h not in texts else cells[h]
                           for h in header] for cells in expected])
        # The slices whose rows were used cover the circle exactly once.
        slices = [tuple(map(float, re.search(r"m\.ra >= (\S+) AND m\.ra <=? (\S+)$",
                                             request.fields["QUERY"]).groups()))
                  for request in self.server.requests]
        taken = [s for s in slices if not any(s[0] <= t[0] and t[1] <= s[1] and s != t
                                              for t in slices)]
        taken.sort()
        self.assertEqual((taken[0][0], taken[-1][1]), (0, 360))
        self.assertEqual([t[0] for t in taken[1:]], [t[1] for t in taken[:-1]])
        self.assertGreater(len(taken), 16)

    def test_order_of_the_service_does_not_show(self):
        first = self.whole(self.out)[0]
        random.Random(2).shuffle(self.server.catalog.rows)
        self.assertEqual(self.whole(self.out)[0], first)

    def test_columns_in_capitals(self):
        """As databases with case-insensitive names answer."""
        expected = self.whole(self.out)[0]
        answer = self.server.catalog.answer
        self.server.catalog.answer = lambda fields: re.sub(
            rb'(<FIELD ID="\w+" name=")(\w+)', lambda name: name[1] + name[2].upper(),
            answer(fields))
        self.assertEqual(self.whole(self.out)[0], expected)
        self.server.catalog.answer = lambda fields: answer(fields).replace(b'name="dec"',
                                                                           b'name="decl"')
        self.assertRegex(self.fetch(code=3), r"(?s)a column is missing from the service's table"
                                             r".*/csc.*expected  dec")

    def test_rows_without_end_at_one_place(self):
        place = self.server.catalog.rows[0]
        self.server.catalog.rows += [place | {"obi": str(obi)} for obi in range(3 * LIMIT)]
        said = self.fetch(code=3)
        self.assertIn("truncates even the smallest piece", said)
        self.assertFalse(self.out.exists())

    def test_service_without_overflow(self):
        """A service that truncates without reporting it stops at the requested number."""
        expected = self.whole(self.out)[0]
        self.use("csc", **{"csc.rows_per_query": LIMIT})
        answer = self.server.catalog.answer
        self.server.catalog.answer = lambda fields: answer(fields).replace(b"OVERFLOW", b"OK")
        self.assertEqual(self.whole(self.out)[0], expected)
        self.assertEqual({r.fields["MAXREC"] for r in self.server.requests[-5:]}, {str(LIMIT)})


class ResumeTest(FetchTest):
    def test_killed_at_random_moments(self):
        seed = int(os.environ.get("SEED", random.randrange(10**6)))
        print(f"test_killed_at_random_moments: SEED={seed}", flush=True)
        chance = random.Random(seed)
        whole = {}
        for name in ["csc.vot", "csc.csv", "csc.fits", "csc.vot.gz"]:
            whole[name] = self.whole(self.folder / name)
        for name in [*whole, *whole, "csc.vot", "csc.csv"]:
            out = self.folder / name
            expected, queries, seconds = whole[name]
            self.server.requests.clear()
            program = self.start(out)
            time.sleep(chance.uniform(0, seconds))
            program.kill()
            program.wait()
            if out.exists():  # it was faster
                self.assertEqual(out.read_bytes(), expected)
                out.unlink()
                continue
            self.fetch(out=out)
            self.assertEqual(out.read_bytes(), expected, name)
            self.assertLessEqual(len(self.server.requests), queries + 1)  # the one that was cut off
            self.assert_tidy(out)
            out.unlink()

    def test_killed_again_and_again(self):
        expected, queries, seconds = self.whole(self.out)
        self.server.requests.clear()
        kills = 0
        while not self.out.exists():
            program = self.start()
            try:
                program.wait(seconds / 5)
            except subprocess.TimeoutExpired:
                program.kill()
                program.wait()
                kills += 1
            self.assertLess(kills, 50)
        self.assertGreater(kills, 2)
        self.fetch("--overwrite") if self.pieces.exists() else None
        self.assertEqual(self.out.read_bytes(), expected)
        self.assertLessEqual(len(self.server.requests), queries + kills)

    def test_interrupted_by_signals(self):
        expected, queries, seconds = self.whole(self.out)
        self.server.requests.clear()
        for number in [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]:
            program = self.start()
            before = len(self.server.requests)
            wait_for(lambda: len(self.server.requests) > before + queries / 5)
            program.send_signal(number)
            self.assertNotEqual(program.wait(5), 0)
            self.assertFalse(self.out.exists())
        self.fetch()
        self.assertEqual(self.out.read_bytes(), expected)
        self.assertLessEqual(len(self.server.requests), queries + 3)
        self.assert_tidy(self.out)

    def test_says_that_it_goes_on(self):
        """Ctrl-C: the shell sees the signal, the user is told what to do. If ignored, it stays
        ignored."""
        command = [PROGRAM, "fetch", "csc", "--out", self.out, "--services", self.services]

        def interrupted(**how):
            program = subprocess.Popen(command, env=self.environment, cwd=self.folder, text=True,
                                       stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, **how)
            wait_for(lambda: list(self.pieces.glob("*.vot")))
            program.send_signal(signal.SIGINT)
            return program.communicate(timeout=20)[1], program.returncode
        self.server.catalog.delay_s = 0.1
        said, code = interrupted()
        self.assertEqual(code, -signal.SIGINT)
        self.assertIn("run the same command again to resume", said)
        self.assertTrue(list(self.pieces.glob("*.vot")))
        self.server.catalog.delay_s = 0
        ignore = lambda: signal.signal(signal.SIGINT, signal.SIG_IGN)  # noqa: E731
        self.assertEqual(interrupted(preexec_fn=ignore), ("", 0))
        self.assert_tidy(self.out)

    def test_service_that_dies(self):
        """Retries do not help; a later fetch resumes."""
        expected, queries, _ = self.whole(self.out)
        self.server.requests.clear()
        answer, answered = self.server.catalog.answer, []

        def fail_after_ten(fields):
            answered.append(fields)
            return answer(fields) if len(answered) <= 10 else b"Error executing query: gone\n"

        self.server.catalog.answer = fail_after_ten
        self.assertIn("Error executing query: gone", self.fetch(code=3))
        self.assertFalse(self.out.exists())
        self.server.catalog.answer = answer
        self.assertRegex(self.fetch(), r"pieces fetched earlier \d+ of \d+")
        self.assertEqual(self.out.read_bytes(), expected)
        self.assertEqual(len(self.server.requests), queries + 1)
        self.assert_tidy(self.out)

    def test_busy_service(self):
        expected = self.whole(self.out)[0]
        for behaviour in ["csc;busy,503,2", "csc;reset,2", "csc;lost,1", "csc;gzip;chunked"]:
            self.use(behaviour)
            self.assertEqual(self.whole(self.out)[0].replace(behaviour.encode(), b"csc"), expected)

    def interrupted(self):
        """Leaves pieces of a fetch."""
        answer = self.server.catalog.answer
        self.server.catalog.answer = lambda fields: (
            b"no" if "m.ra >= 180.0 " in fields["QUERY"] else answer(fields))
        self.fetch(code=3)
        self.server.catalog.answer = answer
        self.assertTrue(self.pieces.is_dir())

    def test_another_request(self):
        """Pieces of another query, or of another service, are not mixed in."""
        expected = self.whole(self.out)[0]
        self.interrupted()
        for options in [["--where", "o.theta < 3"], ["--columns", "theta"], ["--all"],
                        ["--cone", "1", "2", "3"]]:
            self.assertIn("--restart", self.fetch(*options, code=2))
        self.use("csc;chunked")
        self.assertIn("--restart", self.fetch(code=2))
        self.use("csc")
        self.fetch()
        self.assertEqual(self.out.read_bytes(), expected)

    def test_query_that_was_refused(self):
        """It leaves nothing that another fetch would have to remove."""
        expected = self.whole(self.out)[0]
        self.assertIn("nosuch", self.fetch("--columns", "nosuch", code=3))
        self.fetch()
        self.assertEqual(self.out.read_bytes(), expected)
        self.assert_tidy(self.out)

    def test_restart(self):
        expected, queries, _ = self.whole(self.out)
        self.interrupted()
        self.server.requests.clear()
        self.fetch("--restart")
        self.assertEqual(len(self.server.requests), queries)
        self.assertEqual(self.out.read_bytes(), expected)
        self.assert_tidy(self.out)

    def test_output_without_format(self):
        """This is reported before anything is requested, not at the end."""
        said = self.fetch(out=self.folder / "csc", code=2)
        self.assertIn("implies no format", said)
        self.assertEqual(self.server.requests, [])

    def test_output_that_exists(self):
        self.out.write_text("precious")
        self.fetch(code=2)
        self.assertEqual(self.server.requests, [])
        self.assertEqual(self.out.read_text(), "precious")
        self.fetch("--overwrite")
        self.assertGreater(len(self.out.read_bytes()), 10000)

    def test_two_at_once(self):
        expected = self.whole(self.out)[0]
        program = self.start()
        wait_for(self.pieces.exists)
        self.assertIn("another process", self.fetch(code=2))
        self.assertEqual(program.wait(30), 0)
        self.assertEqual(self.out.read_bytes(), expected)

    def test_columns_that_change_on_the_way(self):
        self.interrupted()
        self.server.catalog.columns["theta"] = resources.Column("theta", "text")
        said = self.fetch(code=3)
        self.assertIn("changed the columns", said)
        self.assertFalse(self.out.exists())

    def test_damaged_piece(self):
        """A full disk, a power failure: never a table of a part."""
        self.interrupted()
        piece = max(self.pieces.glob("*.vot"), key=lambda path: path.stat().st_size)
        whole = piece.read_bytes()
        for part in [0, 0.3, 0.9]:
            piece.write_bytes(whole[:int(len(whole) * part)])
            program = subprocess.run(
                [PROGRAM, "fetch", "csc", "--out", self.out, "--services", self.services],
                env=self.environment, cwd=self.folder, capture_output=True, timeout=20)
            self.assertNotEqual(program.returncode, 0)
            self.assertRegex(program.stderr.decode(),
                             r"(?s)a piece of the fetch is corrupt.*--restart")
            self.assertFalse(self.out.exists())
        self.fetch("--restart")


if __name__ == "__main__":
    unittest.main()
