# SPDX-License-Identifier: Apache-2.0
"""docs/openapi.json against what a running server says: every answer that a test gets is compared with it."""
import json, re
from pathlib import Path

from jsonschema import Draft202012Validator

DOCUMENT = json.loads((Path(__file__).resolve().parents[2] / "docs/openapi.json").read_text())
PREFIX = "/api/v1"


def pattern_of(path):
    return re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part)
                              for part in re.split(r"(\{\w+\})", path)) + "$")


# Paths without parameters first: /layers/organisation is not a kind of layer.
PATHS = sorted(((path, pattern_of(path)) for path in DOCUMENT["paths"]), key=lambda p: "{" in p[0])
VALIDATORS = {}


def operation(method, target):
    """(path of the document, operation) that a request is; (None, None) outside of it."""
    path = target.split("?")[0].removeprefix(PREFIX)
    for name, pattern in PATHS:
        if pattern.match(path):
            return name, DOCUMENT["paths"][name].get(method.lower())
    return None, None


def resolve(node):
    while "$ref" in node:
        found = DOCUMENT
        for key in node["$ref"][2:].split("/"):
            found = found[key]
        node = found
    return node


def validator(schema):
    key = json.dumps(schema, sort_keys=True)
    if key not in VALIDATORS:
        VALIDATORS[key] = Draft202012Validator({**schema, "components": DOCUMENT["components"]})
    return VALIDATORS[key]


def problems(method, target, body, status, answer):
    """What of a request and its answer is not as the document says: a list of sentences.

    `answer` is JSON, or the media type of anything else. A body is compared only where the server took it, and an error's text is not judged."""
    path, found = operation(method, target)
    if not found:
        return [] if status in (404, 405) else [f"{method} {target}: answered with {status}, not in the document"]
    wrong = []
    described = found["responses"].get(str(status))
    if not described and status < 400:
        wrong.append(f"{method} {path}: {status} is not in the document")
    content = resolve(described or found["responses"]["default"])["content"]
    if isinstance(answer, str):
        return wrong if answer in content else [*wrong, f"{method} {path}: {answer} is not in the document"]
    schema = content["application/json"]["schema"]
    for error in list(validator(schema).iter_errors(answer))[:3]:
        wrong.append(f"{method} {path}: answer {status} at {error.json_path}: {error.message[:200]}")
    content = found.get("requestBody", {}).get("content", {})
    if status < 400 and "application/json" in content and body is not None:
        schema = content["application/json"]["schema"]
        for error in list(validator(schema).iter_errors(body))[:3]:
            wrong.append(f"{method} {path}: the server took a body that the document refuses: {error.message[:200]}")
    elif status < 400 and body not in (None, {}) and not content:
        wrong.append(f"{method} {path}: the server took a body, the document has none")
    known = {p["name"] for p in found.get("parameters", []) if p["in"] == "query"}
    given = {pair.split("=")[0] for pair in target.partition("?")[2].split("&") if pair}
    if status < 400 and given - known:
        wrong.append(f"{method} {path}: the server took the queries {given - known}")
    return wrong
