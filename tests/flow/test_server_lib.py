# SPDX-License-Identifier: Apache-2.0
"""Start tynd-server on a free port and talk to it as a person and as a device."""
import atexit, hashlib, http.client, json, os, re, secrets, signal, ssl, subprocess, sys, tempfile, traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
import openapi
from rdp import wait_for

TOP = Path(__file__).resolve().parents[2]
BUILD = Path(os.environ.get("TYND_BUILD", TOP / "build"))
CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
DATABASE = os.environ.get("TYND_TEST_DATABASE")  # of PostgreSQL; none: SQLite in the server's folder


UNDOCUMENTED = []  # what answers said that docs/openapi.json does not
ANSWERED = set()   # operations that were answered with success


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Server:
    def __init__(self, folder=None, prefix=(), database=DATABASE):
        self.folder = Path(folder or tempfile.mkdtemp(prefix="tynd-server-"))
        self.prefix = list(prefix)
        self.options = ["--database", database] if database else []
        self.start()

    def start(self, port=0):
        self.log = open(self.folder.with_suffix(".log"), "ab")
        self.process = subprocess.Popen(
            [*self.prefix, str(BUILD / "bin/tynd-server"), "--data", str(self.folder), "--listen", f"127.0.0.1:{port}",
             *self.options],
            stdout=subprocess.PIPE, stderr=self.log, text=True)
        atexit.register(self.process.kill)
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if "ready on https://" in line:
                break
        else:
            raise RuntimeError("tynd-server did not start: " + self.folder.with_suffix(".log").read_text())
        self.port = int((self.folder / "port").read_text())
        self.token = (self.folder / "admin.token").read_text().strip()
        self.ca = (self.folder / "ca.pem").read_text()

    def end(self, number=signal.SIGTERM):
        self.process.send_signal(number)
        return self.process.wait(30)

    def restart(self, number=signal.SIGTERM, keeps_port=False):
        self.end(number)
        self.start(self.port if keeps_port else 0)

    def is_alive(self):
        return self.process.poll() is None

    def context(self, certificate=None):
        context = ssl.create_default_context(cadata=self.ca)
        if certificate:
            context.load_cert_chain(*certificate)
        return context

    def connect(self, certificate=None, timeout=60):
        return http.client.HTTPSConnection("127.0.0.1", self.port, timeout=timeout,
                                           context=self.context(certificate))

    def request(self, method, path, body=None, token=None, headers=None, connection=None, certificate=None):
        """`body` is bytes, or anything else to send as JSON."""
        own = connection or self.connect(certificate)
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = "Bearer " + token
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        own.request(method, path, body, headers)
        got = own.getresponse()
        answer = Answer(got.status, got.headers, got.read())
        if not connection:
            own.close()
        if path.startswith(openapi.PREFIX + "/"):
            self.compare(method, path, body, answer)
        return answer

    def compare(self, method, path, body, answer):
        """Each answer of the people's API is one more proof that its document is true."""
        try:
            sent = json.loads(body) if body else None
        except (ValueError, RecursionError):
            sent = None
        if not answer.body:
            if answer.status == 303 and openapi.operation(method, path)[1]:
                ANSWERED.add(openapi.operation(method, path)[1]["operationId"])
            return
        kind = (answer.headers["Content-Type"] or "").split(";")[0]
        UNDOCUMENTED.extend(openapi.problems(method, path, sent, answer.status, answer.json if kind == "application/json"
                                             else kind))
        if answer.status < 400 and openapi.operation(method, path)[1]:
            ANSWERED.add(openapi.operation(method, path)[1]["operationId"])

    def api(self, method, path, body=None, **more):
        return self.request(method, "/api/v1" + path, body, token=self.token, **more)

    def wait_parked(self, count=1):
        """Until so many requests wait for something to happen."""
        def parked():
            text = self.request("GET", "/metrics", token=self.token).body.decode()
            return int(re.search(r"^tynd_parked (\d+)$", text, re.M)[1])
        wait_for(f"{count} parked requests", lambda: parked() >= count)

    def person(self, name, *grants, **token):
        """A new token of the person NAME, to whom grants (role, scope) are given."""
        made = self.api("POST", "/tokens", {"person": name, **token})
        assert made.status == 201, made.body
        for role, scope, *more in grants:
            given = self.api("POST", "/grants", {"person": name, "role": role, "scope": scope,
                                                 "orders_all": bool(more)})
            assert given.status == 201, given.body
        return made.json["token"]


