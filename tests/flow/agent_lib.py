# SPDX-License-Identifier: Apache-2.0
"""What tests of tynd-agent need: the kiosk's end of its socket, and a server that can misbehave.

The server follows docs/protocol.md with nothing of tynd's own code: certificates, signatures and hashes are
made by the openssl command and the standard library.
"""
import base64, fcntl, hashlib, http.server, json, os, queue, secrets, socket, ssl, struct, subprocess, sys, threading
import time, traceback
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("TYND_BUILD", TOP / "build"))
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
PHASES = {1: "starting", 2: "network", 3: "no-server", 4: "reaching", 5: "approval", 6: "refused", 7: "online", 8: "offline"}
ORDERS = {1: "identify", 2: "message", 3: "lock", 4: "unlock", 5: "screenshot", 6: "restart_session", 7: "sign_out",
          8: "restart_warning", 9: "cancel"}
RESULTS = ["done", "confirmed", "refused", "failed", "expired"]
SECONDS = 30  # limit of every wait


def reasons():
    """Names of enum reason, by number, as the header has them."""
    found = {}
    for line in (TOP / "src/wire/reason.h").read_text().splitlines():
        words = line.strip().split(",")[0].split(" = ")
        if len(words) == 2 and words[0].startswith("REASON_") and words[1].isdigit():
            found[int(words[1])] = words[0][len("REASON_"):]
    return found


REASONS = reasons()


# --- the kiosk's end

class Kiosk:
    def __init__(self, path, hello=True):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.socket.settimeout(SECONDS)
        self.socket.connect(str(path))
        self.status, self.configs, self.dialed, self.orders = None, [], [], []
        if hello:
            self.send(200, struct.pack("<32s", b"test"))

    def send(self, kind, body=b""):
        self.socket.send(struct.pack("<II", kind, 8 + len(body)) + body)

    def config_up(self, revision):
        self.send(201, struct.pack("<Q", revision))

    def server(self, address):
        self.send(202, struct.pack("<512s", address.encode()))

    def dial(self, number, host, port):
        self.send(203, struct.pack("<IHH256s", number, port, 0, host.encode()))

    def session(self, running, reason, desktop):
        self.send(204, struct.pack("<II64s", running, reason, desktop.encode()))

    def order_done(self, id, result, detail="", file=None):
        """`file` is the descriptor of a sealed memfd."""
        size = os.fstat(file).st_size if file is not None else 0
        body = struct.pack("<III40s256s", RESULTS.index(result) + 1, 1, size, id.encode(), detail.encode())
        message = struct.pack("<II", 206 if size else 205, 8 + len(body)) + body
        socket.send_fds(self.socket, [message], [file] if size else [])

    def wait_order(self, kind):
        found = self.wait(f"order {kind}", lambda: next((o for o in self.orders if o["kind"] == kind), None))
        self.orders.remove(found)
        return found

    def monitors(self, *models):
        """MONITORS: each of 1920x1080; the first one is primary."""
        one = [struct.pack("<32s4s14s14sIIIIIIII", f"DP-{i + 1}".encode(), b"DEL", model.encode(), b"7K2", 1920, 1080, 60000, 597, 336, 100,
                           0, i == 0) for i, model in enumerate(models)]
        self.send(207, struct.pack("<I", len(models)) + b"".join(one).ljust(8 * 96, b"\0"))

    def quality(self, desktop, user="", running=1, sign_in_ms=0, frames=0, crashes=0, video=0, direct=0):
        self.send(208, struct.pack("<64s256sIIIIIIIIIII", desktop.encode(), user.encode(), running, sign_in_ms, 60, 2, frames, 1, 14, 3, crashes, video,
                                   direct))

    def receive(self, seconds):
        """Takes in one message; False when none came in time. EOFError when the agent ended the channel."""
        self.socket.settimeout(max(seconds, 0.01))
        try:
            data, fds, _, _ = socket.recv_fds(self.socket, 65536, 4)
        except TimeoutError:
            return False
        except ConnectionResetError:
            raise EOFError
        if not data:
            raise EOFError
        kind, size = struct.unpack_from("<II", data)
        assert size == len(data)
        if kind == 250:
            phase, reason, code, server, device, address, detail = struct.unpack("<8xII16s512s64s64s256s", data)
            text = lambda b: b.split(b"\0")[0].decode()
            self.status = {"phase": PHASES[phase], "reason": REASONS[reason], "code": text(code), "server": text(server),
                           "device": text(device), "address": text(address), "detail": text(detail)}
        elif kind == 251:
            revision, trial, zero = struct.unpack("<8xQII", data)
            assert zero == 0 and len(fds) == 1
            self.configs.append(read_config(fds[0], revision, bool(trial)))
        elif kind == 254:
            what, seconds, severity, confirm, postpone, id, number, text = struct.unpack("<8xIIIII40s16s1024s", data)
            plain = lambda b: b.split(b"\0")[0].decode()
            self.orders.append({"kind": ORDERS[what], "seconds": seconds, "severity": severity, "confirm": bool(confirm),
                                "postpone": bool(postpone), "id": plain(id), "number": plain(number), "text": plain(text)})
        else:
            number, reason = struct.unpack("<8xII", data)
            assert (kind == 253) == (len(fds) == 1) == (reason == 0)
            self.dialed.append((number, REASONS[reason], socket.socket(fileno=fds[0]) if fds else None))
        return True

    def wait(self, what, probe, seconds=SECONDS):
        end = time.monotonic() + seconds
        while True:
            found = probe()
            if found:
                return found
            if time.monotonic() > end or not self.receive(end - time.monotonic()):
                raise AssertionError(f"waited for {what}; status {self.status}, configs "
                                     f"{[(c['revision'], c['trial']) for c in self.configs]}")

    def wait_status(self, phase, reason=None, detail=""):
        return self.wait(f"{phase} {reason} {detail!r}", lambda: self.status and self.status["phase"] == phase
                         and (reason is None or self.status["reason"] == reason) and detail in self.status["detail"] and self.status)

    def wait_reason(self, reason, detail=""):
        return self.wait(f"{reason} {detail!r}", lambda: self.status and self.status["reason"] == reason
                         and detail in self.status["detail"] and self.status)

    def wait_config(self, revision):
        return self.wait(f"config {revision}", lambda: self.configs and self.configs[-1]["revision"] == revision
                         and self.configs[-1])

    def wait_dialed(self):
        self.wait("an answer to DIAL", lambda: self.dialed)
        return self.dialed.pop(0)

    def wait_end(self):
        try:
            while self.receive(SECONDS):
                pass
        except EOFError:
            return True
        return False

    def close(self):
        self.socket.close()


