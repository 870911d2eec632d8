# SPDX-License-Identifier: Apache-2.0
"""The municipality around the demo's one real device: 150 sites, 2,000 simulated devices that are expected by
their serial numbers, and one process that plays them with true keys, certificates and sessions."""
import json, ssl, subprocess, urllib.request
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
VILLAGES = ("Skovby Havnby Lundby Møllerup Engsted Vestrup Nørby Østerlund Kirkeby Strandby Bakkerup Egelund Holmsted Søborup "
            "Agerby Dalby Brodal Klintby Ravnsø Hedelund Fjordby Birkerup Vangede Lyngsted Åby Kildal Torpe Nyborup Sandvig Højby").split()
# Kind of place, letters of its devices' names, group, devices at each.
PLACES = (("Skole", "SKO", "schools", 28), ("Plejecenter", "PLC", "care", 18), ("Børnehus", "BOR", "daycare", 8),
          ("Bibliotek", "BIB", "libraries", 9), ("Borgerservice", "BOS", "offices", 8))


def expected(count):
    """Rows of the expected devices, in the order of the simulated ones: the serial numbers are theirs."""
    seats = []
    for number, village in enumerate(VILLAGES):
        for kind, letters, group, size in PLACES:
            # Villages differ: between half and one and a half times the usual size.
            size = max(2, size * (50 + 100 * (number * 7 % 30) // 29) // 100)
            seats += [(seat, letters, f"{village} {kind}", group) for seat in range(size)]
    rows, numbers = [], {letters: 0 for _, letters, _, _ in PLACES}
    for _, letters, site, group in sorted(seats)[:count]:  # every site has its first seat before any has its second
        numbers[letters] += 1
        rows.append({"serial": f"SIM-{len(rows):06}", "name": f"{letters}-{numbers[letters]:04}", "site": site, "groups": [group]})
    return rows


class Municipality:
    """Simulated devices against the server, from when they are expected until the `with` block ends."""

    def __init__(self, server, folder, count):
        self.server, self.rows = server, expected(count)
        self.call("POST", "/expected", {"devices": self.rows, "networks": ["127.0.0.0/8"], "create": True})
        self.log = open(Path(folder) / "fleet.log", "wb")
        self.process = subprocess.Popen(
            ["nice", str(TOP / "build/fleet"), "--server", f"127.0.0.1:{server.port}", "--devices", str(len(self.rows)),
             "--enrolling", "20", "--spread", "60000", "--sessions", "60", "--session-seconds", "1800"],
            stdin=subprocess.PIPE, stdout=self.log, stderr=self.log)

    def call(self, method, path, body=None):
        context = ssl.create_default_context(cafile=str(self.server.data / "ca.pem"))
        request = urllib.request.Request(f"{self.server.url}/api/v1{path}", method=method,
                                         data=json.dumps(body).encode() if body else None,
                                         headers={"Authorization": f"Bearer {self.server.token}"})
        with urllib.request.urlopen(request, context=context, timeout=120) as answer:
            return json.load(answer)

    def online(self):
        return self.call("GET", "/server")["online"]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        self.process.stdin.close()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
