# SPDX-License-Identifier: Apache-2.0
"""What the tests of tynd-kiosk share: an agent that does what a test wants, sign-in, pictures to compare with."""
import array, json, os, shutil, socket, struct, subprocess, time
from pathlib import Path

from PIL import Image

from tynd import BUILD, TOP

KEY = dict(esc=1, tab=15, enter=28, ctrl=29, a=30, b=48, shift=42, alt=56, caps=58, f9=67, f10=68, f11=87, home=102, left=105,
           delete=111, backspace=14)
BTN_LEFT = 0x110
STARTING, NETWORK, NO_SERVER, REACHING, APPROVAL, REFUSED, ONLINE, OFFLINE = range(1, 9)
STATUS, CONFIG, DIALED, DIALED_SOCKET = range(250, 254)


def build(folder, name, *more, modules=()):
    """A helper in C, linked with the modules that it needs."""
    program = folder / name
    libraries = [BUILD / "lib" / f"{m}.a" for m in modules]
    subprocess.run(["gcc", "-D_GNU_SOURCE", "-std=gnu17", "-Isrc", "-Itests", "-O1", "-o", str(program), f"tests/flow/{name}.c",
                    *more, "-Wl,--start-group", *map(str, libraries), "-Wl,--end-group", *(["-lcjson", "-lcrypto"] if modules else []),
                    *(["-fsanitize=address,undefined"] if modules and BUILD.name.endswith("san") else [])],
                   cwd=TOP, check=True)
    return program


class Agent:
    """The other end of wire/agent.h."""

    def __init__(self, path, config):
        """`config` is the program of tests/flow/kiosk_config.c."""
        self.path, self.program = str(path), str(config)
        self.kiosk, self.config = None, None
        self.listen()

    def listen(self):
        Path(self.path).unlink(missing_ok=True)
        self.server = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.server.bind(self.path)
        os.chmod(self.path, 0o666)
        self.server.listen(1)

    def accept(self):
        self.server.settimeout(20)
        self.kiosk, _ = self.server.accept()
        self.kiosk.settimeout(20)
        return self.expect(200)

    def gone(self):
        self.kiosk.close()
        self.server.close()
        Path(self.path).unlink()

    def expect(self, kind, skip=(204, 207, 208)):
        """The next message of this type; others only where `skip` allows them."""
        while True:
            packet = self.kiosk.recv(65536)
            got, size = struct.unpack_from("<II", packet)
            assert size == len(packet), (got, size, len(packet))
            if got == kind:
                return packet[8:]
            assert got in skip, f"message {got} while {kind} was expected"

    def send(self, kind, body, fds=()):
        packet = struct.pack("<II", kind, len(body) + 8) + body
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", fds))] if fds else []
        self.kiosk.sendmsg([packet], rights)

    def status(self, phase, reason=0, code="", server="https://tynd.example.org:8443", device="", address="10.1.2.3", detail=""):
        self.send(STATUS, struct.pack("<II16s512s64s64s256s", phase, reason, code.encode(), server.encode(), device.encode(),
                                      address.encode(), detail.encode()))

    def give(self, content, revision, trial=1):
        memory = os.memfd_create("config", os.MFD_ALLOW_SEALING)
        os.write(memory, content)
        self.send(CONFIG, struct.pack("<QII", revision, trial, 0), [memory])
        os.close(memory)

    def set(self, document, revision):
        done = subprocess.run([self.program, str(revision)], input=json.dumps(document).encode(),
                              capture_output=True)
        assert done.returncode == 0, done.stderr.decode()
        self.give(done.stdout, revision)

    def up(self):
        return struct.unpack("<Q", self.expect(201))[0]


def document(**changes):
    base = {"identity": {"organisation": "Viborg Kommune", "site": "Rådhuset", "device": "VIB-0042"},
            "locale": {"language": "en", "timezone": "Europe/Copenhagen"},
            "keyboard": {"layout": "dk"},
            "desktops": {"work": {"name": "Work desktop", "host": "rds.example.org", "port": 3389}},
            "sign_in": {"shows_password_button": True},
            "helpdesk": {"phone": "87 87 87 87", "text": ""},
            "messages": {}}
    return {**base, **changes}


def sign_in(kiosk, user, password="Hemmeligt-1!"):
    """From whatever is on the sign-in screen."""
    kiosk.wait_screen("sign-in")
    state = kiosk.state()
    if state["focus"] == "2":
        kiosk.key(KEY["shift"], KEY["tab"])
    kiosk.key(102)
    for _ in range(40):
        kiosk.key(KEY["delete"])
    kiosk.type(user)
    kiosk.key(KEY["enter"])
    kiosk.type(password)
    kiosk.key(KEY["enter"])


def pattern(width, height):
    image = Image.new("RGB", (width, height))
    image.putdata([(x & 255, y & 255, 0x40) for y in range(height) for x in range(width)])
    return image


def same(kiosk, expected, name):
    """Pixel-exact; the difference stays in the folder."""
    image = kiosk.shot(name)
    if image.tobytes() == expected.tobytes():
        return True
    expected.save(kiosk.folder / f"{name}-expected.png")
    return False


def settled(kiosk, expected, name, seconds=5):
    end = time.monotonic() + seconds
    while not same(kiosk, expected, name):
        if time.monotonic() > end:
            return False
    return True


def block(image, x, y, colour):
    image.paste(((colour >> 16) & 255, (colour >> 8) & 255, colour & 255), (x, y, x + 16, y + 16))


def wakeups(pid):
    total = 0
    for task in Path(f"/proc/{pid}/task").iterdir():
        for line in (task / "status").read_text().splitlines():
            if line.startswith(("voluntary_ctxt", "nonvoluntary_ctxt")):
                total += int(line.split()[1])
    return total


def quiet(folder):
    """What fontconfig keeps for the life of a process is no leak of ours."""
    (folder / "suppressions").write_text("leak:libfontconfig\n")
    return {"LSAN_OPTIONS": f"suppressions={folder}/suppressions:print_suppressions=0"}


def keep_pictures(folder):
    """For a person to look at: TYND_KEEP=FOLDER."""
    if os.environ.get("TYND_KEEP"):
        Path(os.environ["TYND_KEEP"]).mkdir(parents=True, exist_ok=True)
        for picture in folder.rglob("*.png"):
            shutil.copy(picture, os.environ["TYND_KEEP"])
