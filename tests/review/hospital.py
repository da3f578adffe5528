"""An OpenID Connect provider on 127.0.0.1 that stands in for a hospital's sign-on."""

import base64
import hashlib
import json
import secrets
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urljoin, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

CLIENT_ID = "izp"
CLIENT_SECRET = "een geheim & meer"  # noqa: S105


class Hospital:
    """The provider. What it says of whoever signs on is in `claims`; a test changes it to make it lie.

    It signs with `key`, and publishes `published`.
    """

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {"sub": "z123"}
        self.left_out: set[str] = set()
        self.algorithm = "RS256"
        self.methods = ["client_secret_basic"]
        self.asked: dict[str, str] = {}
        self.key = self.published = RSAKey.generate_key(2048, {"kid": "one"})
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Hospital":
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def sign_on(self, address: str) -> str:
        """What the browser of somebody does there: signs on, and is sent back with a code."""
        self.asked = {key: values[0] for key, values in parse_qs(urlsplit(address).query).items()}
        code = secrets.token_urlsafe()
        self._codes[code] = self.asked
        return f"/inloggen/terug?{urlencode({'code': code, 'state': self.asked['state']})}"

    def _configuration(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "id_token_signing_alg_values_supported": ["RS256", "HS256", "none"],
            "token_endpoint_auth_methods_supported": self.methods,
        }

    def _token(self, form: dict[str, str], authorization: str | None) -> dict[str, Any] | None:
        asked = self._codes.pop(form.get("code", ""), None)
        if asked is None or form["redirect_uri"] != asked["redirect_uri"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        if base64.urlsafe_b64encode(digest).rstrip(b"=").decode() != asked["code_challenge"]:
            return None
        who = (form.get("client_id"), form.get("client_secret"))
        if authorization:
            name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
            who = (unquote(name), unquote(secret))
        if who != (CLIENT_ID, CLIENT_SECRET):
            return None
        now = int(time.time())
        told = {"iss": self.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 300, "nonce": asked["nonce"]}
        if "max_age" in asked:
            told["auth_time"] = now
        claims = {name: value for name, value in (told | self.claims).items() if name not in self.left_out}
        key = self.key if self.algorithm == "RS256" else OctKey.import_key(CLIENT_SECRET)
        header = {"alg": self.algorithm, "kid": self.key.kid}
        id_token = jwt.encode(header, claims, key, algorithms=[self.algorithm])
        return {"access_token": "toegang", "token_type": "Bearer", "id_token": id_token}

    def _handler(hospital) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                if self.path.startswith("/authorize?"):  # a browser, of somebody who signs on at once
                    back = hospital.sign_on(self.path)
                    self.send_response(303)
                    self.send_header("Location", urljoin(hospital.asked["redirect_uri"], back))
                    self.end_headers()
                    return
                answers = {
                    "/.well-known/openid-configuration": hospital._configuration(),
                    "/keys": {"keys": [hospital.published.as_dict(private=False)]},
                }
                self._answer(answers.get(self.path))

            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {key: values[0] for key, values in parse_qs(sent).items()}
                self._answer(hospital._token(form, self.headers.get("Authorization")))

            def _answer(self, told: dict[str, Any] | None) -> None:
                body = json.dumps(told or {"error": "invalid_grant"}).encode()
                self.send_response(200 if told else 400)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Says nothing."""

        return Handler
