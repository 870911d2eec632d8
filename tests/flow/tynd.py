# SPDX-License-Identifier: Apache-2.0
"""The programs of tynd as a flow test starts them: server, tyndctl, agent, headless kiosk.

Each lives in a folder of its own, writes its log there, and ends with its `with` block, by process id.
"""
import json, os, re, socket, subprocess, tempfile, time
from pathlib import Path

from rdp import wait_for

TOP = Path(__file__).resolve().parents[2]
BUILD = TOP / os.environ.get("TYND_BUILD", "build")
BIN = BUILD / "bin"


def work_folder(name):
    """A new folder for one run; short, because socket paths are limited to 107 bytes."""
    return Path(tempfile.mkdtemp(prefix=f"tynd-{name}-"))


class Program:
    """One process: started, its log readable, ended by SIGTERM and, after 5 s, SIGKILL."""

    def __init__(self, folder, name, command, environment=None):
        self.name, self.log = name, Path(folder) / f"{name}.log"
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.DEVNULL, stdout=log,
                                            stderr=log, env={**os.environ, **(environment or {})})

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()

    @property
    def text(self):
        return self.log.read_text(errors="replace")

    def wait_line(self, pattern, seconds=30):
        """The match of a line of the log."""
        def probe():
            found = re.search(pattern, self.text, re.M)
            if not found and self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.text}")
            return found
        return wait_for(f"{self.name} to say {pattern!r}", probe, seconds)

    def memory_kb(self, field="VmHWM"):
        return int(re.search(rf"^{field}:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text(), re.M)[1])

    def children(self):
        pid = self.process.pid
        return [int(n) for n in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(5)
            except subprocess.TimeoutExpired:
                self.kill()


class Server(Program):
    """tynd-server on a port of its own choice; ctl() runs tyndctl against it with the first admin's token."""

    def __init__(self, folder, port=0, options=()):
        self.data = Path(folder) / "data"
        super().__init__(folder, "server", [BIN / "tynd-server", "--data", self.data, "--listen", f"127.0.0.1:{port}",
                                           *options])
        ready = self.wait_line(r"^tynd-server: ready on (https://\S+)$")[1]
        self.port = int(ready.rsplit(":", 1)[1])
        self.url = f"https://127.0.0.1:{self.port}"  # whatever name the devices use
        self.token = (self.data / "admin.token").read_text().strip()
        self.home = Path(folder) / "home"
        self.home.mkdir(exist_ok=True)
        self.ctl("login", self.url, "--token-file", self.data / "admin.token", "--ca", self.data / "ca.pem")

    def try_ctl(self, *words):
        return subprocess.run([str(BIN / "tyndctl"), *map(str, words)], stdin=subprocess.DEVNULL, capture_output=True,
                              text=True, timeout=60, env={**os.environ, "HOME": str(self.home)})

    def ctl(self, *words):
        done = self.try_ctl(*words)
        if done.returncode != 0:
            raise RuntimeError(f"tyndctl {' '.join(map(str, words))}: {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def ctl_json(self, *words):
        return json.loads(self.ctl("--json", *words))


class Agent(Program):
    """tynd-agent with a store, a command line and a network file of its own."""

    def __init__(self, folder, server, options=()):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.socket, self.store = folder / "agent", folder / "store"
        (folder / "cmdline").write_text(f"quiet tynd.server={server}\n" if server else "quiet\n")
        self.network = folder / "network"
        self.network.write_text("state=up\ninterface=lo\naddress=127.0.0.1\nrouter=\ndns=\ndomain=\nserver=\nntp=\n")
        user = ["--user", "root"] if os.geteuid() == 0 else []
        super().__init__(folder, "agent", [BIN / "tynd-agent", "--store", self.store, "--run", folder, "--socket", self.socket,
                                           "--cmdline", folder / "cmdline", "--network", self.network, *user, *options])
        wait_for("the agent's socket", lambda: self.socket.exists() or self.process.poll() is not None)


class Kiosk(Program):
    """tynd-kiosk on a headless display, driven over its control socket."""

    def __init__(self, folder, agent, size=(1280, 720), options=(), environment=None):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.control = self.folder / "control"
        user = ["--session-user", "64001"] if os.geteuid() == 0 else []
        super().__init__(folder, "kiosk", [BIN / "tynd-kiosk", "--display", f"headless:{size[0]}x{size[1]}", "--agent", agent,
                                           "--session", BIN / "tynd-session", "--locale", BUILD / "locale",
                                           "--control", self.control, *user, *options], environment)
        wait_for("the kiosk's control socket", lambda: self.control.exists() or self.process.poll() is not None)
        self.link = socket.socket(socket.AF_UNIX)
        self.link.settimeout(90)
        wait_for("the control socket to listen", self.connects)
        self.lines = self.link.makefile("r")

    def connects(self):
        """There is a moment between the socket's file and its listener."""
        try:
            self.link.connect(str(self.control))
        except ConnectionRefusedError:
            return self.process.poll() is not None
        return True

    def say(self, line):
        """One command; its answer, which must not be an error."""
        self.link.sendall(f"{line}\n".encode())
        answer = self.lines.readline().rstrip("\n")
        if not answer or answer.startswith(("error", "late")):
            raise RuntimeError(f"kiosk: {line!r}: {answer!r}")
        return answer

    def state(self):
        return dict(word.split("=", 1) for word in self.say("state").split())

    def wait(self, name, value, seconds=30):
        self.say(f"wait {name} {value} {int(seconds * 1000)}")

    def wait_screen(self, screen, seconds=30):
        self.wait("screen", screen, seconds)

    def type(self, text):
        self.say(f"type {text}")

    def key(self, *codes):
        """Evdev codes pressed in order and released in reverse."""
        for code in codes:
            self.say(f"key {code} down")
        for code in reversed(codes):
            self.say(f"key {code} up")

    def shot(self, name="shot", output=0):
        """The composed screen as a PIL image; the PNG stays in the folder."""
        from PIL import Image
        path = self.folder / f"{name}.png"
        self.say(f"shot {path} {output}")
        with Image.open(path) as image:
            return image.convert("RGB")

    def stop(self):
        self.link.close()
        super().stop()


BRIGHT = "#70B0E0"  # a desktop's background that difference() tells from a black screen


def difference(one, other):
    """Share of pixels of two pictures of one size whose brightness differs by more than 64/255: what a
    lossy codec does to edges of colour stays below, a missing letter does not, nor does BRIGHT on black."""
    from PIL import ImageChops
    if one.size != other.size:
        return 1.0
    high = ImageChops.difference(one.convert("L"), other.convert("L")).point(lambda v: 255 if v > 64 else 0)
    return high.histogram()[255] / (one.size[0] * one.size[1])
