"""uhuru fetch tap against a service that fails in each of the ways that services fail: the result
is the complete table, or an error that names the service and the cause. Never a part of a table,
never an endless wait."""

import concurrent.futures
import contextlib
import fcntl
import os
import pathlib
import pty
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

import emulators
import resources
import votables
from fault_server import FaultServer, closed_port
from support import PROGRAM, SECRETS, FaultTest, ServerTest, csc, rows_of
from waiting import wait_for

ENCODINGS = ["tabledata", "binary", "binary2", "fits"]


class TapTest(FaultTest):
    def setUp(self):
        super().setUp()
        self.out = self.folder / "out.csv"

    def fetch(self, url, *options, out=None, query="SELECT 1", **how):
        return self.run_program("fetch", "tap", url, query, "--out", out or self.out, *options,
                                **how)

    def assert_fetched(self, behaviour, *options, requests=None, **how):
        """The complete table arrives, after this number of requests."""
        self.server.reset()
        self.out.unlink(missing_ok=True)
        said = self.fetch(self.server.tap(behaviour), *options, **how)
        self.assertEqual(rows_of(self.out),
                         [[c.name for c in votables.COLUMNS], *votables.ROWS], behaviour)
        if requests is not None:
            self.assertEqual(self.asked(), requests, behaviour)
        return said

    def assert_refused(self, behaviour, cause, *options, requests=None, out=None, **how):
        """A service error, with the service and the cause; no output."""
        out = out or self.out
        out.unlink(missing_ok=True)
        url = self.server.tap(behaviour)
        said = self.fetch(url, *options, code=3, out=out, **how)
        self.assertIn(url.split("/")[2], said, behaviour)
        self.assertRegex(said, cause, behaviour)
        self.assertFalse(out.exists(), behaviour)
        self.assertEqual(list(out.parent.glob(f"*{out.stem}*")), [], behaviour)
        if requests is not None:
            self.assertEqual(len([r for r in self.server.requests if r.behaviour == behaviour]),
                             requests, behaviour)
        return said

    def asked(self):
        return [request.endpoint for request in self.server.requests]

    def pauses(self):
        times = [request.time for request in self.server.requests]
        return [later - earlier for earlier, later in zip(times, times[1:])]


class AnswerTest(TapTest):
    def test_encodings(self):
        for encoding in ENCODINGS:
            for way in ["", ";gzip", ";chunked", ";gzip;chunked", ";until-closed",
                        ";gzip;until-closed"]:
                self.assert_fetched(f"format,{encoding}{way}", requests=["sync"])

    def test_query_arrives_as_it_is(self):
        query = "SELECT 'é ☆ + & % = \"quoted\"'\nFROM \"t\" -- 100 %"
        self.fetch(self.server.tap(), query=query)
        (self.folder / "query.adql").write_text(query)
        self.fetch(self.server.tap() + "/sync", "--overwrite", query="@query.adql")
        self.assertEqual([r.fields["QUERY"] for r in self.server.requests], [query, query])
        for request in self.server.requests:
            self.assertEqual(request.rest, ["sync"])
            self.assertEqual(request.fields["LANG"], "ADQL")
            self.assertEqual(request.fields["REQUEST"], "doQuery")
            self.assertNotIn("MAXREC", request.fields)

    def test_service_that_left_out_rows(self):
        self.assert_refused("overflow", "200 rows and OVERFLOW", requests=1)
        self.assert_refused("format,binary2;overflow", "200 rows and OVERFLOW", "--async")
        said = self.assert_fetched("overflow", "--maxrec", 200)
        self.assertEqual(self.server.requests[0].fields["MAXREC"], "200")
        self.assertIn(" · truncated", said)

    def test_upload(self):
        (self.folder / "positions.csv").write_text("ra,dec,name\n10.5,-20.25,a\n,3,b&c\n")
        for options in [[], ["--async"]]:
            self.assert_fetched("busy,503,1;busy,503,1@create", *options,
                                "--upload", "mine=positions.csv", "--upload", "again=positions.csv")
            for request in self.server.requests[:2]:  # a repeated request is the same
                self.assertEqual(sorted(request.fields["UPLOAD"].split(";")),
                                 [f"{n},param:{n}" for n in ["again", "mine"]])
                self.assertEqual(set(request.files), {"mine", "again"})
                sent = self.folder / "sent.vot"
                sent.write_bytes(request.files["mine"])
                self.local("convert", sent, "--out", "sent.csv", "--overwrite")
                self.assertEqual(rows_of(self.folder / "sent.csv"), [
                    ["ra", "dec", "name"], ["10.5", "-20.25", "a"], ["", "3.0", "b&c"]])

    def test_connection_is_kept(self):
        self.assert_fetched("well", "--async")
        self.assertEqual(len({request.client for request in self.server.requests}), 1)

    def test_requests_per_second(self):
        services = self.write_services({"http.requests_per_second": 5, "tap.longest_job_s": 20})
        self.assert_fetched("uws10", "--async", services=services)
        self.assertGreater(len(self.server.requests), 5)
        self.assertGreater(min(self.pauses()), 0.18)  # 0.2, as seen by the server


