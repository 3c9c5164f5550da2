"""Two network namespaces, joined by a line with a delay of 20 ms, as two hosts."""

import contextlib
import fcntl
import heapq
import os
import pathlib
import select
import shlex
import struct
import subprocess
import threading
import time
import unittest

from support import command, run, scratch

DELAY = 0.02
ENDS = (("uhuru-a", "uhuru0", "10.213.7.1"), ("uhuru-b", "uhuru1", "10.213.7.2"))


def ip(*arguments, check=True):
    return subprocess.run(["ip", *arguments], check=check, capture_output=True, text=True)


class SlowLine:
    """Carries packets between two tunnel devices, each after the delay. Not every kernel has netem,
    which would delay those of an ordinary device."""

    def __init__(self):
        self.devices = []
        for _, name, _ in ENDS:
            device = os.open("/dev/net/tun", os.O_RDWR)
            tun, no_header, set_device = 0x0001, 0x1000, 0x400454CA
            fcntl.ioctl(device, set_device, struct.pack("16sH", name.encode(), tun | no_header))
            self.devices.append(device)
        self.stopped, self.packets = False, 0
        self.thread = threading.Thread(target=self.carry)
        self.thread.start()

    def carry(self):
        waiting = []  # time, number, where to, packet
        while not self.stopped:
            until = waiting[0][0] - time.monotonic() if waiting else 0.1
            for device in select.select(self.devices, [], [], max(0, until))[0]:
                self.packets += 1
                to = self.devices[1 - self.devices.index(device)]
                heapq.heappush(waiting, (time.monotonic() + DELAY, self.packets, to,
                                         os.read(device, 65536)))
            while waiting and waiting[0][0] <= time.monotonic():
                _, _, to, packet = heapq.heappop(waiting)
                with contextlib.suppress(OSError):  # the device is not up yet
                    os.write(to, packet)

    def stop(self):
        self.stopped = True
        self.thread.join()
        for device in self.devices:
            os.close(device)


class Hosts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        if ip("netns", "add", ENDS[0][0], check=False).returncode:
            raise unittest.SkipTest("no network namespace can be made here")
        cls.addClassCleanup(ip, "netns", "del", ENDS[0][0], check=False)
        ip("netns", "add", ENDS[1][0])
        cls.addClassCleanup(ip, "netns", "del", ENDS[1][0], check=False)
        try:
            cls.line = SlowLine()
        except OSError as error:
            raise unittest.SkipTest("no tunnel can be made here") from error
        cls.addClassCleanup(cls.line.stop)
        for (space, name, address), (_, _, other) in zip(ENDS, ENDS[::-1]):
            ip("link", "set", name, "netns", space)
            ip("-n", space, "addr", "add", address, "peer", other, "dev", name)
            ip("-n", space, "link", "set", name, "up")
            ip("-n", space, "link", "set", "lo", "up")

    def on_two_hosts(self, folder, *arguments):
        """The launcher is on the first host, and starts its part on the second one as by ssh."""
        hosts = [f"ip netns exec {space} unshare --uts sh -c 'hostname {space}; exec \"$@\"' sh"
                 for space, _, _ in ENDS]
        agent = pathlib.Path(folder) / "agent"
        agent.write_text(f'#!/bin/sh\nshift\nexec {hosts[1]} sh -c "$*"\n')
        agent.chmod(0o755)
        launcher = ["mpirun", "--host", ",".join(f"{address}:1" for _, _, address in ENDS),
                    "--mca", "plm_rsh_agent", agent, "--mca", "pml", "ob1", "--mca", "btl",
                    "tcp,self", *command(0, *arguments, "--threads", "1")]
        return f"exec {hosts[0]} " + shlex.join(map(str, launcher))

    def test_the_same_bytes(self):
        with scratch() as folder:
            path = pathlib.Path(folder)
            run(0, "simulate", "--rows", 20000, "--out", path / "d.fits")
            run(0, "cluster", path / "d.fits", "--out", path / "alone.csv")
            start = time.monotonic()
            done = subprocess.run(
                self.on_two_hosts(folder, "cluster", path / "d.fits", "--out", path / "hosts.csv",
                                  "--verbose"), shell=True, capture_output=True, text=True,
                timeout=300)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn("2 in all", done.stdout)
            # Each meeting waits for the line.
            self.assertGreater(self.line.packets, 100)
            self.assertGreater(time.monotonic() - start, 1)
            self.assertTrue((path / "alone.csv").read_bytes() == (path / "hosts.csv").read_bytes())


if __name__ == "__main__":
    unittest.main()