def openssl(*args, data=None):
    done = subprocess.run(["openssl", *map(str, args)], input=data, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, check=True)
    return done.stdout


def make_csr(key, curve="P-256", subject="/CN=ignored"):
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:" + curve, "-out", key)
    return openssl("req", "-new", "-key", key, "-subj", subject).decode()


class Device:
    """A device as docs/protocol.md wants it, with keys made by openssl."""

    def __init__(self, server, folder, serial, mac="00:11:22:33:44:55"):
        self.server, self.folder = server, Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.key = self.folder / "device.key"
        self.csr = make_csr(self.key)
        self.nonce = secrets.token_bytes(32)
        self.serial, self.mac = serial, mac

    def enrol(self, **more):
        answer = self.server.request("POST", "/device/v1/enrol", {
            "csr": self.csr, "commitment": hashlib.sha256(self.nonce).hexdigest(),
            "hardware": {"model": "Test PC", "serial": self.serial, "mac": self.mac,
                         "arch": "x86_64", "version": "0.1.0"}, **more})
        if answer.status == 200:
            self.answer = answer.json
        return answer

    def code(self):
        import base64
        spki = openssl("pkey", "-in", self.key, "-pubout", "-outform", "DER")
        ca = ssl.PEM_cert_to_DER_cert(self.answer["ca"])
        bits = hashlib.sha256(b"tynd-code-1\0" + self.nonce + bytes.fromhex(self.answer["nonce"])
                              + hashlib.sha256(spki).digest() + hashlib.sha256(ca).digest()
                              + base64.b64decode(self.answer["config_key"])).digest()
        number = int.from_bytes(bits[:5], "big")
        text = "".join(CROCKFORD[number >> shift & 31] for shift in range(35, -1, -5))
        return text[:4] + "-" + text[4:]

    def poll(self, wait=0, connection=None):
        return self.server.request("POST", "/device/v1/enrol/" + self.answer["enrolment"],
                                   {"nonce": self.nonce.hex(), "wait": wait}, connection=connection)

    def take(self, answer):
        self.id = answer["device"]
        self.pem = self.folder / "device.pem"
        self.pem.write_text(answer["certificate"])
        self.certificate = (self.pem, self.key)

    def approve(self, **more):
        """All of it at once; the answer of the approval."""
        self.enrol()
        self.poll()
        answer = self.server.api("POST", "/enrolments/approve", {"code": self.code(), **more})
        self.take(self.poll().json)
        return answer

    def wait(self, revision, wait=0, connection=None):
        return self.server.request("GET", f"/device/v1/wait?revision={revision}&wait={wait}",
                                   connection=connection, certificate=self.certificate)

    def config(self, revision):
        return self.server.request("GET", f"/device/v1/config/{revision}", certificate=self.certificate)

    @staticmethod
    def payload(envelope):
        import base64
        return base64.b64decode(envelope["payload"])

    def report(self, body):
        return self.server.request("POST", "/device/v1/report", body, certificate=self.certificate)


def all_answered(check, *tags):
    """Each operation of these tags of docs/openapi.json was answered with success at least once by this test."""
    ids = {o["operationId"] for methods in openapi.DOCUMENT["paths"].values() for o in methods.values()
           if set(o["tags"]) & set(tags)}
    check("each operation was answered at least once", ids and ids <= ANSWERED, ids - ANSWERED)


class Tests:
    """check(what must hold, condition); a failure says where."""
    passed = failed = 0

    def check(self, name, ok, seen=""):
        if ok:
            self.passed += 1
        else:
            self.failed += 1
            where = traceback.extract_stack()[-2]
            print(f"{Path(where.filename).name}:{where.lineno}: failed: {name} {seen}", flush=True)

    def run(self, *functions):
        for function in functions:
            try:
                function()
            except Exception:
                self.failed += 1
                print(f"{function.__name__} ended early:\n{traceback.format_exc()}", flush=True)
        self.check("all answers are as docs/openapi.json says", not UNDOCUMENTED, "\n".join(UNDOCUMENTED[:20]))
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
