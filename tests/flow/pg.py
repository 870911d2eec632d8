# SPDX-License-Identifier: Apache-2.0
"""A PostgreSQL server of a test: `with Postgres() as pg: pg.address("name")` on a socket in its own folder."""
import os, pwd, shutil, signal, subprocess, tempfile, time
from pathlib import Path


def tool(name):
    """Debian keeps the servers' programs out of PATH, by version."""
    return str(max(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda p: int(p.parts[4])))


class Postgres:
    """Runs as the user nobody, because it refuses root. Nothing is flushed unless `is_durable`."""

    def __init__(self, is_durable=False):
        self.is_durable = is_durable

    def __enter__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="tynd-pg-"))
        nobody = pwd.getpwnam("nobody")
        self.as_nobody = dict(user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[]) if os.getuid() == 0 else {}
        if self.as_nobody:
            os.chown(self.folder, nobody.pw_uid, nobody.pw_gid)
        self.data = self.folder / "data"
        self.run(tool("initdb"), "-D", self.data, "-U", "tynd", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()
        return self

    def run(self, *command):
        subprocess.run([str(c) for c in command], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                       cwd=self.folder, **self.as_nobody)

    def start(self):
        options = ["-k", self.folder, "-c", "listen_addresses=", "-c", f"fsync={'on' if self.is_durable else 'off'}",
                   "-c", "max_connections=40", "-c", "shared_buffers=32MB"]
        self.log = open(self.folder / "log", "ab")
        self.process = subprocess.Popen([str(c) for c in [tool("postgres"), "-D", self.data, *options]],
                                        stdout=self.log, stderr=subprocess.STDOUT, cwd=self.folder, **self.as_nobody)
        self.wait()

    def wait(self):
        for _ in range(300):
            if subprocess.run([tool("pg_isready"), "-q", "-h", str(self.folder)], stdout=subprocess.DEVNULL).returncode == 0:
                return
            if self.process.poll() is not None:
                raise RuntimeError((self.folder / "log").read_text(errors="replace")[-2000:])
            time.sleep(0.1)
        raise TimeoutError("PostgreSQL did not start")

    def stop(self, number=signal.SIGINT):
        """SIGINT: fast, in order; SIGQUIT: as a crash."""
        self.process.send_signal(number)
        self.process.wait(30)
        self.log.close()

    def address(self, name, user="tynd"):
        return f"postgresql://{user}@/{name}?host={self.folder}"

    def create(self, name):
        self.run(tool("createdb"), "-h", self.folder, "-U", "tynd", name)
        return self.address(name)

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.stop()
        shutil.rmtree(self.folder)
