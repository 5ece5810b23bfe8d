"""A real ClamAV daemon for the tests of the virus scan: one that is there, else Debian's package.

It has signatures of its own, two that the tests write: it needs no download and starts at once.
`python -m tests.support.clamd` gets it and prints its path and version, as `dev.py test` does beforehand.
Standard library only.
"""

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

from tests.support.chromium import alone
from tests.support.servers import OwnServer, Server, ServerMissingError, free_port, new_folder, output, started

DEBIAN = Path("/usr/sbin/clamd")
# In two parts: where this source lies, a scanner is to find nothing.
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR" + b"-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
OWN = b"the portal's own" + b" test of its scanner, 22 November 2026"
SIGNATURES = {"Eicar-Test-Signature": EICAR, "Portal-Test-Signature": OWN}
# What an administrator of Debian's gets, as far as it matters here; the limits are Debian's.
CONFIGURATION = """\
Foreground yes
{listens}
DatabaseDirectory {folder}/signatures
TemporaryDirectory {folder}
User {user}
StreamMaxLength 25M
MaxThreads 4
ReadTimeout 30
ExtendedDetectionInfo yes
"""


def clamd() -> Server:
    """The scanner's binary: CLAMD_BINARY, Debian's, or installed now (as root). Raises ServerMissingError."""
    given = os.environ.get("CLAMD_BINARY", "")
    with alone("clamd"):
        binary = Path(given) if given else _found() or _from_apt()
    if binary is None:
        raise ServerMissingError("ClamAV: no CLAMD_BINARY, no Debian package clamav-daemon, and none can be installed.")
    return Server("ClamAV", str(binary), f"{output([binary, '--version'])}, {binary}")


def at_hand() -> str:
    """For the report's head: the scanner that is there; nothing is installed for that."""
    given = os.environ.get("CLAMD_BINARY", "")
    binary = Path(given) if given else _found()
    return f"{output([binary, '--version'])}, {binary}" if binary else "none yet; its tests will ask for one"


def own_clamd(*, is_on_socket: bool = False) -> OwnServer:
    """A new daemon that knows SIGNATURES; its `address` is for CLAMD_ADDRESS. Raises ServerMissingError."""
    found = clamd()
    folder = new_folder("cpor-clamd-")
    address = f"unix:{folder}/clamd" if is_on_socket else f"127.0.0.1:{free_port()}"
    owner = "nobody" if os.geteuid() == 0 else None
    _write(folder, address, owner)
    command: list[str | Path] = [found.address, "--config-file", folder / "clamd.conf"]
    return started(
        OwnServer(
            "ClamAV",
            address,
            found.description,
            folder,
            command,
            lambda: _answers(address),
            signal.SIGTERM,
            owner,
        )
    )


def _write(folder: Path, address: str, owner: str | None) -> None:
    signatures = folder / "signatures"
    signatures.mkdir()
    lines = [f"{name}:0:*:{text.hex()}\n" for name, text in SIGNATURES.items()]
    (signatures / "portal.ndb").write_text("".join(lines))
    host, _, port = address.partition(":")
    listens = f"LocalSocket {port}" if host == "unix" else f"TCPSocket {port}\nTCPAddr {host}"
    user = owner or pwd.getpwuid(os.geteuid()).pw_name
    (folder / "clamd.conf").write_text(CONFIGURATION.format(listens=listens, folder=folder, user=user))
    if owner:
        for path in (folder, signatures, *signatures.iterdir(), folder / "clamd.conf"):
            shutil.chown(path, owner, pwd.getpwnam(owner).pw_gid)


def _answers(address: str) -> bool:
    host, _, rest = address.partition(":")
    is_on_socket = host == "unix"
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX if is_on_socket else socket.AF_INET) as link:
        link.settimeout(1)
        link.connect(rest if is_on_socket else (host, int(rest)))
        link.sendall(b"zPING\0")
        return link.recv(16) == b"PONG\0"
    return False


def _found() -> Path | None:
    on_path = shutil.which("clamd")
    return DEBIAN if DEBIAN.exists() else Path(on_path) if on_path else None


def _from_apt() -> Path | None:
    """Debian's package, where an administrator runs the tests on Debian; None where that cannot be."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "clamav-daemon"]):
        print(f"apt-get {' '.join(arguments)} …", file=sys.stderr, flush=True)
        done = subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=sys.stderr)
        if done.returncode:
            return None
    return _found()


if __name__ == "__main__":
    try:
        server = clamd()
        print(f"{server.address}\n{server.description}")
    except ServerMissingError as fault:
        sys.exit(str(fault))
