# SPDX-License-Identifier: Apache-2.0
"""A seat without a server: tynd-kiosk with an agent that is a thread of the test, which hands over one config and
connects every dialled desktop to one port. The session is the real one.

    with Seat(folder, target=("127.0.0.1", port), fingerprint=server.fingerprint) as seat:
        seat.sign_in(); server.wait_client(); ...; seat.kiosk.shot()
"""
import array, json, os, re, socket, struct, subprocess, threading
from pathlib import Path

from tynd import BIN, BUILD, Kiosk, Program

ONLINE, HELLO, DIAL = 7, 200, 203
STATUS, CONFIG, DIALED, DIALED_SOCKET = range(250, 254)
ENTER = 28
REFUSED = 59


class Agent(threading.Thread):
    """The other end of wire/agent.h for one kiosk."""

    def __init__(self, path, content, target):
        super().__init__(daemon=True)
        self.path, self.content, self.target = str(path), content, target
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.server.bind(self.path)
        os.chmod(self.path, 0o666)
        self.server.listen(1)
        self.kiosk = None
        self.start()

    def run(self):
        try:
            self.kiosk, _ = self.server.accept()
            while packet := self.kiosk.recv(65536):
                kind = struct.unpack_from("<I", packet)[0]
                if kind == HELLO:
                    self.greet()
                elif kind == DIAL:
                    self.dial(struct.unpack_from("<I", packet, 8)[0])
        except OSError:
            pass  # the kiosk ended

    def greet(self):
        self.send(STATUS, struct.pack("<II16s512s64s64s256s", ONLINE, 0, b"", b"https://tynd.example.org:8443", b"",
                                      b"10.1.2.3", b""))
        memory = os.memfd_create("config", os.MFD_ALLOW_SEALING)
        os.write(memory, self.content)
        self.send(CONFIG, struct.pack("<QII", 1, 1, 0), [memory])
        os.close(memory)

    def dial(self, number):
        try:
            made = socket.create_connection(self.target, 5)
        except OSError:
            self.send(DIALED, struct.pack("<II", number, REFUSED))
            return
        with made:
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.send(DIALED_SOCKET, struct.pack("<II", number, 0), [made.fileno()])

    def send(self, kind, body, fds=()):
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self.kiosk.sendmsg([struct.pack("<II", kind, len(body) + 8) + body], rights)

    def close(self):
        for one in (self.kiosk, self.server):
            if one:
                one.close()


def config(fingerprint, **changes):
    """What the agent hands over: one desktop, pinned."""
    work = {"name": "Work desktop", "host": "desktop.example", "port": 3389, "security": "tls",
            "trust": {"mode": "pinned", "pins": ["sha256:" + fingerprint.hex()]}}
    document = {"identity": {"organisation": "Skovby Kommune", "device": "SKOV-01"}, "desktops": {"work": work},
                "locale": {"language": "en", "timezone": "Europe/Copenhagen"}, "keyboard": {"layout": "us"}, **changes}
    return subprocess.run([str(BUILD / "kms/config"), "1"], input=json.dumps(document).encode(), stdout=subprocess.PIPE,
                          check=True).stdout


class Seat:
    def __init__(self, folder, target, fingerprint, size=(1280, 720), environment=None, options=(), outputs=1,
                 **changes):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.agent = Agent(self.folder / "agent", config(fingerprint, **changes), target)
        shape = (size[0], ",".join([f"{size[1]}"] + [f"{size[0]}x{size[1]}"] * (outputs - 1)))
        self.kiosk = Kiosk(self.folder, self.agent.path, shape, options, environment)

    def sign_in(self, seconds=60):
        self.kiosk.wait_screen("sign-in", seconds)
        self.kiosk.type("anna")
        self.kiosk.key(ENTER)
        self.kiosk.type("secret")
        self.kiosk.key(ENTER)
        self.kiosk.wait_screen("session", seconds)

    @property
    def log(self):
        return self.kiosk.text

    def session_pid(self):
        """The newest tynd-session that does something."""
        found = [pid for pid in tree(self.kiosk.process.pid) if command(pid) == "tynd-session"]
        return max(found, key=processor_ms) if found else None

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.kiosk.stop()
        self.agent.close()


class Screen(Program):
    """The kiosk on real KMS; it has no control socket."""

    def __init__(self, folder, card, target, fingerprint, environment=None, **changes):
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.agent = Agent(folder / "agent", config(fingerprint, **changes), target)
        super().__init__(folder, "kiosk", [BIN / "tynd-kiosk", "--display", f"kms:{card}", "--agent", self.agent.path,
                                           "--session-user", "64001", "--session", BIN / "tynd-session", "--locale",
                                           BUILD / "locale"], environment)

    def stop(self):
        super().stop()
        self.agent.close()


def command(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


def tree(pid):
    """A process and all below it."""
    try:
        below = [int(n) for task in Path(f"/proc/{pid}/task").iterdir() for n in (task / "children").read_text().split()]
    except OSError:
        below = []
    return [pid] + [one for child in below for one in tree(child)]


def processor_ms(pid, thread=None):
    """CPU time so far, of all threads or of one, in milliseconds (nanosecond counters of the scheduler)."""
    paths = [Path(f"/proc/{pid}/task/{thread}")] if thread else list(Path(f"/proc/{pid}/task").iterdir())
    total = 0
    for path in paths:
        try:
            total += int((path / "schedstat").read_text().split()[0])
        except (OSError, IndexError):
            pass  # a thread that just ended
    return total / 1e6


def threads(pid):
    """{thread id: name}"""
    return {int(path.name): (path / "comm").read_text().strip() for path in Path(f"/proc/{pid}/task").iterdir()}


def memory_kb(pid, field="VmHWM"):
    return int(re.search(rf"^{field}:\s+(\d+)", Path(f"/proc/{pid}/status").read_text(), re.M)[1])