class RetryTest(TapTest):
    def test_recovers(self):
        for fault in ["reset,2", "lost,2", *(f"busy,{s},2" for s in [429, 502, 503, 504])]:
            said = self.assert_fetched(fault, requests=["sync"] * 3)
            self.assertEqual(said.count("retrying in"), 2, said)
            self.assert_fetched(f"{fault}@job", "--async")

    def test_gives_up(self):
        for fault, cause in [("reset", "is incomplete"), ("lost", "is incomplete"),
                             ("closed", "is incomplete"),
                             ("busy,503,always", "too busy"), ("busy,429,always", "too busy"),
                             ("busy,502,always", "too busy"), ("busy,504,always", "too busy")]:
            said = self.assert_refused(fault, cause, requests=3)
            self.assertIn("3 attempts", said)

    def test_pauses_grow_up_to_the_longest(self):
        services = self.write_services({"http.retries": 4, "http.first_pause_s": 0.1,
                                        "http.longest_pause_s": 0.4})
        self.assert_refused("busy,503,always", "too busy", services=services)
        for pause, least in zip(self.pauses(), [0.1, 0.2, 0.4, 0.4], strict=True):
            self.assertGreater(pause, least * 0.98)
            self.assertLess(pause, least + 0.5)

    def test_retry_after(self):
        for status in [429, 503]:
            self.assert_fetched(f"busy,{status},2,1", requests=["sync"] * 3)
            self.assertGreater(min(self.pauses()), 0.98)
        # A date has whole seconds: up to one of the two has passed.
        self.assert_fetched("busy,503,1,date+2", requests=["sync"] * 2)
        self.assertGreater(min(self.pauses()), 0.98)
        # An invalid time, or one in the past, is no reason to wait or to give up.
        for value in ["soon", "-5", "nan", "date+-100"]:
            said = self.assert_fetched(f"busy,503,1,{value}", requests=["sync"] * 2)
            self.assertIn("retrying in 1 s", said)
            self.assertLess(max(self.pauses()), 1)

    def test_service_that_asks_for_too_long_a_pause(self):
        for value in ["99999", "date+99999", "1e300"]:
            self.assert_refused(f"busy,503,2,{value}", "a request to retry in", requests=1,
                                limit_s=5)

    def test_unreachable(self):
        said = self.fetch(f"http://127.0.0.1:{closed_port()}/tap", code=3)
        self.assertRegex(said, "cannot be reached")
        self.assertIn("3 attempts", said)
        said = self.fetch("http://no-such-host.invalid/tap", code=3)
        self.assertIn("no-such-host.invalid", said)
        self.assertFalse(self.out.exists())

    def test_stalls(self):
        """libcurl averages the speed over the last seconds: a stall is noticed some seconds late."""
        once = self.write_services({"http.retries": 0}, "once.toml")
        twice = self.write_services({"http.retries": 1}, "twice.toml")
        too_long = self.write_services({"http.retries": 0, "http.stall_timeout_s": 60,
                                        "http.longest_answer_s": 3}, "too_long.toml")

        def refused(behaviour, services, *options):
            started = time.monotonic()
            out = self.folder / f"{behaviour}{len(options)}.csv"
            self.assert_refused(behaviour, "the service timed out", *options, out=out,
                                services=services, limit_s=30)
            self.assertLess(time.monotonic() - started, 15)
            return out

        with concurrent.futures.ThreadPoolExecutor(16) as pool:
            runs = [pool.submit(refused, behaviour, once, *options)
                    for behaviour in ["stall", "stall-middle", "slow", "stall@create", "stall@job"]
                    for options in [["--async"] if "@" in behaviour else []]]
            runs.append(pool.submit(refused, "slow,0.05", too_long))
            runs.append(pool.submit(self.fetch, self.server.tap("stall,1"), services=twice,
                                    out=self.folder / "second.csv", limit_s=30))
            for run in runs:
                run.result()
        self.assertEqual(len(rows_of(self.folder / "second.csv")), 201)


