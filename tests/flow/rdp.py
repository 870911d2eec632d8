# SPDX-License-Identifier: Apache-2.0
"""A real desktop for flow tests and demos: Xvfb, openbox, xterm, served by FreeRDP's shadow server.

    with Desktop(folder, users={"anna": "secret"}) as desktop:
        desktop.port, desktop.fingerprint, desktop.typed(), desktop.screenshot()

The terminal's shell writes each line that is typed into it to folder/typed. Everything that was
started ends with the block, by process id.
"""
import hashlib, os, re, shutil, signal, socket, ssl, struct, subprocess, time
from pathlib import Path

SECONDS = 30
SHADOW = "freerdp-shadow-cli3"


def wait_for(what, condition, seconds=SECONDS):
    """The first true value of condition(); TimeoutError that says what was waited for."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not within {seconds} s")
        time.sleep(0.02)


def free_port(address="127.0.0.1"):
    with socket.socket() as probe:
        probe.bind((address, 0))
        return probe.getsockname()[1]


def ntlm_hash(password):
    """NT hash as winpr-hash3 makes it (MD4 of UTF-16LE)."""
    done = subprocess.run(["winpr-hash3", "-u", "x", "-p", password, "-f", "default"], check=True,
                          capture_output=True, text=True)
    return done.stdout.strip()


class Desktop:
    """Xvfb with a window manager, a terminal and an RDP server on it."""

    def __init__(self, folder, size=(1280, 720), users=None, security="nla", address="127.0.0.1",
                 port=None, terminal=True, server=True, options=(), colour="#204060"):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.size, self.users, self.security = size, users or {}, security
        self.address, self.port = address, port or free_port(address)
        self.has_terminal, self.has_server, self.options = terminal, server, list(options)
        self.colour = colour
        self.processes = {}
        self.display = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *unused):
        self.stop()

    def environment(self):
        return {**os.environ, "DISPLAY": self.display or "", "HOME": str(self.folder),
                "XDG_CONFIG_HOME": str(self.folder / "config"), "LANG": "C.UTF-8"}

    def spawn(self, name, command, **more):
        log = open(self.folder / f"{name}.log", "ab")
        self.processes[name] = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                start_new_session=True, env=self.environment(), **more)
        log.close()
        return self.processes[name]

    def start(self):
        self.start_screen()
        if self.has_terminal:
            self.start_terminal()
        if self.has_server:
            self.start_server()

    def start_screen(self):
        reader, writer = os.pipe()
        width, height = self.size
        self.spawn("xvfb", ["Xvfb", "-displayfd", str(writer), "-screen", "0", f"{width}x{height}x24",
                            "-nolisten", "tcp", "-noreset", "-fbdir", str(self.folder)], pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as stream:
            number = stream.readline().strip()
        if not number:
            raise RuntimeError(f"Xvfb did not start: see {self.folder}/xvfb.log")
        self.display = f":{number}"
        self.spawn("openbox", ["openbox"])
        wait_for("the window manager", lambda: "window id" in self.ask("xprop", "-root", "_NET_SUPPORTING_WM_CHECK"))
        subprocess.run(["xsetroot", "-solid", self.colour], env=self.environment(), check=True)

    def start_terminal(self):
        typed = self.folder / "typed"
        typed.write_text("")
        shell = f'stty -echo; stty echo; while IFS= read -r line; do printf "%s\\n" "$line" >> {typed}; done'
        self.spawn("xterm", ["xterm", "-fa", "monospace", "-fs", "11", "-geometry", "80x24+40+40", "-title", "tynd", "-e", "sh", "-c", shell])
        wait_for("the terminal's window", lambda: self.xdotool("search", "--onlyvisible", "--name", "^tynd$"))
        self.focus()

    def focus(self):
        """The terminal gets the keys."""
        wait_for("the terminal's focus", lambda: self.xdotool("search", "--onlyvisible", "--name", "^tynd$",
                                                              "windowactivate") == "" and
                 self.xdotool("getactivewindow", "getwindowname") == "tynd")

    def ask(self, *command):
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    def xdotool(self, *arguments):
        return self.ask("xdotool", *arguments)

    def start_server(self):
        command = [SHADOW, f"/port:{self.port}", f"/bind-address:{self.address}", "/log-level:WARN"]
        if self.security == "nla":
            sam = self.folder / "SAM"
            sam.write_text("".join(f"{user}:::{ntlm_hash(password)}:::\n" for user, password in self.users.items()))
            command += [f"/sam-file:{sam}", "/sec:nla"]
        else:
            command += ["/sec:tls", "-auth"]
        self.spawn("shadow", command + self.options)
        wait_for("the RDP server's port", self.answers)

    def answers(self):
        if self.processes["shadow"].poll() is not None:
            raise RuntimeError(f"{SHADOW} ended: see {self.folder}/shadow.log")
        inode = f"{int.from_bytes(socket.inet_aton(self.address), 'little'):08X}:{self.port:04X}"
        return any(line.split()[1] == inode and line.split()[3] == "0A"
                   for line in Path("/proc/net/tcp").read_text().splitlines()[1:])

    @property
    def fingerprint(self):
        """SHA-256 of the server's certificate, 32 bytes."""
        text = next((self.folder / "config").rglob("shadow.crt")).read_text()
        pem = re.search("-----BEGIN CERTIFICATE-----.*?-----END CERTIFICATE-----", text, re.S).group()
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).digest()

    def typed(self):
        """What arrived in the terminal so far."""
        return (self.folder / "typed").read_text()

    def screenshot(self):
        """The server's own screen as a PIL image: Xvfb writes it to a file that is always current."""
        from PIL import Image
        data = (self.folder / "Xvfb_screen0").read_bytes()
        header = struct.unpack(">25I", data[:100])
        size, width, height, line, colours = header[0], header[4], header[5], header[12], header[19]
        start = size + colours * 12
        order = "BGRX" if header[7] == 0 else "XRGB"
        pixels = data[start:start + line * height]
        return Image.frombuffer("RGB", (width, height), pixels, "raw", order, line, 1).copy()

    def kill_server(self):
        self.end("shadow", signal.SIGKILL)

    def end(self, name, number=signal.SIGTERM):
        process = self.processes.pop(name, None)
        if not process or process.poll() is not None:
            return
        process.send_signal(number)
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def stop(self):
        for name in list(self.processes)[::-1]:
            self.end(name)


