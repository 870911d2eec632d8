# SPDX-License-Identifier: Apache-2.0
"""Debian's glewlwyd as a provider of identities, on loopback, in a folder of the test; and a browser for it."""
import atexit, gzip, http.client, http.cookies, json, socket, sqlite3, subprocess, time, urllib.parse
from pathlib import Path

ADMIN = ("admin", "password")  # of its first database
SCHEMA = Path("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz")
CONFIG = """
port={port}
bind_address="127.0.0.1"
external_url="{url}"
login_url="login.html"
api_prefix="api"
log_mode="file"
log_level="WARNING"
log_file="{folder}/glewlwyd.log"
cookie_secure=0
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
database={{ type="sqlite3"; path="{folder}/glewlwyd.db"; }};
"""


class Browser:
    """One person's cookies at the provider."""

    def __init__(self, url):
        self.host, self.cookies = urllib.parse.urlsplit(url).netloc, {}

    def request(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.host, timeout=20)
        headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items())} if self.cookies else {}
        if body is not None:
            headers["Content-Type"] = "application/json"
        connection.request(method, path, None if body is None else json.dumps(body), headers)
        answer = connection.getresponse()
        for line in answer.headers.get_all("Set-Cookie") or []:
            self.cookies.update({k: m.value for k, m in http.cookies.SimpleCookie(line).items()})
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def sign_in(self, person, password):
        return self.request("POST", "/api/auth/", {"username": person, "password": password}).status

    def change(self, method, path, body=None):
        answer = self.request(method, path, body)
        if answer.status != 200:
            raise RuntimeError(f"glewlwyd: {method} {path}: {answer.status} {answer.text}")


class Glewlwyd:
    def __init__(self, folder):
        self.folder = Path(folder)
        self.folder.mkdir()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.issuer = self.url + "/api/oidc"
        with sqlite3.connect(self.folder / "glewlwyd.db") as db:
            db.executescript(gzip.decompress(SCHEMA.read_bytes()).decode())
        (self.folder / "glewlwyd.conf").write_text(CONFIG.format(port=self.port, url=self.url, folder=self.folder))
        self.start()
        self.admin = Browser(self.url)
        if self.admin.sign_in(*ADMIN) != 200:
            raise RuntimeError("glewlwyd does not know its own administrator: " + self.log())

    def log(self):
        path = self.folder / "glewlwyd.log"
        return path.read_text() if path.exists() else ""

    def start(self):
        self.process = subprocess.Popen(["glewlwyd", "--config-file=" + str(self.folder / "glewlwyd.conf")],
                                        stdout=subprocess.DEVNULL, stderr=open(self.folder / "out", "wb"))
        atexit.register(self.process.kill)
        for _ in range(100):
            try:
                return socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                if self.process.poll() is not None:
                    raise RuntimeError("glewlwyd did not start: " + self.log() + (self.folder / "out").read_text()) from None
                time.sleep(0.1)
        raise TimeoutError("glewlwyd did not start: " + self.log())

    def end(self):
        self.process.terminate()
        self.process.wait(20)

    def key(self, name):
        """A new RSA key: the pair as PEM."""
        path = self.folder / f"{name}.pem"
        subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", path],
                       check=True, capture_output=True)
        public = subprocess.run(["openssl", "pkey", "-in", path, "-pubout"], check=True, capture_output=True)
        return path.read_text(), public.stdout.decode()

    def plugin(self, key):
        """The OpenID Connect provider itself; "groups" is a list that each person has."""
        private, public = key
        return {"module": "oidc", "name": "oidc", "display_name": "OpenID Connect", "parameters": {
            "iss": self.issuer, "jwt-type": "rsa", "jwt-key-size": "256", "key": private, "cert": public,
            "access-token-duration": 300, "refresh-token-duration": 600, "code-duration": 60, "refresh-token-rolling": False,
            "allow-non-oidc": False, "auth-type-code-enabled": True, "auth-type-token-enabled": False,
            "auth-type-id-token-enabled": True, "auth-type-password-enabled": False, "auth-type-client-enabled": False,
            "auth-type-refresh-enabled": False, "pkce-allowed": True, "pkce-method-plain-allowed": False,
            "oauth-as-iss-id": True, "jwks-show": True, "subject-type": "public", "name-claim": "mandatory",
            "claims": [{"name": name, "user-property": of, "type": "string", "mandatory": True, "on-demand": False, "scope": []}
                       for name, of in (("preferred_username", "username"), ("groups", "groups"))]}}

    def set_up(self, client, secret, redirect, scopes):
        """`scopes` beside "openid": each is granted by the person, who must have typed the password."""
        change = self.admin.change
        people = json.loads(self.admin.request("GET", "/api/mod/user/database").text)
        people["parameters"]["data-format"]["groups"] = {"multiple": True, "read": True, "write": True,
                                                         "profile-read": True, "profile-write": False}
        change("PUT", "/api/mod/user/database", people)
        change("PUT", "/api/mod/reload/")
        needs = {"password_required": True, "password_max_age": 0, "scheme": {}}
        change("PUT", "/api/scope/openid", {"display_name": "openid", **needs})
        for scope in scopes:
            change("POST", "/api/scope/", {"name": scope, "display_name": scope, **needs})
        change("POST", "/api/client/", {
            "client_id": client, "name": client, "enabled": True, "confidential": True, "password": secret,
            "redirect_uri": [redirect], "authorization_type": ["code"], "scope": [],
            "token_endpoint_auth_method": ["client_secret_basic"]})
        change("POST", "/api/mod/plugin/", self.plugin(self.key("first")))

    def rotate(self):
        """Another key in place of the first, from one moment to the next."""
        self.admin.change("PUT", "/api/mod/plugin/oidc", self.plugin(self.key("second")))
        self.admin.change("PUT", "/api/mod/reload/")

    def person(self, name, password, display, groups, scopes):
        self.admin.change("POST", "/api/user/", {"username": name, "password": password, "name": display, "enabled": True,
                                                 "groups": groups, "scope": list(scopes)})

    def regroup(self, name, groups):
        person = json.loads(self.admin.request("GET", "/api/user/" + name).text)
        self.admin.change("PUT", "/api/user/" + name, {**person, "groups": groups})
