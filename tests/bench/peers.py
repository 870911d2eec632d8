# SPDX-License-Identifier: Apache-2.0
"""The clients that benchmarks of video measure, all told to do the same: ours (kiosk, headless, and session), xfreerdp3
under Xvfb, sdl-freerdp3 under Weston's headless back end, or under Xvfb where keys are typed and pixels watched.

Each has start(server, size), stop(), processes(): {"client": [pid], "display": [pid]}, and where `can_type`:
press(code) and pixel(x, y).
"""
import ctypes, mmap, os, subprocess, sys, time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "flow"))
import rdp
from seat import Seat, memory_kb, tree


def use_shipped_ffmpeg():
    """Every client from now on with the FFmpeg of the image, when it was built and we may mount. Only for this process
    and what it starts: the next benchmark begins with Debian's again."""
    built = sorted(Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")).glob("tynd/ffmpeg-*/version"))
    if not built or not os.environ.get("TYND_ROOT"):
        return "Debian's FFmpeg"
    os.unshare(os.CLONE_NEWNS)  # of tools/env's private one: nothing spreads
    for library in (built[-1].parent / "lib").glob("*.so.*"):
        place = Path("/usr/lib/x86_64-linux-gnu") / library.name
        if subprocess.run(["mount", "--bind", str(library), str(place.resolve())]).returncode != 0:
            return "Debian's FFmpeg"
    return "the image's FFmpeg"


def clock_ms(pid):
    """CPU time of a process so far, ended threads included."""
    try:
        return time.clock_gettime_ns(~pid << 3 | 2) / 1e6
    except OSError:
        return 0.0


class XScreen:
    """An Xvfb whose pixels are read from its memory."""

    def __init__(self, folder, size):
        self.desktop = rdp.Desktop(folder, size=size, terminal=False, server=False, colour="#000000")
        self.desktop.start_screen()
        self.desktop.xdotool("mousemove", "300", "500")
        self.desktop.end("openbox")
        with open(Path(folder) / "Xvfb_screen0", "rb") as file:
            self.memory = mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ)
        header = [int.from_bytes(self.memory[i * 4:i * 4 + 4], "big") for i in range(25)]
        self.start, self.line = header[0] + header[19] * 12, header[12]
        self.x11, self.xtst = ctypes.CDLL("libX11.so.6"), ctypes.CDLL("libXtst.so.6")
        self.x11.XOpenDisplay.restype = ctypes.c_void_p
        self.display = ctypes.c_void_p(self.x11.XOpenDisplay(self.desktop.display.encode()))

    @property
    def pid(self):
        return self.desktop.processes["xvfb"].pid

    def environment(self):
        return self.desktop.environment()

    def pixel(self, x, y):
        start = self.start + y * self.line + x * 4
        b, g, r = self.memory[start:start + 3]
        return r, g, b

    def key(self, code, down):
        self.xtst.XTestFakeKeyEvent(self.display, code + 8, down, 0)
        self.x11.XFlush(self.display)

    def focus(self):
        """Key presses go to the client's window."""
        self.desktop.xdotool("mousemove", "300", "500")
        found = rdp.wait_for("the window", lambda: self.desktop.xdotool("search", "--onlyvisible", "--name",
                                                                         "FreeRDP").split())
        self.desktop.xdotool("windowfocus", "--sync", found[-1])
        time.sleep(0.3)

    def close(self):
        self.memory.close()
        self.desktop.stop()


class Compositor:
    """Weston without a screen; it composes every frame into memory."""

    def __init__(self, folder, size):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.folder.chmod(0o700)
        with open(self.folder / "weston.log", "wb") as log:
            self.process = subprocess.Popen(
                ["weston", "--backend=headless", "--renderer=pixman", f"--width={size[0]}", f"--height={size[1]}",
                 "--socket=bench", "--no-config", "--shell=kiosk"], env=self.environment(), stdin=subprocess.DEVNULL,
                stdout=log, stderr=log)
        rdp.wait_for("Weston's socket", lambda: (self.folder / "bench").exists())

    @property
    def pid(self):
        return self.process.pid

    def environment(self):
        return {**os.environ, "XDG_RUNTIME_DIR": str(self.folder), "HOME": str(self.folder), "WAYLAND_DISPLAY": "bench",
                "SDL_VIDEO_DRIVER": "wayland", "SDL_VIDEODRIVER": "wayland"}

    def close(self):
        self.process.terminate()
        self.process.wait()


class Peer:
    """A client of FreeRDP on a screen."""

    def __init__(self, program, folder, screen_type=XScreen, environment=None):
        self.program, self.folder, self.screen_type = program, Path(folder), screen_type
        self.name = f"{program}, {'Xvfb' if screen_type is XScreen else 'Weston'}"
        self.environment, self.can_type = environment or {}, screen_type is XScreen
        self.runs = 0

    def start(self, server, size):
        self.runs += 1
        self.screen = self.screen_type(self.folder / f"{self.program}-{self.runs}", size)
        self.process = subprocess.Popen(
            [self.program, f"/v:{server.address}:{server.port}", "/u:anna", "/p:secret", "/sec:tls", "/cert:ignore",
             f"/w:{size[0]}", f"/h:{size[1]}", "-decorations", "/log-level:OFF", "/gfx:AVC444"],
            env={**self.screen.environment(), **self.environment}, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)

    def shown(self):
        """Called when the first picture is there."""

    def processes(self):
        return {"client": [self.process.pid], "display": [self.screen.pid]}

    def peak_mb(self):
        return memory_kb(self.process.pid) / 1024

    def frames_shown(self):
        return None

    def pixel(self, x, y):
        return self.screen.pixel(x, y)

    def press(self, code):
        """Down and up at once: a key that is held longer is repeated by X."""
        for down in (True, False):
            self.screen.key(code, down)

    def ready_to_type(self):
        self.screen.focus()

    def stop(self):
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.screen.close()


class Ours:
    """tynd-kiosk with the headless display, its spawner and the session."""

    name = "tynd"
    can_type = True

    def __init__(self, folder, environment=None):
        self.folder, self.runs, self.environment = Path(folder), 0, environment

    def start(self, server, size):
        self.runs += 1
        self.seat = Seat(self.folder / f"tynd-{self.runs}", (server.address, server.port), server.fingerprint, size,
                         self.environment)
        self.kiosk = self.seat.kiosk
        self.kiosk.wait_screen("sign-in")
        self.kiosk.type("anna")
        self.kiosk.key(28)
        self.kiosk.type("secret")
        self.kiosk.key(28)

    def shown(self):
        self.kiosk.wait_screen("session")

    def processes(self):
        return {"client": [pid for pid in tree(self.kiosk.process.pid) if pid != self.kiosk.process.pid],
                "display": [self.kiosk.process.pid]}

    def peak_mb(self):
        """Kiosk and session; the spawner is a page or two of the kiosk's."""
        return (memory_kb(self.kiosk.process.pid) + memory_kb(self.seat.session_pid())) / 1024

    def frames_shown(self):
        return int(self.kiosk.state()["commits"])

    def copied(self):
        return int(self.kiosk.state()["copied"])

    def ready_to_type(self):
        pass

    def press(self, code):
        """Both at once; the answers are read when the key is on its way."""
        self.kiosk.link.sendall(f"key {code} down\nkey {code} up\n".encode())
        for _ in range(2):
            self.kiosk.lines.readline()

    def pixel(self, x, y):
        return tuple(int(n) for n in self.kiosk.say(f"pixel {x} {y}").split())

    def stop(self):
        self.seat.__exit__()