def missing_programs():
    return [name for name in ("Xvfb", "openbox", "xterm", "xdotool", "xprop", "xsetroot", "winpr-hash3", SHADOW)
            if not shutil.which(name)]


class KnownServer:
    """tests/flow/rdp_server.c: known pixels, TLS, any credentials."""

    def __init__(self, folder, program):
        self.folder, self.address, self.port = Path(folder), "127.0.0.1", free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate = self.folder / "server.pem"
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out",
                        "server.pem", "-days", "2", "-subj", "/CN=desktop.example", "-addext",
                        "subjectAltName=DNS:desktop.example"], check=True, capture_output=True, cwd=self.folder)
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen([str(program), str(self.port), "server.pem", "server.key"], text=True,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
                                            cwd=self.folder)
        if self.process.stdout.readline() != "listening\n":
            raise RuntimeError(f"rdp_server did not start: see {self.folder}/server.log")

    @property
    def fingerprint(self):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).digest()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()

    @staticmethod
    def pixel(x, y, keys=0, size=(1280, 720)):
        """What it drew there, as (r, g, b)."""
        if keys and x < 64 and y < 64:
            return (keys * 37 & 255, keys * 91 & 255, 0x55)
        if 600 <= x < 664 and 400 <= y < 464:
            return ((x - 600) ^ (y - 400), (y - 400) * 4 & 255, (x - 600) * 4 & 255)
        if 100 <= y < 300 and x < 1024:
            i = x // 16
            return (i * 4 & 255, 255 - i * 4, i * 2)
        return (0x20, 0x40, 0x60)

    @classmethod
    def picture(cls, size, keys=0):
        from PIL import Image
        image = Image.new("RGB", size)
        image.putdata([cls.pixel(x, y, keys) for y in range(size[1]) for x in range(size[0])])
        return image
