# SPDX-License-Identifier: Apache-2.0
"""Simulated devices (tools/fleet) against a server of a test: started, let in, asked."""
import json, os, queue, subprocess, threading, time

from test_server_lib import BUILD


class Fleet:
    """`count` devices in processes of `each`; whoever shows a code is approved over the people's API."""

    def __init__(self, server, count, each=6000, sites=0, approvers=2, options=(), state=None):
        self.server, self.count, self.sites = server, count, sites
        self.codes, self.events = queue.Queue(), queue.Queue()
        self.told, self.stats, self.processes = {}, {}, []
        self.lock = threading.Condition()
        for first in range(0, count, each):
            words = [str(BUILD / "fleet"), "--server", f"127.0.0.1:{server.port}", "--first", str(first),
                     "--devices", str(min(each, count - first)), *options]
            if state:
                words += ["--state", f"{state}.{first}"]
            process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                       text=True)
            self.processes.append(process)
            threading.Thread(target=self.read, args=(process,), daemon=True).start()
        self.approvers = [threading.Thread(target=self.approve, daemon=True) for _ in range(approvers)]
        [a.start() for a in self.approvers]

    def __enter__(self):
        return self

    def __exit__(self, *unused):
        for process in self.processes:
            try:
                process.stdin.close()
                process.wait(20)
            except (subprocess.TimeoutExpired, BrokenPipeError):
                process.kill()
                process.wait()
        [self.codes.put(None) for _ in self.approvers]

    def read(self, process):
        for line in process.stdout:
            event = json.loads(line)
            with self.lock:
                if event["event"] == "code":
                    self.codes.put(event)
                elif event["event"] == "told":
                    self.told[process.pid, event["revision"]] = event
                else:
                    self.stats[process.pid] = event
                self.lock.notify_all()

    def place_of(self, number):
        """Where a device belongs: sites have unequal sizes, as schools and town halls do."""
        return {"site": f"Site {number * 7919 % self.sites + 1:03}", "create": True} if self.sites else {}

    def approve(self):
        connection = self.server.connect()
        while event := self.codes.get():
            body = {"code": event["code"], "name": f"SIM-{event['device']:06}", **self.place_of(event["device"])}
            answer = self.server.api("POST", "/enrolments/approve", body, connection=connection)
            if answer.status != 201:
                print("approve:", answer.status, answer.body[:200], flush=True)
        connection.close()

    def say(self, command):
        for process in self.processes:
            process.stdin.write(command + "\n")
            process.stdin.flush()

    def ask(self):
        """Sums over all processes."""
        with self.lock:
            self.stats.clear()
            self.say("stats")
            self.lock.wait_for(lambda: len(self.stats) == len(self.processes), 60)
            return {key: sum(s[key] for s in self.stats.values()) for key in next(iter(self.stats.values()))
                    if isinstance(next(iter(self.stats.values()))[key], int)}

    def wait_parked(self, count=None, seconds=600):
        end = time.monotonic() + seconds
        while (seen := self.ask())["parked"] < (count or self.count):
            if time.monotonic() > end:
                raise TimeoutError(f"not all devices wait: {seen}")
            time.sleep(0.2)
        return seen

    def wait_told(self, revision, seconds=60):
        """When the first and the last device heard of the revision (seconds, CLOCK_MONOTONIC), and how many."""
        def of():
            return [e for (_, r), e in self.told.items() if r == revision]
        with self.lock:
            self.lock.wait_for(lambda: sum(e["devices"] for e in of()) >= self.count, seconds)
            events = of()
        return (min((e["first_us"] for e in events), default=0) / 1e6, max((e["last_us"] for e in events), default=0) / 1e6,
                sum(e["devices"] for e in events))