def read_config(fd, revision, trial):
    """The head of struct conf_signed, from memory that nobody can change."""
    seals = fcntl.fcntl(fd, 1034)
    assert seals & 0xf == 0xf, f"seals are {seals:#x}"
    data = os.pread(fd, 1 << 20, 0)
    os.close(fd)
    inside, issued, expires, device = struct.unpack_from("<Qqq65s", data)
    organisation = data[92:156].split(b"\0")[0].decode()
    assert inside == revision
    return {"revision": revision, "trial": trial, "device": device.split(b"\0")[0].decode(), "organisation": organisation}


# --- the agent

class Agent:
    def __init__(self, folder, *options, store=None, cmdline="quiet", network="state=up\naddress=127.0.0.1\n", skips=()):
        self.folder = Path(folder)
        self.folder.mkdir(exist_ok=True)
        self.store = store or self.folder / "store"
        self.network_file = self.folder / "network"
        (self.folder / "cmdline").write_text(cmdline)
        self.network(network)
        self.options = ["--run", self.folder, "--store", self.store, "--cmdline", self.folder / "cmdline", "--user", "root",
                        "--build-time", "1790000000", "--wait", "2", *options]
        self.start()

    def network(self, text):
        (self.folder / "network.new").write_text(text)
        (self.folder / "network.new").rename(self.network_file)

    def start(self):
        self.log = self.folder / "agent.log"
        (self.folder / "agent").unlink(missing_ok=True)
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen([str(BUILD / "bin/tynd-agent"), *map(str, self.options)], stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log, env={**os.environ, "https_proxy": "http://127.0.0.1:1"})
        end = time.monotonic() + SECONDS
        while not (self.folder / "agent").exists():
            assert self.process.poll() is None and time.monotonic() < end, self.text()
            time.sleep(0.02)
        # bind and listen are two calls
        while True:
            try:
                Kiosk(self.folder / "agent", hello=False).close()
                return
            except ConnectionRefusedError:
                assert time.monotonic() < end
                time.sleep(0.02)

    def kiosk(self):
        return Kiosk(self.folder / "agent")

    def text(self):
        return self.log.read_text()

    def stop(self):
        """Ends it; the code must be 0, also under sanitizers."""
        self.process.terminate()
        code = self.process.wait(SECONDS)
        assert code == 0, f"ended with {code}\n{self.text()[-3000:]}"

    def kill(self):
        self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, kind, *unused):
        if self.process.poll() is None:
            if kind:
                self.kill()
            else:
                self.stop()


# --- keys and certificates

