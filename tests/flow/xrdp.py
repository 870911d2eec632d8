# SPDX-License-Identifier: Apache-2.0
"""A real desktop behind xrdp for flow and machine tests: xrdp, xrdp-sesman and Xorg with xorgxrdp.

    with Xrdp(folder, users={"anna": "secret"}) as server:
        server.port, server.fingerprint             # TLS on 127.0.0.1; the password is checked by PAM
        server.wait_session()                       # behind the first sign-in
        server.monitors(), server.typed(), server.xdotool(...), server.screenshot()

Everything lives in `folder` and in name spaces of its own (mounts, processes): config, accounts and PAM are
mounted over /etc there and nowhere else, and with the first process all of it ends. Needs root.
"""
import glob, os, re, shutil, socket, subprocess
from pathlib import Path

import rdp
from rdp import wait_for

USER_ID = 1500
PROGRAMS = ("xrdp", "xrdp-sesman", "xrandr", "openbox", "xterm", "xdotool", "xprop", "xsetroot", "openssl", "unshare",
            "/usr/lib/xorg/Xorg", "/usr/lib/xorg/modules/libxorgxrdp.so")

PAM = "auth required pam_unix.so\naccount required pam_unix.so\nsession required pam_unix.so\n"

# Runs as the first process of the name spaces, until its input or xrdp ends; $1 is the folder.
INSIDE = """set -e
mount --make-rprivate / 2>/dev/null || : # in a chroot / is no mount, and its mounts are private already
cd "$1"
mount -t tmpfs -o mode=0755 tmpfs /run
mkdir -p /run/xrdp/sockdir /tmp/.X11-unix
chmod 1777 /tmp/.X11-unix
mount --bind home /home
mount --bind etc/xrdp /etc/xrdp
for name in passwd group shadow pam.d/xrdp-sesman; do mount --bind "etc/$name" "/etc/$name"; done
xrdp-sesman --nodaemon --config /etc/xrdp/sesman.ini </dev/null >>sesman.out 2>&1 &
exec 3<&0
{ cat <&3 >/dev/null; kill -KILL -1; } & # all but the first process, which then has nothing to wait for
xrdp --nodaemon --config /etc/xrdp/xrdp.ini </dev/null 3<&-
"""

START = """#!/bin/sh
cd
export LANG=C.UTF-8 XDG_CONFIG_HOME=$HOME/.config
xsetroot -solid '{colour}'
openbox &
desktop=$!
until xprop -root _NET_SUPPORTING_WM_CHECK | grep -q 'window id'; do sleep 0.1; done
while kill -0 $desktop; do
	xterm -fa monospace -fs 11 -geometry 80x24+40+40 -title tynd -e sh -c \
		'while IFS= read -r line; do printf "%s\\n" "$line" >> ~/typed; done'
	echo "xterm ended: $?"
done &
{more}
wait $desktop
"""

XRDP = """[Globals]
ini_version=1
fork=true
port=tcp://127.0.0.1:{port}
security_layer={security}
certificate=/etc/xrdp/cert.pem
key_file=/etc/xrdp/key.pem
ssl_protocols=TLSv1.2, TLSv1.3
autorun=Xorg
allow_channels=true
allow_multimon=true
max_bpp=32
new_cursors=true
use_fastpath=both
[Logging]
LogFile={folder}/xrdp.log
LogLevel={level}
EnableSyslog=false
[Channels]
rdpdr=false
rdpsnd=false
drdynvc=true
cliprdr=false
rail=false
[Xorg]
name=Xorg
lib=libxup.so
username=ask
password=ask
port=-1
code=20
"""

SESMAN = """[Globals]
EnableUserWindowManager=false
DefaultWindowManager=startwm.sh
ReconnectScript=reconnectwm.sh
[Security]
AllowRootLogin=false
MaxLoginRetry=4
AlwaysGroupCheck=false
SessionSockdirGroup=root
XorgNoNewPrivileges=true
[Sessions]
X11DisplayOffset={display}
MaxDisplayNumber={last}
MaxSessions=5
KillDisconnected=false
Policy=Default
[Logging]
LogFile={folder}/sesman.log
LogLevel={level}
EnableSyslog=false
[Xorg]
param=/usr/lib/xorg/Xorg
param=-config
param=xrdp/xorg.conf
param=-noreset
param=-nolisten
param=tcp
param=-nolisten
param=local
param=-logfile
param=.xorgxrdp.%s.log
[Chansrv]
EnableFuseMount=false
[ChansrvLogging]
LogLevel=INFO
EnableSyslog=false
"""

def missing_programs():
    return [name for name in PROGRAMS if not (Path(name).exists() if name[0] == "/" else shutil.which(name))]


def free_display():
    """A display number whose socket nobody has."""
    names = Path("/proc/net/unix").read_text() + " ".join(glob.glob("/tmp/.X*"))
    return next(n for n in range(40 + os.getpid() % 400, 900) if not re.search(rf"X{n}\b", names))