class NoTableTest(TapTest):
    def test_answers_that_are_no_table(self):
        for behaviour, cause, requests in [
                ("length-long", "is incomplete.*bytes remaining", 3),
                ("length-short", "VOTable is truncated", 1),
                ("chunked-cut", "is incomplete", 3),
                ("chunked-unended", "is incomplete", 3),
                ("until-closed-cut", "VOTable is truncated", 1),
                ("gzip-cut", "truncated|is incomplete", None),
                ("gzip-wrong", "is incomplete|incorrect", None),
                ("status,404", "404", 1),
                ("status,403", "403", 1),
                ("status,500", "500: No", 1),
                ("votable-error", "column <nosuch> is unknown", 1),
                ("votable-error,400", "column <nosuch> is unknown", 1),
                ("votable-error,500", "column <nosuch> is unknown", 1),
                ("text-error", "Error executing query: Column not found", 1),
                ("text-error,500", "Error executing query: Column not found", 1),
                ("html", "Down for maintenance", 1),
                ("html,500", "Down for maintenance", 1),
                ("garbage", "returned text|invalid answer from the service", 1),
                ("no-http", "not valid HTTP", 1),
                ("empty", "nothing", 1),
                ("no-table", "no table", 1),
                ("huge-headers", "answer is too large", 1),
                *((f"format,{e};late-error", "the disk is full", 1) for e in ENCODINGS)]:
            with self.subTest(behaviour=behaviour):
                said = self.assert_refused(behaviour, f"(?s){cause}", requests=requests)
                self.assertNotRegex(said, r"[\x00-\x08\x0e-\x1f\x7f]")
                self.server.reset()

    def test_no_part_of_a_table(self):
        """For any end of the answer, in each encoding."""
        for encoding in ENCODINGS:
            for way in ["", ";gzip"]:
                # The last: within the end tag. With gzip, all of the text may be available some
                # bytes before the end.
                last = 1 - 3 / len(votables.votable(encoding=encoding)) if not way else 0.99
                for part in [0.001, 0.05, 0.2, 0.4, 0.6, 0.8, 0.95, 0.98, last]:
                    behaviour = f"format,{encoding}{way};until-closed-cut,{part}"
                    with self.subTest(behaviour=behaviour):
                        self.assert_refused(behaviour, "truncated|the service returned|"
                                            "invalid answer from the service|is incomplete")

    def test_gzip_bomb(self):
        before = time.monotonic()
        self.assert_refused("gzip-bomb,64", r"(?s)answer is too large.*at most 33,554,432 bytes", requests=1)
        self.assertLess(time.monotonic() - before, 5)

    def test_existing_output_stays(self):
        self.out.write_text("precious")
        self.fetch(self.server.tap(), code=2)
        self.assertEqual(self.server.requests, [])  # reported before anything is requested
        for behaviour in ["late-error", "until-closed-cut", "reset", "overflow"]:
            self.fetch(self.server.tap(behaviour), "--overwrite", code=3)
            self.assertEqual(self.out.read_text(), "precious")
        self.fetch(self.server.tap(), "--overwrite")
        self.assertEqual(len(rows_of(self.out)), 201)

    def test_standard_output(self):
        """A reader must not mistake a part for the whole."""
        for behaviour in ["late-error", "until-closed-cut,0.9", "overflow"]:
            said = self.fetch(self.server.tap(behaviour), out="-", code=3)
            self.assertNotIn("id,ra", said)
        self.assertIn("id,ra,name\n0,0.0,source 0", self.fetch(self.server.tap(), out="-"))

    def test_stopped_in_a_pause(self):
        services = self.write_services({"http.first_pause_s": 60, "http.longest_pause_s": 60})
        program = subprocess.Popen(
            [PROGRAM, "fetch", "tap", self.server.tap("busy,503,always"), "SELECT 1", "--out",
             self.out, "--services", services], env=self.environment, stderr=subprocess.PIPE)
        wait_for(lambda: self.server.requests)
        program.send_signal(signal.SIGINT)
        self.assertIn(b"stopped", program.communicate(timeout=5)[1])
        self.assertEqual(program.returncode, -signal.SIGINT)

    def test_stopped_by_a_signal(self):
        for number in [signal.SIGINT, signal.SIGTERM]:
            program = subprocess.Popen(
                [PROGRAM, "fetch", "tap", self.server.tap("stall-middle"), "SELECT 1", "--out",
                 self.out, "--services", self.services],
                env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            wait_for(lambda: self.server.requests)
            self.server.requests.clear()
            program.send_signal(number)
            self.assertNotEqual(program.wait(5), 0)
            self.assertFalse(self.out.exists())


class RedirectTest(TapTest):
    def methods(self):
        return [request.method for request in self.server.requests]

    def test_followed(self):
        for status, method in [(301, "POST"), (302, "GET"), (303, "GET"), (307, "POST"),
                               (308, "POST")]:
            self.assert_fetched(f"redirect,{status},3")
            self.assertEqual(self.methods(), ["POST", *[method] * 3], status)
            if method == "POST":
                self.assertEqual({r.fields["QUERY"] for r in self.server.requests}, {"SELECT 1"})
            self.assert_fetched(f"redirect,{status},2@job", "--async")

    def test_to_another_host(self):
        for status in [301, 302, 307, 308]:  # where the service went
            self.assert_fetched(f"moved,{status}")
            self.assertEqual(self.methods(), ["POST", "POST"])
            self.assertTrue(self.server.requests[1].headers["host"].startswith("localhost"))
        (self.folder / "positions.csv").write_text("ra,dec\n1,2\n")
        self.assert_fetched("moved,307", "--upload", "mine=positions.csv")
        self.assertEqual(*(request.files for request in self.server.requests))
        self.assert_fetched("moved,301@create", "--async")

    def test_without_end(self):
        for status in [301, 302, 303, 307, 308]:
            self.assert_refused(f"redirect,{status},always", "too many redirects", requests=11)

    def test_to_what_is_no_service(self):
        for status in [301, 302, 303, 307, 308]:
            for place in ["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/x",
                          "javascript:1", "", None, "http:", "http://"]:
                with self.subTest(status=status, place=place):
                    self.server.elsewhere = place
                    self.assert_refused(f"redirect-to,{status}", "redirects to an invalid address")

    def test_name_and_password_of_a_redirect(self):
        """They are neither sent nor shown."""
        self.server.elsewhere = (f"http://{':'.join(SECRETS)}@localhost:{self.server.port}"
                                 "/status,404/sync")
        for status in [301, 302, 303, 307, 308]:
            said = self.fetch(self.server.tap(f"redirect-to,{status}"), code=3)
            self.assertTrue(self.server.requests[-1].headers["host"].startswith("localhost"))
            for word in SECRETS:
                self.assertNotIn(word, said)

    def test_addresses_that_are_none(self):
        for url in ["ftp://127.0.0.1/tap", "file:///etc/passwd", "", "tap", "http://",
                    f"http://{':'.join(SECRETS)}@127.0.0.1:{self.server.port}/well"]:
            said = self.fetch(url, code=2)
            self.assertNotIn(SECRETS[1], said)
        self.assertEqual(self.server.requests, [])


class ProgressTest(TapTest):
    def seen(self, columns, *arguments):
        """The output for a terminal of this width."""
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        program = subprocess.Popen([PROGRAM, "fetch", *arguments, "--services", self.services],
                                   env=self.environment, cwd=self.folder, stderr=theirs,
                                   stdout=subprocess.DEVNULL)
        os.close(theirs)
        text = b""
        with open(ours, "rb", buffering=0) as terminal, contextlib.suppress(OSError):
            while piece := terminal.read(4096):
                text += piece
        self.assertEqual(program.wait(5), 0)
        return text.decode()

    def test_fits_the_terminal(self):
        self.services = self.write_services(csc(self.server.tap("csc;pause,0.15")))
        self.server.catalog = emulators.Catalog(resources.COLUMNS)
        for columns in [20, 80]:
            states = self.seen(columns, "csc", "--out", f"{columns}.csv").split("\r\x1b[K")
            self.assertGreater(len(states), 5)
            self.assertLess(max(map(len, states)), columns)

    def test_is_there_while_the_first_answer_is_waited_for(self):
        self.services = self.write_services(
            csc(self.server.tap("csc;pause,3")) | {"http.stall_timeout_s": 20,
                                                   "csc.first_slices": 1})
        self.server.catalog = emulators.Catalog(resources.COLUMNS)
        self.assertRegex(self.seen(80, "csc", "--out", "a.csv"), "0 rows · 0/s ─+ 0 %")


class JobTest(TapTest):
    def jobs(self):
        return list(self.server.jobs.values())

    def tearDown(self):
        """Whatever happens, the service is not left with our jobs."""
        for job in self.jobs():
            self.assertTrue(job.deleted or "no-location" in job.items, job.items)
        super().tearDown()

    def test_phases(self):
        for behaviour in ["well", "relative", "uws10", "uws10;relative", "phases,COMPLETED",
                          "phases,QUEUED,HELD,EXECUTING,COMPLETED",
                          "phases,UNKNOWN,SUSPENDED,EXECUTING,COMPLETED"]:
            with self.subTest(behaviour=behaviour):
                self.assert_fetched(behaviour, "--async")
                (job,) = self.jobs()
                self.assertTrue(job.deleted)
                self.assertEqual(job.request.fields["QUERY"], "SELECT 1")
                self.assertEqual(self.asked()[-1], "delete")

    def test_service_may_hold_its_answer_back(self):
        """WAIT of UWS 1.1: few requests, however long the job takes."""
        services = self.write_services({"http.stall_timeout_s": 20, "tap.longest_job_s": 20})
        self.assert_fetched("phases,EXECUTING,COMPLETED;step,3", "--async", services=services)
        self.assertLessEqual(self.asked().count("job"), 3)

    def test_jobs_that_fail(self):
        for behaviour, cause in [
                ("phases,QUEUED,EXECUTING,ERROR", "the query failed: out of memory"),
                ("phases,ERROR", "the query failed: out of memory"),
                ("phases,EXECUTING,ERROR;error-text", "Error executing query: out of memory"),
                ("phases,ERROR;status,404@error", "the query failed"),
                ("phases,ERROR;status,500@error", "the query failed"),
                ("phases,EXECUTING,ABORTED", "ABORTED"),
                ("phases,ARCHIVED", "ARCHIVED"),
                ("phases,EXECUTING", r"(?s)takes too long.*EXECUTING"),
                ("phases,QUEUED;uws10", r"(?s)takes too long.*QUEUED"),
                ("phases,HELD,HELD,HELD", r"HELD"),
                ("vanish,1", "404"),
                ("vanish,2", "404"),
                ("no-location", "async"),
                ("status,500@phase;busy,503,always@job", "500|503"),
                ("status,500@job", "500"),
                ("garbage@job", "a UWS job document|invalid answer from the service"),
                ("html@job", "Down for maintenance|UWS job document|invalid answer"),
                ("empty@job", "UWS job document|invalid answer from the service"),
                ("status,500@result", "500"),
                ("status,404@result", "404"),
                ("votable-error@result", "nosuch"),
                ("html@result", "Down for maintenance"),
                ("until-closed-cut@result", "truncated"),
                ("late-error", "the disk is full"),
                ("reset@job", "is incomplete"),
                ("reset@result", "is incomplete"),
                ("redirect,303,always@result", "too many redirects")]:
            with self.subTest(behaviour=behaviour):
                self.assert_refused(behaviour, cause, "--async")
                self.server.jobs = {} if all(j.deleted for j in self.jobs()) else self.server.jobs

    def test_stopped_by_a_signal(self):
        """The job is deleted."""
        services = self.write_services({"http.stall_timeout_s": 20, "tap.longest_job_s": 20})
        for number in [signal.SIGINT, signal.SIGTERM]:
            program = subprocess.Popen(
                [PROGRAM, "fetch", "tap", self.server.tap("phases,EXECUTING"), "SELECT 1",
                 "--async", "--out", self.out, "--services", services], env=self.environment,
                stderr=subprocess.PIPE)
            wait_for(lambda: any(r.endpoint == "job" for r in self.server.requests))
            self.server.requests.clear()
            program.send_signal(number)
            self.assertEqual(program.communicate(timeout=5)[1], b"note: stopped\n")
            self.assertEqual(program.returncode, -number)
            self.assertFalse(self.out.exists())

    def test_job_that_is_refused(self):
        for behaviour, cause in [("votable-error,400@create", "nosuch"), ("html@create", "page"),
                                 ("status,404@create", "404"), ("text-error@create", "Column"),
                                 ("empty@create", "create|nothing")]:
            with self.subTest(behaviour=behaviour):
                self.assert_refused(behaviour, cause, "--async")
        self.server.jobs.clear()  # the emulator created them before it forgot to say so

    def test_lost_answers(self):
        """The service received PHASE=RUN, but its answer was lost: repeating it is no error."""
        for behaviour in ["lost,1@phase", "busy,503,1@phase", "reset,1@phase", "reset,1@result",
                          "lost,1@result", "reset,1@job", "busy,503,2@job", "busy,503,1@create",
                          "reset,1@delete", "busy,503,1@delete"]:
            with self.subTest(behaviour=behaviour):
                self.assert_fetched(behaviour, "--async")

    def test_table_does_not_wait_for_the_deletion(self):
        """A job that cannot be deleted is the service's concern and does not affect the table."""
        services = self.write_services({"http.stall_timeout_s": 300, "http.retries": 20,
                                        "http.longest_answer_s": 7200, "http.longest_pause_s": 60})
        behaviours = ["stall@delete", "busy,503,always@delete", "reset@delete",
                      "busy,503,always,60@delete", "status,500@delete"]
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            runs = [pool.submit(self.fetch, self.server.tap(behaviour), "--async", limit_s=12,
                                services=services, out=self.folder / f"{behaviour}.csv")
                    for behaviour in behaviours]
            for behaviour, run in zip(behaviours, runs):
                run.result()
                self.assertEqual(len(rows_of(self.folder / f"{behaviour}.csv")), 201)
        self.assertTrue(all(job.phase == "COMPLETED" for job in self.jobs()))
        self.server.jobs.clear()


class CertificateTest(ServerTest):
    def test_self_signed(self):
        with tempfile.TemporaryDirectory() as keys, FaultServer(certificate=keys) as server:
            out = self.folder / "out.csv"
            for host in ["127.0.0.1", "localhost"]:
                said = self.run_program("fetch", "tap", server.tap(host=host), "SELECT 1", "--out",
                                        out, code=3)
                self.assertRegex(said, "service's certificate is not trusted")
                self.assertIn(f"https://{host}:{server.port}", said)
            self.assertEqual(server.requests, [])
            self.assertFalse(out.exists())

    def test_service_that_speaks_no_tls(self):
        with FaultServer() as server:
            self.run_program("fetch", "tap", server.tap().replace("http:", "https:"), "SELECT 1",
                             "--out", pathlib.Path("out.csv"), code=3)


if __name__ == "__main__":
    unittest.main()
