# SPDX-License-Identifier: Apache-2.0
"""The kiosk's end of the wire to a tynd-session, for flow tests and benchmarks (src/wire/session.h)."""
import ctypes, mmap, os, select, socket, struct, subprocess, time
from pathlib import Path

BUILD = Path(os.environ.get("TYND_BUILD", Path(__file__).resolve().parents[2] / "build"))
USER = "65501"

(START, DIALED, KEY, LOCKS, POINTER, RELEASE, RESIZE, STOP, DIALED_SOCKET, RELEASE_BUFFER) = range(100, 110)
(PHASE, DIAL, POOL, FRAME, CURSOR, CURSOR_STATE, LEDS, ENDED, BUFFER, BUFFER_TWO) = range(150, 160)
NAMES = dict(zip(range(150, 160),
                 "PHASE DIAL POOL FRAME CURSOR CURSOR_STATE LEDS ENDED BUFFER BUFFER_TWO".split()))
(MOTION, BUTTON, WHEEL) = range(3)
AUTO, NLA, TLS = range(3)
DECODER_AUTO, DECODER_SOFTWARE, DECODER_OFF = range(3)
NO_SLOT = 0xffff
NV12 = 0x3231564e

u32, i32, u16, u64 = ctypes.c_uint32, ctypes.c_int32, ctypes.c_uint16, ctypes.c_uint64


def fields(*pairs):
    return [("type", u32), ("size", u32), *pairs]


class Monitor(ctypes.Structure):
    _fields_ = [("x", i32), ("y", i32), ("width", u32), ("height", u32), ("width_mm", u32), ("height_mm", u32),
                ("rotation_degrees", u32), ("scale_percent", u32), ("is_primary", u32)]


def make_monitors(monitors):
    """[{"x": 0, "y": 0, "width": 1280, ...}]: the first is primary unless one says so. And the box around all."""
    made = (Monitor * 16)()
    has_primary = any("is_primary" in one for one in monitors)
    for i, one in enumerate(monitors):
        made[i] = Monitor(**{"scale_percent": 100, "is_primary": 0 if has_primary else i == 0, **one})
    return made, tuple(max((one[at] + one[side] for one in monitors), default=0)
                       for at, side in (("x", "width"), ("y", "height")))


class Start(ctypes.Structure):
    _fields_ = fields(("host", ctypes.c_char * 256), ("port", u16), ("scale_percent", u16), ("width", u32),
                      ("height", u32), ("security", u32), ("pin_count", u32), ("pins", ctypes.c_uint8 * 32 * 4),
                      ("ca_size", u32), ("ca", ctypes.c_ubyte * 16384), ("user", ctypes.c_char * 256),
                      ("domain", ctypes.c_char * 256), ("password", ctypes.c_char * 512),
                      ("monitor_count", u32), ("monitors", Monitor * 16), ("decoder", u32), ("has_rdpevor", u32),
                      ("keyboard", u32), ("client_name", ctypes.c_char * 32), ("timezone", ctypes.c_char * 64))


class Resize(ctypes.Structure):
    _fields_ = fields(("width", u32), ("height", u32), ("scale_percent", u32), ("monitor_count", u32),
                      ("monitors", Monitor * 16))


class Video(ctypes.Structure):
    _fields_ = [("pool", u32), ("number", u32), ("is_new", u32), ("source", i32 * 4), ("target", i32 * 4),
                ("visible_count", u32), ("visible", i32 * 4 * 16)]


class Frame(ctypes.Structure):
    _fields_ = fields(("pool", u32), ("slot", u32), ("rect_count", u32), ("rects", i32 * 4 * 32),
                      ("video", Video))


class Buffer(ctypes.Structure):
    _fields_ = fields(("pool", u32), ("number", u32), ("kind", u32), ("format", u32), ("modifier", u64),
                      ("width", u32), ("height", u32), ("offsets", u32 * 2), ("strides", u32 * 2),
                      ("encoding", u32), ("range", u32))


def message(kind, layout, *values):
    body = struct.pack("=" + layout, *values)
    return struct.pack("=II", kind, 8 + len(body)) + body


class Closed(Exception):
    pass


