# SPDX-License-Identifier: Apache-2.0
"""A virtual machine that boots the image: QEMU, its QMP socket, pictures, keys, and a channel
into the guest that exists only in the extra initramfs segment of the tests (guest/)."""
import ctypes, gzip, json, os, re, shutil, signal, socket, struct, subprocess, time
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
KEYS = {" ": "spc", "\n": "ret", "\t": "tab", "-": "minus", "=": "equal", ".": "dot", ",": "comma",
        "/": "slash", ";": "semicolon", "'": "apostrophe", "\\": "backslash", "[": "bracket_left",
        "]": "bracket_right", "`": "grave_accent"}
SHIFTED = dict(zip('!@#$%^&*()_+:"<>?|{}~', "1234567890-=;',./\\[]`"))


class Late(Exception):
    """Something did not happen in time."""


def wait_for(what, probe, seconds=600, pause=0.5):
    """The first true value of probe(), asked again until `seconds` are over."""
    end = time.monotonic() + seconds
    while True:
        value = probe()
        if value:
            return value
        if time.monotonic() > end:
            raise Late(f"{what}: not within {seconds} s")
        time.sleep(pause)


def data_disk(path):
    """A disk with one ext4 file system labelled TYND-DATA, as a device's data partition."""
    with open(path, "wb") as disk:
        disk.truncate(32 << 20)
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-L", "TYND-DATA", str(path)], check=True)


def end_with_parent():
    """Between fork and exec: a test that is killed takes its machine along."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def accelerator(image):
    """"kvm" where a kernel really starts with it (a device node alone says nothing), else "tcg"."""
    note = Path(image) / "accelerator"
    if not note.exists():
        command = ["timeout", "-s", "KILL", "4", "qemu-system-x86_64", "-accel", "kvm", "-cpu", "host", "-m", "256", "-nodefaults",
                   "-display", "none", "-no-reboot", "-serial", "stdio", "-kernel", str(image / "vmlinuz"),
                   "-append", "console=ttyS0 earlyprintk=serial panic=-1"]
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True)
        note.write_text("kvm" if b"Linux version" in done.stdout and b"Freeing unused" in done.stdout else "tcg")
    return note.read_text()


class Machine:
    def __init__(self, image, folder, name="machine", arguments="", disk=None, size=(1280, 720),
                 memory=768, guest=True, display="none", icount=False, heads=1, inputs=True):
        """`heads` > 1: the others come with plug_head(); without `inputs` keyboard and mouse come with plug()."""
        self.folder, self.name = Path(folder), name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.serial = self.folder / f"{name}.serial"
        self.process = self.qmp = self.channel = None
        cmdline = f"{(image / 'cmdline').read_text().strip()} no_timer_check {arguments}"
        initrd = image / "initrd"
        if guest:
            initrd = self.folder / f"{name}.initrd"
            initrd.write_bytes((image / "initrd").read_bytes() + guest_segment(self.folder))
        qmp, agent = self.folder / f"{name}.qmp", self.folder / f"{name}.agent"
        for path in (qmp, agent, self.serial):
            path.unlink(missing_ok=True)
        with_kvm = not icount and accelerator(image) == "kvm"
        processor = ["-accel", "kvm" if with_kvm else "tcg,thread=multi", "-cpu", "host" if with_kvm else "max", "-smp", "2"]
        if icount:  # time is instructions, 2 ns each
            processor = ["-accel", "tcg", "-cpu", "max", "-icount", "shift=1,sleep=off", "-rtc", "clock=vm"]
        command = ["qemu-system-x86_64", *processor,
                   "-m", str(memory), "-nodefaults", "-no-user-config", "-vga", "none",
                   "-device", f"virtio-gpu-pci,id=gpu,max_outputs={heads},xres={size[0]},yres={size[1]}",
                   "-device", "virtio-net-pci,netdev=net", "-netdev", "user,id=net",
                   "-display", display, "-serial", f"file:{self.serial}",
                   "-qmp", f"unix:{qmp},server=on,wait=off",
                   # A second serial port: a virtio port's buffers would be 8 MB of the guest's memory.
                   "-chardev", f"socket,id=agent,path={agent},server=on,wait=off", "-serial", "chardev:agent",
                   "-kernel", str(image / "vmlinuz"), "-initrd", str(initrd), "-append", cmdline]
        command += ["-device", "virtio-keyboard-pci", "-device", "virtio-tablet-pci"] if inputs else ["-device", "qemu-xhci,id=usb"]
        self.heads = {head: self.folder / f"{name}.head{head}" for head in range(heads) if heads > 1}
        for head, path in self.heads.items():
            path.unlink(missing_ok=True)
            command += ["-vnc", f"unix:{path},id=head{head},display=gpu,head={head}"]
        self.viewers = {}
        if disk:
            command += ["-drive", f"file={disk},format=raw,if=virtio,cache=writeback"]
        self.log = open(self.folder / f"{name}.qemu", "wb")
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log,
                                        preexec_fn=end_with_parent)
        self.qmp = self._connect(qmp)
        self._qmp_lines = self.qmp.makefile("rb")
        self._qmp_lines.readline()
        self.execute("qmp_capabilities")
        self.channel, self.channel_text = self._connect(agent), b""

    def _connect(self, path):
        def probe():
            if self.process.poll() is not None:
                raise RuntimeError(f"QEMU ended: {(self.folder / (self.name + '.qemu')).read_text()}")
            link = socket.socket(socket.AF_UNIX)
            try:
                link.connect(str(path))
                return link
            except OSError:
                link.close()
        return wait_for(f"QEMU's socket {path.name}", probe, 60, 0.1)

    def execute(self, command, **arguments):
        self.qmp.sendall(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
        while True:
            answer = json.loads(self._qmp_lines.readline())
            if "error" in answer:
                raise RuntimeError(f"{command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]

    def picture(self, name, head=0):
        """The screen as a PNG file, kept for people to look at."""
        path = self.folder / f"{name}.png"
        self.execute("screendump", filename=str(path), format="png", device="gpu", head=head)
        return path

    def plug_head(self, head, width, height):
        """A monitor of this size at output `head`; 0, 0: none. What a VNC viewer's window does to QEMU."""
        if head not in self.viewers:
            self.viewers[head] = Viewer(self.heads[head])
        self.viewers[head].set_size(width, height)

    def plug(self, driver, name):
        """A USB device: "usb-kbd", "usb-mouse", "usb-tablet"."""
        self.execute("device_add", driver=driver, id=name, bus="usb.0")

    def unplug(self, name):
        self.execute("device_del", id=name)

    def keys(self, *qcodes):
        """Press the keys in order, release them in reverse order."""
        steps = [(q, True) for q in qcodes] + [(q, False) for q in reversed(qcodes)]
        for qcode, down in steps:
            self.execute("input-send-event", events=[
                {"type": "key", "data": {"down": down, "key": {"type": "qcode", "data": qcode}}}])

    def type(self, text):
        """Type on a US keyboard."""
        for letter in text:
            shifted = letter.isupper() or letter in SHIFTED
            letter = SHIFTED.get(letter, letter.lower())
            key = KEYS.get(letter, letter)
            self.keys(*(["shift", key] if shifted else [key]))
            time.sleep(0.05)

    def point(self, x, y, size=(1280, 720)):
        self.execute("input-send-event", events=[
            {"type": "abs", "data": {"axis": axis, "value": round(at * 32767 / full)}}
            for axis, at, full in (("x", x, size[0]), ("y", y, size[1]))])

    def click(self, x, y, size=(1280, 720)):
        self.point(x, y, size)
        for down in (True, False):
            self.execute("input-send-event", events=[{"type": "btn", "data": {"down": down, "button": "left"}}])

    def guest(self, command, seconds=300):
        """Run a shell command as root in the guest: its output and exit code."""
        self.channel.settimeout(seconds)
        while not self.channel_text.endswith(b"ready\n"):  # before, nobody reads the port
            self.channel_text += self.channel.recv(1)
        mark = f"done-{time.monotonic_ns()}"
        self.channel.sendall(f"{command}\n{mark}\n".encode())
        text = b""
        while not (found := re.search(mark.encode() + rb" (\d+)\r?\n", text)):
            more = self.channel.recv(65536)
            if not more:
                raise RuntimeError("the guest's channel was closed")
            text += more
        return text[:found.start()].decode(errors="replace"), int(found.group(1))

    def serial_text(self):
        return self.serial.read_text(errors="replace") if self.serial.exists() else ""

    def stop(self):
        for link in (self.qmp, self.channel, *self.viewers.values()):
            if link:
                link.close()
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        (self.folder / f"{self.name}.initrd").unlink(missing_ok=True)


