"""A fault of one rank ends all of them with one message and no output; checkpoints."""

import os
import pathlib
import random
import re
import signal
import subprocess
import time
import unittest

from support import PROGRAM, ROOT, command, run, scratch

KILLS = int(os.environ.get("UHURU_MPI_KILLS", "12"))


def processes():
    """The numbers of the running ranks."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "exe") == PROGRAM:
                found.append(int(entry.name))
        except OSError:
            pass
    return found


class Faults(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = scratch()
        cls.path = pathlib.Path(cls.folder.name)
        cls.detections = cls.path / "d.fits"
        run(0, "simulate", "--rows", 60000, "--out", cls.detections)
        # Iterations enough to be killed in.
        text = (ROOT / "recipes/csc2.toml").read_text()
        text = re.sub(r"(?m)^max_iterations = .*$", "max_iterations = 150", text)
        cls.recipe = cls.path / "slow.toml"
        cls.recipe.write_text(re.sub(r"(?m)^tolerance = .*$", "tolerance = 0", text))

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def fails(self, ranks, *arguments, code=1):
        """The message of a command that must fail at once, and leave nothing."""
        with scratch() as folder:
            start = time.monotonic()
            _, said = run(ranks, *arguments, folder=folder, code=code)
            self.assertLess(time.monotonic() - start, 15)
            self.assertEqual(os.listdir(folder), [])
        self.assertEqual(said.count("uhuru: "), 1, said)
        return said

    def test_a_bad_file_is_said_once(self):
        missing = self.fails(3, "cluster", "nofile.fits", "--out", "c.csv")
        self.assertIn("no such file", missing)
        self.assertRegex(missing, "rank +0 of 3")
        text = self.path / "bad.csv"
        lines = ["name,obsid,region_id,hard_hs,hard_hm,hard_ms,var_prob_b,var_prob_h,var_prob_m,"
                 "var_prob_s,var_ratio_b,var_ratio_h,var_ratio_m,var_ratio_s"]
        lines += [f"x{i},1,{i}" + ",0.5" * 11 for i in range(20000)]
        lines[15000] = "x,1,1,inf" + ",0.5" * 10
        text.write_text("\n".join(lines) + "\n")
        said = self.fails(3, "predict", text, "--out", "p.csv")
        self.assertIn("infinite", said)
        self.assertIn("15,000" if "15,000" in said else "15000", said)

    def test_what_is_wrong_with_the_command_is_said_once(self):
        with scratch() as folder:
            _, said = run(3, "cluster", self.detections, "--outt", "c.csv", folder=folder, code=2)
        self.assertEqual(said.count("uhuru cluster: "), 1, said)
        said = self.fails(3, "cluster", "-", "--out", "c.csv", code=2)
        self.assertIn("several ranks cannot read what comes through a pipe", said)

    def test_too_little_memory_in_one_rank(self):
        # A rank with a limit that the fit exceeds.
        with scratch() as folder:
            limited = ["prlimit", "--as=700000000"]
            own = command(0, "cluster", self.detections, "--out", "c.csv", "--threads", "1")
            ranks = ["mpirun", "-n", "1", *own, ":", "-n", "1", *limited, *own]
            start = time.monotonic()
            done = subprocess.run(ranks, capture_output=True, text=True, cwd=folder)
            self.assertLess(time.monotonic() - start, 30)
            if done.returncode:  # MPI itself may fail, and says so
                self.assertEqual(os.listdir(folder), [])

    def test_a_full_disk(self):
        with scratch() as folder:
            small = pathlib.Path(folder) / "small"
            small.mkdir()
            if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", small],
                              capture_output=True).returncode:
                self.skipTest("a small file system cannot be mounted")
            try:
                _, said = run(3, "cluster", self.detections, "--out", small / "c.csv", code=1)
                self.assertEqual(os.listdir(small), [])
                self.assertEqual(said.count("uhuru: "), 1, said)
                self.assertIn("cannot write", said)
            finally:
                subprocess.run(["umount", small], check=True)

    def test_a_rank_is_killed_at_any_moment(self):
        arguments = ("cluster", self.detections, "--recipe", self.recipe, "--out", "c.csv")
        with scratch() as folder:
            start = time.monotonic()
            run(3, *arguments, folder=folder)
            whole = time.monotonic() - start
            complete = pathlib.Path(folder, "c.csv").read_bytes()
        random.seed(1)
        ended = 0
        for _ in range(KILLS):
            with scratch() as folder:
                # A session of its own: only its processes are killed.
                launcher = subprocess.Popen(command(3, *arguments), cwd=folder, text=True,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
                time.sleep(random.uniform(0.2, 0.95) * whole)
                ranks = processes()
                if ranks:
                    os.kill(random.choice(ranks), signal.SIGKILL)
                start = time.monotonic()
                _, said = launcher.communicate(timeout=60)
                self.assertLess(time.monotonic() - start, 10)
                self.assertEqual(processes(), [])
                ended += launcher.returncode == 0
                # A rank that is killed while it writes cannot remove its hidden file; the next
                # command does. Killed after the first rank has written, the output is there, and
                # whole.
                found = os.listdir(folder)
                if found:
                    if found[0].startswith(".c.csv.") and found[0].endswith(".partial"):
                        self.assertEqual(len(found), 1, found)
                        run(0, *arguments, folder=folder)
                        found = os.listdir(folder)
                    self.assertEqual(found, ["c.csv"], said)
                    self.assertTrue(pathlib.Path(folder, "c.csv").read_bytes() == complete)
        self.assertLess(ended, KILLS)

    def test_goes_on_from_a_checkpoint_with_another_number_of_ranks(self):
        arguments = ("cluster", self.detections, "--recipe", self.recipe, "--model-out", "m.json",
                     "--out", "c.csv")
        kept = ("--checkpoint", "kept", "--checkpoint-minutes", "0")
        with scratch() as expected, scratch() as folder:
            run(0, *arguments, folder=expected)

            def written():
                return max((path.stat().st_mtime_ns
                            for path in pathlib.Path(folder).glob("kept/fit-*.json")), default=0)

            for ranks in (2, 3, 0, 1):
                launcher = subprocess.Popen(command(ranks, *arguments, *kept), cwd=folder,
                                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
                before = written()
                while launcher.poll() is None and written() == before:
                    time.sleep(0.01)
                for process in processes():
                    os.kill(process, signal.SIGKILL)
                launcher.wait(timeout=60)
                self.assertTrue(written())
                self.assertNotIn("c.csv", os.listdir(folder))
            # That of other settings is not taken.
            _, said = run(2, *arguments, *kept, "--seed", "7", folder=folder, code=1)
            self.assertIn("the checkpoint is of another fit", said)
            run(8, *arguments, *kept, folder=folder)
            for name in ("c.csv", "m.json"):
                self.assertTrue(pathlib.Path(folder, name).read_bytes() ==
                                pathlib.Path(expected, name).read_bytes(), name)
            self.assertFalse(pathlib.Path(folder, "kept").exists())


if __name__ == "__main__":
    unittest.main()
