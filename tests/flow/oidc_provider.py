# SPDX-License-Identifier: Apache-2.0
"""A provider of identities that does as it is told: right, or wrong in every way that a forger would try."""
import base64, hashlib, hmac, http.server, json, secrets, subprocess, threading, time, urllib.parse
from pathlib import Path


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def number(text):
    """Of openssl's -text: colon separated hex."""
    return bytes.fromhex("".join(text.split()).replace(":", "")).lstrip(b"\0")


class Key:
    def __init__(self, folder, kind, kid, bits=2048):
        self.path, self.kind, self.kid = Path(folder) / f"{kid}.pem", kind, kid
        options = ["-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}"] if kind == "RSA" else [
            "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"]
        subprocess.run(["openssl", "genpkey", *options, "-out", self.path], check=True, capture_output=True)
        self.public = subprocess.run(["openssl", "pkey", "-in", self.path, "-pubout"], check=True, capture_output=True).stdout
        text = subprocess.run(["openssl", "pkey", "-in", self.path, "-noout", "-text"], check=True, capture_output=True,
                              text=True).stdout
        if kind == "RSA":
            n = number(text.split("modulus:")[1].split("publicExponent")[0])
            self.jwk = {"kty": "RSA", "kid": kid, "use": "sig", "n": b64(n), "e": b64(b"\1\0\1")}
        else:
            point = number(text.split("pub:")[1].split("ASN1")[0])[1:]
            self.jwk = {"kty": "EC", "kid": kid, "crv": "P-256", "x": b64(point[:32]), "y": b64(point[32:])}

    def sign(self, data, alg):
        if alg == "PS256":
            pad = ["-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"]
            return subprocess.run(["openssl", "dgst", "-sha256", *pad, "-sign", self.path], input=data, check=True,
                                  capture_output=True).stdout
        signature = subprocess.run(["openssl", "dgst", "-sha256", "-sign", self.path], input=data, check=True,
                                   capture_output=True).stdout
        if self.kind == "RSA":
            return signature
        # DER to the two numbers of RFC 7518.
        first = 4 + signature[3]
        r, s = signature[4:first], signature[first + 2:]
        return r.lstrip(b"\0").rjust(32, b"\0") + s.lstrip(b"\0").rjust(32, b"\0")


def token(key, claims, alg="RS256", header=None, kid=None, signature=None):
    """A JWT; `signature` makes one of its own from the signed bytes."""
    head = {"alg": alg, "typ": "JWT", "kid": kid or key.kid, **(header or {})}
    signed = (b64(json.dumps(head).encode()) + "." + b64(json.dumps(claims).encode())).encode()
    return signed.decode() + "." + b64(signature(signed) if signature else key.sign(signed, alg))


class Provider:
    def __init__(self, folder):
        self.keys = [Key(folder, "RSA", "first")]
        self.codes, self.asked = {}, {"keys": 0, "token": 0}
        self.mode = lambda provider, flow: token(provider.keys[0], provider.claims(flow))
        self.hang = threading.Event()
        provider = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.0"

            def log_message(self, *args):
                pass

            def answer(self, body, status=200):
                data = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                if self.path.endswith("/openid-configuration"):
                    self.answer({"issuer": provider.issuer, "authorization_endpoint": provider.issuer + "/authorize",
                                 "token_endpoint": provider.issuer + "/token", "jwks_uri": provider.issuer + "/keys"})
                elif self.path == "/keys":
                    provider.asked["keys"] += 1
                    if provider.hang.is_set():
                        time.sleep(20)
                    self.answer({"keys": [k.jwk for k in provider.keys]})
                else:
                    self.answer({}, 404)

            def do_POST(self):
                form = dict(urllib.parse.parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
                provider.asked["token"] += 1
                self.answer(*provider.redeem(form, self.headers.get("Authorization", "")))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def authorize(self, location):
        """What the browser would bring back: the callback's URL. The person has signed in."""
        flow = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(location).query))
        code = secrets.token_urlsafe(20)
        self.codes[code] = self.flow = flow
        return flow["redirect_uri"] + "?" + urllib.parse.urlencode({"code": code, "state": flow["state"], "iss": self.issuer})

    def redeem(self, form, authorization):
        flow = self.codes.pop(form.get("code"), None)
        basic = base64.b64decode(authorization.removeprefix("Basic ")).decode() if authorization else ""
        if not flow or basic != "tynd:client secret" or form["redirect_uri"] != flow["redirect_uri"]:
            return {"error": "invalid_grant"}, 400
        if b64(hashlib.sha256(form["code_verifier"].encode()).digest()) != flow["code_challenge"]:
            return {"error": "invalid_grant"}, 400
        made = self.mode(self, flow)
        return (made, 200) if isinstance(made, bytes) else ({"access_token": "access", "token_type": "Bearer",
                                                             "id_token": made}, 200)

    def claims(self, flow, **more):
        now = int(time.time())
        claims = {"iss": self.issuer, "sub": "subject-1", "aud": "tynd", "exp": now + 300, "iat": now, "nonce": flow["nonce"],
                  "preferred_username": "ida", "name": "Ida Berg", "groups": ["helpdesk"], **more}
        return {k: v for k, v in claims.items() if v is not None}


def hmac_with_public_key(key):
    return lambda signed: hmac.new(key.public, signed, "sha256").digest()
