"""uhuru serve as a process, for tests."""

import http.client
import os
import pathlib
import signal
import socket
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
PROGRAM = os.environ.get("UHURU", str(ROOT / "build/release/uhuru"))

STILTS = ["stilts", "-Xmx512m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"]


def uhuru(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"{arguments}: exit code {done.returncode}\n{done.stderr}")
    return done.stdout


def simulated_run(folder, rows):
    """A run on simulated detections in folder/run; its input tables are in folder."""
    uhuru("simulate", "--rows", rows, "--out", folder / "d.csv", "--labels-out", folder / "l.csv")
    uhuru("run", "--detections", folder / "d.csv", "--labels", folder / "l.csv", "--out",
          folder / "run", "--quiet")
    return folder / "run"


def stilts(*arguments):
    """The output of stilts."""
    done = subprocess.run([*STILTS, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode != 0:
        raise AssertionError(f"stilts {' '.join(map(str, arguments))}\n{done.stderr}")
    return done.stdout + done.stderr


class Server:
    """uhuru serve on a free port; stopped with SIGTERM."""

    def __init__(self, *arguments):
        """`arguments`: a catalog, unless one is to be simulated, and options."""
        self.process = subprocess.Popen(
            [PROGRAM, "serve", *map(str, arguments), "--port", "0"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line.startswith("Ctrl-C"):
                break
        if not self.said:
            raise AssertionError(self.process.stderr.read())
        self.url = self.said.split(" · ")[1].split()[0]
        self.port = int(self.url.rsplit(":", 1)[1])

    def get(self, path, method="GET", headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request(method, path, headers=headers or {})
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer, body

    def raw(self, data, timeout=20):
        """The answer to these bytes."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=timeout) as client:
            received = b""
            try:
                client.sendall(data)
                while piece := client.recv(65536):
                    received += piece
            except (ConnectionError, socket.timeout):
                pass
            return received

    def has_read_all(self, client):
        """Whether it has read everything that this socket has sent, according to the kernel."""
        queues = {}  # by the ports of both ends: bytes to send, bytes received but not read
        with open("/proc/net/tcp") as rows:
            for row in rows.readlines()[1:]:
                _, local, remote, _, bytes_queued, *_ = row.split()
                ports = tuple(int(end.split(":")[1], 16) for end in (local, remote))
                queues[ports] = [int(count, 16) for count in bytes_queued.split(":")]
        port = client.getsockname()[1]
        return queues[port, self.port][0] == 0 and queues[self.port, port][1] == 0

    def end(self, with_signal=signal.SIGTERM):
        self.process.send_signal(with_signal)
        code = self.process.wait(20)
        errors = self.process.stderr.read()
        self.process.stdout.close()
        self.process.stderr.close()
        return code, errors
