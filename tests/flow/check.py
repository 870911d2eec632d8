# SPDX-License-Identifier: Apache-2.0
"""Counting checks of a flow test, and small things they need."""
import subprocess
from pathlib import Path


class Checks:
    def __init__(self):
        self.passed = self.failed = 0

    def check(self, what, holds, seen=None):
        if holds:
            self.passed += 1
        else:
            self.failed += 1
        print(f"{'ok    ' if holds else 'FAILED'} {what}{'' if holds else f' (seen: {seen})'}", flush=True)
        return bool(holds)

    def end(self):
        print(f"{self.passed} passed, {self.failed} failed")
        return 1 if self.failed else 0


def make_ca(folder):
    """A CA of our own, as PEM."""
    key, pem = Path(folder) / "ca.key", Path(folder) / "ca.pem"
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                    "-keyout", str(key), "-out", str(pem), "-days", "2", "-subj", "/CN=test CA"],
                   check=True, capture_output=True)
    return pem.read_bytes()
