# SPDX-License-Identifier: Apache-2.0
"""Steps of a machine test: each says what must hold; the sum is what tests/run reads."""
import sys, traceback

passed, failed = [], []


class Stop(Exception):
    """The steps behind a failed one would fail for its reason."""


def step(name, needed=False):
    """with step("..."): a failure inside is printed and counted; with needed=True it ends the test."""
    return _Step(name, needed)


class _Step:
    def __init__(self, name, needed):
        self.name, self.needed = name, needed

    def __enter__(self):
        print(f"- {self.name}", flush=True)

    def __exit__(self, kind, error, trace):
        if kind is None:
            passed.append(self.name)
            return False
        if not issubclass(kind, Exception) or kind is Stop:
            return False
        failed.append(self.name)
        traceback.print_exception(kind, error, trace, file=sys.stdout)
        print(f"  FAILED: {self.name}: {error}", flush=True)
        if self.needed:
            raise Stop(self.name)
        return True


def equal(actual, expected):
    if actual != expected:
        raise AssertionError(f"{actual!r} is not {expected!r}")


def holds(condition, what):
    if not condition:
        raise AssertionError(what)


def finish():
    print(f"{len(passed)} passed, {len(failed)} failed")
    return 1 if failed or not passed else 0