class Worker:
    """One tynd-session in its sandbox. step() handles one message and returns (type, values)."""

    def __init__(self, program=None, options=(), log=None, environment=None, confined=True):
        program = str(program or BUILD / "bin/tynd-session")
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket = ours
        self.started = time.monotonic()
        command = [program, *options]
        if confined:
            command = [str(BUILD / "flow/confine"), USER, *command]
        # Descriptor 3 is the channel: a shell of two words puts it there.
        put = theirs.fileno()
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, close_fds=False,
                                        env=environment or {**os.environ}, preexec_fn=lambda: place(put))
        theirs.close()
        self.phases, self.dials, self.frames, self.cursors, self.states = [], [], 0, [], []
        self.ended = None
        self.pool = self.memory = self.size = None
        self.shown = None
        self.buffers, self.video, self.held = {}, None, None
        self.video_frames = 0
        self.target = None
        self.dial = self.dial_tcp

    def start(self, host, port, user="anna", password="secret", size=(1280, 720), security=AUTO, pins=(), ca=b"",
              monitors=(), **more):
        made, box = make_monitors(monitors)
        size = box if monitors else size
        text = Start(type=START, size=ctypes.sizeof(Start), host=host.encode(), port=port, scale_percent=100,
                     width=size[0], height=size[1], security=security, pin_count=len(pins), ca_size=len(ca),
                     user=user.encode(), password=password.encode(), keyboard=0x409, client_name=b"tynd-test",
                     timezone=b"Europe/Copenhagen", monitor_count=len(monitors), monitors=made)
        for i, pin in enumerate(pins):
            text.pins[i][:] = list(pin)
        text.ca[:len(ca)] = list(ca)
        for name, value in more.items():
            setattr(text, name.removeprefix("raw_"), value)
        self.send(bytes(text))

    def resize(self, size=(0, 0), scale=100, monitors=()):
        made, box = make_monitors(monitors)
        width, height = box if monitors else size
        self.send(bytes(Resize(type=RESIZE, size=ctypes.sizeof(Resize), width=width, height=height, scale_percent=scale,
                               monitor_count=len(monitors), monitors=made)))

    def send(self, data, descriptors=()):
        try:
            if descriptors:
                socket.send_fds(self.socket, [data], list(descriptors))
            else:
                self.socket.send(data)
        except (BrokenPipeError, ConnectionResetError):
            raise Closed from None

    def dial_tcp(self, number, host, port):
        """The agent's part: a connected socket, or the reason that there is none."""
        try:
            made = socket.create_connection(self.target or (host, port), 5)
        except OSError:
            self.send(message(DIALED, "II", number, 59))
            return
        with made:
            self.send(message(DIALED_SOCKET, "II", number, 0), [made.fileno()])

    def receive(self, seconds):
        if not select.select([self.socket], [], [], max(0, seconds))[0]:
            return None
        for _ in range(2):  # an end with messages unread is told once, before what is left to read
            try:
                data, descriptors, *_ = socket.recv_fds(self.socket, 65536, 4)
                break
            except ConnectionResetError:
                data, descriptors = b"", []
        if not data:
            raise Closed
        return data, descriptors

    def step(self, seconds=30):
        """One message, or None when none came in time. Closed: the worker is gone."""
        got = self.receive(seconds)
        if not got:
            return None
        data, descriptors = got
        kind, size = struct.unpack_from("=II", data)
        assert size == len(data), f"{NAMES.get(kind, kind)}: {size} in the header, {len(data)} came"
        assert kind in NAMES, f"message {kind} is not one of a session"
        getattr(self, "on_" + NAMES[kind].lower())(data, descriptors)
        for descriptor in descriptors:
            os.close(descriptor)
        return kind

    def on_phase(self, data, _):
        self.phases.append(struct.unpack_from("=I", data, 8)[0])

    def on_dial(self, data, _):
        number, port = struct.unpack_from("=IH", data, 8)
        host = data[16:].split(b"\0")[0].decode()
        self.dials.append((host, port))
        self.dial(number, host, port)

    def on_pool(self, data, descriptors):
        number, width, height, stride, form = struct.unpack_from("=5I", data, 8)
        assert form == 0x34325258 and stride >= width * 4 and stride % 4 == 0, (hex(form), width, stride)
        if self.memory:
            self.memory.close()
        self.memory = mmap.mmap(descriptors[0], stride * height * 3, prot=mmap.PROT_READ)
        self.pool, self.size, self.stride, self.shown = number, (width, height), stride, None

    def on_frame(self, data, _):
        frame = Frame.from_buffer_copy(data)
        self.frames += 1
        self.on_video(frame.video)
        if frame.slot == NO_SLOT:
            assert frame.rect_count == 0 and self.shown is not None, "no picture of the desktop yet"
            return
        assert frame.pool == self.pool and frame.slot < 3 and 1 <= frame.rect_count <= 32
        assert frame.slot != self.shown, "the slot is still the kiosk's"
        for i in range(frame.rect_count):
            x1, y1, x2, y2 = frame.rects[i]
            assert 0 <= x1 < x2 <= self.size[0] and 0 <= y1 < y2 <= self.size[1], (x1, y1, x2, y2)
        self.last_rects = [tuple(frame.rects[i]) for i in range(frame.rect_count)]
        if self.shown is not None:
            self.send(message(RELEASE, "II", self.pool, self.shown))
        self.shown = frame.slot

    def on_buffer(self, data, descriptors):
        """One of a video's buffers; a newer pool takes the place of the older."""
        made = Buffer.from_buffer_copy(data)
        assert made.kind == 0 and made.format == NV12 and made.pool > 0 and made.number < 32, made.kind
        assert (made.pool, made.number) not in self.buffers, "announced twice"
        assert all(pool <= made.pool for pool, _ in self.buffers), "pools grow"
        size = os.fstat(descriptors[0]).st_size
        assert made.offsets[0] % 4096 == 0
        assert made.offsets[0] + made.strides[0] * made.height <= size
        assert made.offsets[1] + made.strides[1] * made.height // 2 <= size
        memory = mmap.mmap(descriptors[0], size, prot=mmap.PROT_READ)
        self.buffers[made.pool, made.number] = (made, memory)

    def on_video(self, video):
        """Hold its buffer until a frame names another one."""
        name = (video.pool, video.number) if video.pool else None
        if name:
            assert name in self.buffers, f"buffer {name} was not announced"
            made = self.buffers[name][0]
            left, top, right, bottom = video.source
            assert 0 <= left < right <= made.width and 0 <= top < bottom <= made.height, list(video.source)
            left, top, right, bottom = video.target
            assert 0 <= left < right <= self.size[0] and 0 <= top < bottom <= self.size[1], list(video.target)
            assert video.visible_count <= 16
            self.video_frames += 1
        if self.held and self.held != name:
            self.send(message(RELEASE_BUFFER, "II", *self.held))
        self.held, self.video = name, video if name else None

    def on_cursor(self, data, descriptors):
        self.cursors.append(struct.unpack_from("=4I", data, 8))
        width, height = self.cursors[-1][:2]
        assert os.fstat(descriptors[0]).st_size >= width * height * 4

    def on_cursor_state(self, data, _):
        self.states.append(struct.unpack_from("=Iii", data, 8))

    def on_leds(self, data, _):
        pass

    def on_ended(self, data, _):
        self.ended = struct.unpack_from("=II", data, 8)

    def run_until(self, condition, seconds=30):
        """Handle messages until the condition holds; True when it does."""
        end = time.monotonic() + seconds
        while not condition():
            left = end - time.monotonic()
            if left <= 0:
                return False
            try:
                self.step(min(left, 0.2))
            except Closed:
                return bool(condition())
        return True

    def run_to_end(self, seconds=60):
        """(reason, detail), or None when the worker just ended; TimeoutError when it hangs."""
        try:
            end = time.monotonic() + seconds
            while time.monotonic() < end:
                self.step(0.5)
        except Closed:
            self.process.wait(10)
            return self.ended
        raise TimeoutError("the session neither ended nor went on")

    def key(self, code, character=0):
        for down in (1, 0):
            self.send(message(KEY, "4I", code, down, 0, character))

    def pointer(self, kind, x=0, y=0, button=0, down=0, wheel_x=0, wheel_y=0):
        self.send(message(POINTER, "IiiIIii", kind, x, y, button, down, wheel_x, wheel_y))

    def picture(self):
        """The newest picture as a PIL image: the desktop with the video above it."""
        from PIL import Image
        width, height = self.size
        start = (self.shown or 0) * self.stride * height
        picture = Image.frombuffer("RGB", self.size, self.memory[start:start + self.stride * height], "raw",
                                   "BGRX", self.stride, 1)
        if not self.video:
            return picture
        picture, target = picture.copy(), list(self.video.target)
        frame = self.video_picture()
        if frame.size != (target[2] - target[0], target[3] - target[1]):
            frame = frame.resize((target[2] - target[0], target[3] - target[1]), Image.BILINEAR)
        parts = [list(self.video.visible[i]) for i in range(self.video.visible_count)] or [target]
        for left, top, right, bottom in parts:
            part = frame.crop((left - target[0], top - target[1], right - target[0], bottom - target[1]))
            picture.paste(part, (left, top))
        return picture

    def video_picture(self):
        """The part of the video's buffer that is shown, BT.709 full range, chroma repeated."""
        import numpy
        from PIL import Image
        made, memory = self.buffers[self.held]

        def plane(i, height):
            size = made.strides[i] * height
            return numpy.frombuffer(memory, numpy.uint8, size, made.offsets[i]).reshape(height, made.strides[i])

        luma = plane(0, made.height)[:, :made.width].astype(float)
        chroma = plane(1, made.height // 2)[:, :made.width].astype(float) - 128
        u, v = (chroma[:, i::2].repeat(2, 0).repeat(2, 1) for i in (0, 1))
        pixels = numpy.stack((luma + 1.5748 * v, luma - 0.187324 * u - 0.468124 * v, luma + 1.8556 * u), -1)
        left, top, right, bottom = self.video.source
        whole = numpy.clip(pixels + 0.5, 0, 255).astype(numpy.uint8)
        return Image.fromarray(numpy.ascontiguousarray(whole[top:bottom, left:right]))

    def close(self):
        self.socket.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        if self.memory:
            self.memory.close()

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.close()


def place(descriptor):
    os.dup2(descriptor, 3)
    os.set_inheritable(3, True)
    os.closerange(4, 1024)