class Viewer:
    """As much of RFB 3.8 as it takes to say how large the window is: QEMU plugs in a monitor of that size."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(60)
        self.socket.connect(str(path))
        self.read(12)
        self.socket.sendall(b"RFB 003.008\n")
        self.read(self.read(1)[0])
        self.socket.sendall(b"\1")  # no password
        self.read(4)
        self.socket.sendall(b"\1")
        self.read(struct.unpack(">20xI", self.read(24))[0])
        self.socket.sendall(struct.pack(">BxHi", 2, 1, -308))  # ExtendedDesktopSize

    def read(self, size):
        data = b""
        while len(data) < size:
            more = self.socket.recv(size - len(data))
            if not more:
                raise RuntimeError("QEMU ended the viewer's connection")
            data += more
        return data

    def set_size(self, width, height):
        self.socket.sendall(struct.pack(">BxHHBxIHHHHI", 251, width, height, 1, 0, 0, 0, width, height, 0))

    def close(self):
        self.socket.close()


def guest_segment(folder):
    """An initramfs segment that only tests add: one more line of inittab and the channel's script."""
    stage = Path(folder) / "guest"
    shutil.rmtree(stage, ignore_errors=True)
    (stage / "etc").mkdir(parents=True)
    inittab = (TOP / "initramfs/inittab").read_text()
    (stage / "etc/inittab").write_text(inittab + "::respawn:/test-channel\n")
    script = stage / "test-channel"
    shutil.copy(TOP / "tests/machine/test-channel", script)
    script.chmod(0o755)
    names = "\n".join(str(p.relative_to(stage)) for p in sorted(stage.rglob("*")))
    cpio = subprocess.run(["cpio", "-o", "-H", "newc", "--quiet", "--owner=0:0"], cwd=stage, input=names.encode(),
                          stdout=subprocess.PIPE, check=True).stdout
    return gzip.compress(cpio, 1)
