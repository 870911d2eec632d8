# SPDX-License-Identifier: Apache-2.0
"""A server that streams H.264 which was encoded before: tests/flow/video_server.c, told what to do line by line.

    with VideoServer(folder) as server:
        ... a client connects to server.address, server.port; server.wait_client() ...
        server.desktop(1280, 720)
        server.load(0, streams.get("720p30").units)
        server.play(0, count=30)                 # surface 1, AVC420, 30 a second; returns when they were sent
        server.settle()                          # all acknowledged
"""
import hashlib, json, ssl, subprocess, threading
from pathlib import Path

from rdp import free_port
from tynd import BUILD


class VideoServer:
    def __init__(self, folder, program=None, version=None, port=None, prefix=()):
        self.folder, self.address, self.port = Path(folder), "127.0.0.1", port or free_port()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.certificate = self.folder / "server.pem"
        if not self.certificate.exists():
            subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "server.key", "-out",
                            "server.pem", "-days", "2", "-subj", "/CN=desktop.example", "-addext",
                            "subjectAltName=DNS:desktop.example"], check=True, capture_output=True, cwd=self.folder)
        command = [*prefix, str(program or BUILD / "flow/video_server"), str(self.port), "server.pem", "server.key"]
        with open(self.folder / "server.log", "ab") as log:
            self.process = subprocess.Popen([*command, *([f"{version:x}"] if version else [])], text=True,
                                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, cwd=self.folder)
        if self.process.stdout.readline() != "listening\n":
            raise RuntimeError(f"video_server did not start: see {self.folder}/server.log")
        self.changed = threading.Condition()
        self.asked, self.answers = 0, {}
        self.clients, self.gone, self.frames, self.acks, self.keys = [], [], [], [], []
        self.refreshes = []
        self.heard = []  # of dynamic channels: (slot, bytes)
        self.is_over = False
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        """Sorts what the server says; times are `us` of CLOCK_MONOTONIC."""
        lists = {"client": self.clients, "gone": self.gone, "frame": self.frames, "ack": self.acks, "key": self.keys,
                 "refresh": self.refreshes}
        for line in self.process.stdout:
            said = json.loads(line)
            with self.changed:
                first = next(iter(said))
                if first == "done":
                    self.answers[said["done"]] = said["ok"]
                elif first == "channel":
                    self.heard.append((said["channel"], bytes.fromhex(said["bytes"])))
                else:
                    lists[first].append(said)
                self.changed.notify_all()
        with self.changed:
            self.is_over = True
            self.changed.notify_all()

    def wait_for(self, what, condition, seconds=30):
        with self.changed:
            if not self.changed.wait_for(lambda: condition() or self.is_over, seconds) or not condition():
                raise TimeoutError(f"{what}: not within {seconds} s")

    def send(self, line):
        """A command that is answered later; its number."""
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()
        self.asked += 1
        return self.asked - 1

    def say(self, line, seconds=60):
        """A command; whether it went well."""
        number = self.send(line)
        self.wait_for(line, lambda: number in self.answers, seconds)
        return self.answers.pop(number)

    def tell(self, line, seconds=60):
        if not self.say(line, seconds):
            raise RuntimeError(f"video_server refused: {line}")

    def wait_client(self, count=1, seconds=30):
        """What the count-th client said of itself."""
        self.wait_for("a client", lambda: len(self.clients) >= count, seconds)
        return self.clients[count - 1]

    def desktop(self, width, height, surface=1, place=(0, 0), colour=0x204060):
        """One surface that is the whole screen, of one colour."""
        self.tell(f"reset {width} {height}")
        self.tell(f"surface {surface} {width} {height}")
        self.tell(f"map {surface} {place[0]} {place[1]}")
        self.fill((0, 0, width, height), colour, surface)

    def fill(self, rect, colour, surface=1):
        self.tell(f"fill {surface} {' '.join(map(str, rect))} {colour:06x}")

    def load(self, slot, path):
        self.tell(f"load {slot} {Path(path).resolve()}")

    def start(self, slot=0, surface=1, kind="avc420", count=0, fps=30, regions=()):
        """Pictures from now on; count 0: until stop()."""
        self.tell(f"play {slot} {kind} {surface} {count} {fps} " + " ".join(str(n) for rect in regions for n in rect))

    def play(self, slot=0, surface=1, kind="avc420", count=1, fps=30, regions=(), seconds=120):
        self.start(slot, surface, kind, count, fps, regions)
        self.tell(f"join {slot}", seconds)

    def stop(self, slot=0):
        self.tell(f"stop {slot}")

    def settle(self, seconds=30):
        """True when everything that was sent is acknowledged."""
        return self.say(f"settle {int(seconds * 1000)}", seconds + 10)

    @property
    def fingerprint(self):
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).digest()

    @staticmethod
    def key_colour(keys):
        """Of the square after that many key presses."""
        return (keys * 37 & 255, keys * 91 & 255, 0x55)

    @staticmethod
    def pattern(width, height, seed, kind="raw"):
        """What `raw`, `planar` and `clear` draw, as a PIL image."""
        from PIL import Image
        image = Image.new("RGB", (width, height))
        if kind == "clear":
            image.putdata([(255 - y * 4 & 255, seed & 255, y * 8 & 255) for y in range(height) for _ in range(width)])
        else:
            image.putdata([((x ^ y) & 255, y * 4 & 255, (x * 4 & 255) ^ seed) for y in range(height) for x in range(width)])
        return image

    def processor_seconds(self):
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / 100

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.terminate()
        self.process.wait()
        self.reader.join(5)
        self.process.stdin.close()
        self.process.stdout.close()