def openssl(*words, data=None):
    done = subprocess.run(["openssl", *map(str, words)], input=data, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Authority:
    """A CA, its server certificates, and a config key."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True)
        self.key, self.certificate = self.folder / "ca.key", self.folder / "ca.pem"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", self.key,
                "-out", self.certificate, "-subj", "/CN=test CA", "-not_before", "20200101000000Z", "-not_after", "20990101000000Z",
                "-addext", "basicConstraints=critical,CA:TRUE")
        self.config_key = self.folder / "config.key"
        openssl("genpkey", "-algorithm", "ed25519", "-out", self.config_key)
        self.config_public = openssl("pkey", "-in", self.config_key, "-pubout", "-outform", "DER")[-32:]
        self.hash = hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.certificate.read_text())).digest()

    def issue(self, request, out, usage, name="", begin="20200101000000Z", end="20990101000000Z"):
        extensions = self.folder / "extensions"
        extensions.write_text(f"extendedKeyUsage={usage}\n" + (f"subjectAltName={name}\n" if name else ""))
        openssl("x509", "-req", "-in", request, "-CA", self.certificate, "-CAkey", self.key, "-out", out, "-extfile", extensions,
                "-not_before", begin, "-not_after", end, *(("-subj", "/CN=device-1") if usage == "clientAuth" else ()))

    def server(self, label="server", name="IP:127.0.0.1,DNS:localhost", **times):
        """Path of a PEM with key and chain; the chain includes the CA."""
        bundle, request = self.folder / f"{label}.pem", self.folder / f"{label}.csr"
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", bundle, "-out", request,
                "-subj", "/CN=server")
        self.issue(request, self.folder / "one.pem", "serverAuth", name, **times)
        bundle.write_text(bundle.read_text() + (self.folder / "one.pem").read_text() + self.certificate.read_text())
        return bundle

    def device(self, csr):
        (self.folder / "device.csr").write_text(csr)
        self.issue(self.folder / "device.csr", self.folder / "device.pem", "clientAuth")
        return (self.folder / "device.pem").read_text()

    def envelope(self, revision, config=None, device="device-1", issued=None, key=None, expires=0):
        payload = json.dumps({"tynd": 1, "device": device, "revision": revision, "issued": issued or int(time.time()),
                              "expires": expires, "config": config if config is not None else
                              {"identity": {"organisation": f"revision {revision}"}}}).encode()
        kind = b"application/vnd.tynd.config+json"
        signed = b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)
        (self.folder / "signed").write_bytes(signed)
        signature = openssl("pkeyutl", "-sign", "-inkey", key or self.config_key, "-rawin", "-in", self.folder / "signed")
        return json.dumps({"payloadType": kind.decode(), "payload": base64.b64encode(payload).decode(), "signatures": [
            {"keyid": hashlib.sha256(self.config_public).hexdigest()[:16], "sig": base64.b64encode(signature).decode()}]}).encode()


# --- the server

class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 60

    def log_message(self, *unused):
        pass

    def answer(self, status, body=b"", headers=(), length=None):
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 204:
            self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        if length is not None and length > len(body):
            self.close_connection = True

    def handle_one(self):
        fake = self.server.fake
        path, _, query = self.path.partition("?")
        size = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(size)) if size else None
        certificate = self.connection.getpeercert()
        device = certificate and dict(x[0] for x in certificate["subject"])["commonName"]
        fake.requests.append((path, query, device, time.monotonic()))
        name = path.removeprefix("/device/v1/").split("/")[0]
        trick = fake.tricks.get(name)
        if trick and trick(self):
            return
        if name == "enrol":
            fake.enrol(self, path, body)
        elif name == "wait":
            assert device == "device-1"
            fake.wait(self, dict(p.split("=") for p in query.split("&")))
        elif name == "config":
            assert device == "device-1"
            fake.config(self, int(path.rsplit("/", 1)[1]))
        elif name == "report":
            assert device == "device-1"
            fake.reports.put(body)
            self.answer(204)
        elif name == "inventory":
            assert device == "device-1" and size <= 32 * 1024
            fake.inventories.append(body)
            self.answer(204)
        else:
            self.answer(404, {"error": "no such thing"})

    do_GET = do_POST = handle_one


class HTTP(http.server.ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True
    block_on_close = False

    def get_request(self):
        connection, address = self.socket.accept()
        connection.settimeout(60)
        wrapped = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        self.fake.connections.append(wrapped)
        return wrapped, address

    def handle_error(self, request, address):
        if not isinstance(sys.exc_info()[1], (OSError, ssl.SSLError)):
            self.fake.errors.append(traceback.format_exc())


class FakeServer:
    def __init__(self, authority, bundle=None):
        self.authority = authority
        self.tricks, self.requests, self.reports, self.errors = {}, [], queue.Queue(), []
        self.offer, self.orders, self.configs, self.changed = None, 0, {}, threading.Condition()
        self.decision, self.enrolments = "waiting", {}
        self.inventories = []
        self.port, self.http = 0, None
        self.start(bundle or authority.server())

    def start(self, bundle=None):
        self.bundle = bundle or self.bundle
        self.connections = []
        self.http = HTTP(("127.0.0.1", self.port), Handler)
        self.http.fake = self
        self.http.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.http.context.load_cert_chain(self.bundle)
        self.http.context.verify_mode = ssl.CERT_OPTIONAL
        self.http.context.load_verify_locations(self.authority.certificate)
        self.port = self.http.server_address[1]
        self.url = f"127.0.0.1:{self.port}"
        threading.Thread(target=self.http.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self):
        """As when the machine is switched off: every connection ends."""
        self.http.shutdown()
        self.http.server_close()
        for connection in self.connections:
            try:
                socket.socket.shutdown(connection, socket.SHUT_RDWR)
            except OSError:
                pass

    def restart(self, bundle):
        self.stop()
        self.start(bundle)

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.stop()
        assert not self.errors, self.errors[0]

    # what the protocol says

    def enrol(self, to, path, body):
        if path.endswith("/enrol"):
            enrolment = {"csr": body["csr"], "commitment": body["commitment"], "nonce": secrets.token_hex(32), "code": None}
            number = f"e{len(self.enrolments) + 1}"
            self.enrolments[number] = enrolment
            return to.answer(200, {"enrolment": number, "nonce": enrolment["nonce"], "ca": self.authority.certificate.read_text(),
                                   "config_key": base64.b64encode(self.authority.config_public).decode()})
        enrolment = self.enrolments.get(path.rsplit("/", 1)[1])
        if not enrolment:
            return to.answer(404, {"error": "this enrolment is gone"})
        assert hashlib.sha256(bytes.fromhex(body["nonce"])).hexdigest() == enrolment["commitment"]
        enrolment["code"] = self.code(enrolment, body["nonce"])
        with self.changed:
            self.changed.wait_for(lambda: self.decision != "waiting", body["wait"])
        if self.decision == "approved":
            return to.answer(200, {"state": "approved", "device": "device-1",
                                   "certificate": self.authority.device(enrolment["csr"])})
        to.answer(200, {"state": self.decision, **({"error": "not one of ours"} if self.decision == "refused" else {})})

    def code(self, enrolment, nonce):
        public = openssl("req", "-pubkey", "-noout", data=enrolment["csr"].encode())
        der = openssl("pkey", "-pubin", "-outform", "DER", data=public)
        digest = hashlib.sha256(b"tynd-code-1\0" + bytes.fromhex(nonce) + bytes.fromhex(enrolment["nonce"])
                                + hashlib.sha256(der).digest() + self.authority.hash + self.authority.config_public).digest()
        number = int.from_bytes(digest[:5], "big")
        text = "".join(CROCKFORD[number >> shift & 31] for shift in range(35, -1, -5))
        return f"{text[:4]}-{text[4:]}"

    def decide(self, decision):
        with self.changed:
            self.decision = decision
            self.changed.notify_all()

    def publish(self, revision, envelope=None, **of):
        """Offer an envelope under this revision."""
        with self.changed:
            self.configs = {revision: envelope if envelope is not None else self.authority.envelope(revision, **of)}
            self.offer = revision
            self.changed.notify_all()

    def wait(self, to, query):
        have = int(query["revision"])
        with self.changed:
            self.changed.wait_for(lambda: (self.offer or 0) > have or self.orders, int(query["wait"]))
            offer, orders = self.offer or 0, self.orders
        if offer > have or orders:
            to.answer(200, {"revision": offer, "orders": orders})
        else:
            to.answer(204)

    def config(self, to, revision):
        if revision in self.configs:
            to.answer(200, self.configs[revision])
        else:
            to.answer(404, {"error": "not the newest one of this device"})

    def wait_report(self, what, probe, seconds=SECONDS):
        end = time.monotonic() + seconds
        seen = []
        while True:
            try:
                report = self.reports.get(timeout=max(end - time.monotonic(), 0.01))
            except queue.Empty:
                raise AssertionError(f"waited for a report of {what}; seen {seen[-3:]}")
            if probe(report):
                return report
            seen.append(report)

    def wait_count(self, name, count):
        end = time.monotonic() + SECONDS
        while self.count(name) < count:
            assert time.monotonic() < end, f"waited for {count} requests of {name}"
            time.sleep(0.05)

    def count(self, name):
        return sum(1 for path, *_ in self.requests if path.startswith(f"/device/v1/{name}"))


# --- running tests

def run(tests):
    """Each function is one test; returns the exit code."""
    passed = failed = 0
    chosen = set(sys.argv[1:])
    for test in tests:
        if chosen and test.__name__ not in chosen:
            continue
        start = time.monotonic()
        try:
            test()
            passed += 1
            print(f"ok      {test.__name__} ({time.monotonic() - start:.1f} s)", flush=True)
        except Exception:
            failed += 1
            print(f"FAILED  {test.__name__}: {test.__doc__}", flush=True)
            traceback.print_exc(file=sys.stdout)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed or not passed else 0