class Xrdp:
    def __init__(self, folder, users=None, security="tls", codecs=("H.264", "RFX"), port=None, more="",
                 colour="#204060", level="INFO"):
        self.folder = Path(folder).resolve()
        self.users = users or {"anna": "secret"}
        self.security, self.codecs, self.more, self.colour, self.level = security, codecs, more, colour, level
        self.address, self.port = "127.0.0.1", port or rdp.free_port()
        self.display_number = free_display()
        self.display = f":{self.display_number}"
        self.home = self.folder / "home" / next(iter(self.users))
        self.process = None

    def write(self, path, text, mode=0o644):
        path = self.folder / "etc" / path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(mode)

    def make_accounts(self):
        """The machine's own accounts and ours; root cannot sign in."""
        lines = {name: Path("/etc", name).read_text() for name in ("passwd", "group", "shadow")}
        for number, (user, password) in enumerate(self.users.items(), USER_ID):
            done = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input=password, check=True, text=True,
                                  capture_output=True)
            lines["passwd"] += f"{user}:x:{number}:{number}::/home/{user}:/bin/sh\n"
            lines["group"] += f"{user}:x:{number}:\n"
            lines["shadow"] += f"{user}:{done.stdout.strip()}:19000:0:99999:7:::\n"
            home = self.folder / "home" / user
            home.mkdir(parents=True)
            os.chown(home, number, number)
        for name, text in lines.items():
            self.write(name, text, 0o600 if name == "shadow" else 0o644)
        self.write("pam.d/xrdp-sesman", PAM)

    def make_config(self):
        for path in [*glob.glob("/etc/xrdp/km-*.ini"), "/etc/xrdp/xrdp_keyboard.ini", "/etc/xrdp/rsakeys.ini"]:
            (self.folder / "etc/xrdp").mkdir(parents=True, exist_ok=True)
            shutil.copy(path, self.folder / "etc/xrdp")
        values = {"port": self.port, "security": self.security, "folder": self.folder, "level": self.level,
                  "display": self.display_number, "last": self.display_number + 9}
        self.write("xrdp/xrdp.ini", XRDP.format(**values))
        self.write("xrdp/sesman.ini", SESMAN.format(**values))
        order = ", ".join(f'"{name}"' for name in self.codecs)
        self.write("xrdp/gfx.toml", re.sub("(?m)^order = .*", f"order = [ {order} ]", Path("/etc/xrdp/gfx.toml").read_text()))
        self.write("xrdp/startwm.sh", START.format(colour=self.colour, more=self.more), 0o755)
        self.write("xrdp/reconnectwm.sh", "#!/bin/sh\n", 0o755)
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-out", "cert.pem",
                        "-days", "2", "-subj", "/CN=desktop.example", "-addext", "subjectAltName=DNS:desktop.example"],
                       check=True, capture_output=True, cwd=self.folder / "etc/xrdp")

    def start(self):
        self.folder.mkdir(parents=True, exist_ok=True)
        self.make_accounts()
        self.make_config()
        with open(self.folder / "xrdp.out", "ab") as log:
            self.process = subprocess.Popen(
                ["unshare", "--mount", "--propagation", "unchanged", "--pid", "--fork", "--kill-child", "--mount-proc",
                 "sh", "-c", INSIDE, "xrdp-inside", str(self.folder)],
                stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True)
        wait_for("xrdp's port", self.answers)

    def answers(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"xrdp ended: see {self.folder}/xrdp.out: {(self.folder / 'xrdp.out').read_text()[-500:]}")
        address = f"{int.from_bytes(socket.inet_aton(self.address), 'little'):08X}:{self.port:04X}"
        return any(line.split()[1] == address and line.split()[3] == "0A"
                   for line in Path("/proc/net/tcp").read_text().splitlines()[1:])

    def stop(self):
        if not self.process:
            return
        self.process.stdin.close()  # the first process there ends, and all others with it
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *unused):
        self.stop()

    @property
    def certificate(self):
        return self.folder / "etc/xrdp/cert.pem"

    @property
    def fingerprint(self):
        """SHA-256 of the server's certificate, 32 bytes."""
        done = subprocess.run(["openssl", "x509", "-in", str(self.certificate), "-noout", "-fingerprint", "-sha256"],
                              check=True, capture_output=True, text=True)
        return bytes.fromhex(done.stdout.split("=")[1].strip().replace(":", ""))

    def environment(self):
        return {**os.environ, "DISPLAY": self.display, "XAUTHORITY": str(self.home / ".Xauthority"), "LANG": "C.UTF-8"}

    def ask(self, *command):
        """What a command says that runs on the desktop; "" when it fails, as before the first sign-in."""
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True)
        return done.stdout.strip() if done.returncode == 0 else ""

    def xdotool(self, *arguments):
        return self.ask("xdotool", *arguments)

    def has_terminal(self):
        return bool(self.xdotool("search", "--onlyvisible", "--name", "^tynd$"))

    def wait_session(self, seconds=60):
        """The desktop is up: its terminal is seen and has the keys."""
        wait_for("the terminal on xrdp's desktop", self.has_terminal, seconds)
        self.focus()

    def focus(self):
        wait_for("the terminal's focus", lambda: self.xdotool("search", "--onlyvisible", "--name", "^tynd$",
                                                              "windowactivate") == "" and
                 self.xdotool("getactivewindow", "getwindowname") == "tynd")

    def monitors(self):
        """[(width, height, x, y, is_primary)] as the desktop's own programs see them, in its order."""
        found = re.findall(r"^ *\d+: \+(\*?)\S+ (\d+)/\d+x(\d+)/\d+\+(\d+)\+(\d+)", self.ask("xrandr", "--listmonitors"), re.M)
        return [(int(w), int(h), int(x), int(y), star == "*") for star, w, h, x, y in found]

    def typed(self):
        path = self.home / "typed"
        return path.read_text() if path.exists() else ""

    def screenshot(self):
        """The desktop's own picture, all monitors, as a PIL image."""
        from PIL import ImageGrab
        os.environ["XAUTHORITY"] = str(self.home / ".Xauthority")
        return ImageGrab.grab(xdisplay=self.display).convert("RGB")

    def log(self):
        """What xrdp wrote so far."""
        path = self.folder / "xrdp.log"
        return path.read_text(errors="replace") if path.exists() else ""
