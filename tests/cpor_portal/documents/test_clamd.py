"""Talking with ClamAV: a real daemon, and stand-ins for one that is broken, slow or something else."""

import io
import os
import signal
import socket
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client
from pypdf import PdfReader, PdfWriter

from cpor_portal.clamd_address import clamd_address
from cpor_portal.documents import clamd
from cpor_portal.documents.clamd import ScannerAway, ScannerSilent, scan
from devtools.environment import ROOT
from tests.support.clamd import EICAR, OWN, own_clamd
from tests.support.scanner_double import scanner_double
from tests.support.servers import OwnServer, free_port

MEBIBYTE = 1024 * 1024
EICAR_FOUND = "Eicar-Test-Signature.UNOFFICIAL"


def _docx(content: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", "<document/>")
        archive.writestr("word/embeddings/object1.bin", content)
    return file.getvalue()


def _pdf(attachment: bytes) -> bytes:
    writer, file = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.add_attachment("note.txt", attachment)
    writer.write(file)
    with PdfReader(io.BytesIO(file.getvalue())) as reader:
        assert len(reader.pages) == 1
    return file.getvalue()


@pytest.mark.parametrize("wrap", [bytes, _docx, _pdf], ids=["as it is", "packed in a DOCX", "attached to a PDF"])
def test_what_the_scanner_knows_is_found_and_the_same_without_it_is_clean(
    scanner: OwnServer, wrap: Callable[[bytes], bytes]
) -> None:
    assert scan([wrap(EICAR)]).threat == EICAR_FOUND
    assert scan([wrap(OWN)]).threat == "Portal-Test-Signature.UNOFFICIAL"
    assert scan([wrap(b"Nothing but a letter.")]).is_clean


def test_a_scanner_on_a_unix_socket_is_asked_likewise(settings: LazySettings, clamd_daemon: OwnServer) -> None:
    daemon = own_clamd(is_on_socket=True)
    settings.CLAMD_ADDRESS = daemon.address
    assert (scan([EICAR]).threat, scan([b"clean"]).threat, clamd.answers()) == (EICAR_FOUND, "", True)
    daemon.remove()
    assert not clamd.answers()


@pytest.mark.parametrize("where", [0, 3], ids=["in front", "in the middle"])
def test_an_empty_chunk_does_not_end_the_stream(scanner: OwnServer, where: int) -> None:
    chunks = [b"some text before ", EICAR[:20], EICAR[20:40], EICAR[40:]]
    chunks.insert(where, b"")
    assert scan(chunks).threat == EICAR_FOUND


def test_the_largest_document_is_scanned_to_its_end(scanner: OwnServer) -> None:
    block = os.urandom(MEBIBYTE)
    assert scan([block] * 20).is_clean
    assert scan([block] * 19 + [b"\n" + EICAR]).threat == EICAR_FOUND


def test_more_than_the_scanner_takes_is_no_verdict(scanner: OwnServer) -> None:
    with pytest.raises(ScannerSilent) as silent:
        scan([bytes(MEBIBYTE)] * 30)
    assert not isinstance(silent.value, ScannerAway)


def test_scans_side_by_side_get_each_their_own_verdict(scanner: OwnServer) -> None:
    contents = [EICAR, b"clean", OWN, b"clean as well"] * 4
    with ThreadPoolExecutor(8) as pool:
        threats = list(pool.map(lambda content: scan([content]).threat, contents))
    assert threats == [EICAR_FOUND, "", "Portal-Test-Signature.UNOFFICIAL", ""] * 4


def test_a_scanner_that_is_killed_under_a_scan_gives_no_verdict_and_one_when_it_is_back(
    settings: LazySettings, clamd_daemon: OwnServer
) -> None:
    daemon = own_clamd()
    settings.CLAMD_ADDRESS = daemon.address

    def chunks() -> Iterator[bytes]:
        yield b"half of it"
        daemon.stop(signal.SIGKILL)
        yield from [bytes(MEBIBYTE)] * 3

    with pytest.raises(ScannerSilent):
        scan(chunks())
    with pytest.raises(ScannerAway):
        scan([EICAR])
    daemon.start()
    assert scan([EICAR]).threat == EICAR_FOUND
    daemon.remove()


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0",
        b"OK\0",
        b"stream: OK",
        b"stream: OK\n\0",
        b"Stream: ok\0",
        b"stream: OK FOUN\0",
        b"stream:  FOUND\0",
        b"stream: OK stream: OK\0",
        b"fd[10]: OK\0",
        b"stream: Can't allocate memory ERROR\0",
        b"INSTREAM size limit exceeded. ERROR\0",
        b"UNKNOWN COMMAND\0",
        b"PONG\0",
        b"\xff\xfe\0",
        b"A" * 10_000,
        b"HTTP/1.1 400 Bad Request\r\nContent-Length: 10\r\n\r\nstream: OK",
    ],
)
def test_an_answer_that_is_not_understood_is_no_verdict(settings: LazySettings, answer: bytes) -> None:
    with scanner_double(answer) as double:
        settings.CLAMD_ADDRESS = double.address
        with pytest.raises(ScannerSilent):
            scan([b"content"])
        assert double.streams == [b"content"]


@pytest.mark.parametrize(
    ("answer", "threat"),
    [
        (b"stream: Win.Trojan-1(44d88612fea8a8f36de82e1278abb02f:68) FOUND\0", "Win.Trojan-1"),
        (b"stream: two words FOUND\0", "two words"),
        (b"stream: bad\nname\x1b FOUND\0", "bad name"),
        (b"stream: \x01 FOUND\0", "?"),
        (b"stream: " + b"x" * 900 + b" FOUND\0", "x" * 200),
    ],
)
def test_whatever_it_calls_what_it_found_is_a_finding_with_a_name_for_people(
    settings: LazySettings, answer: bytes, threat: str
) -> None:
    with scanner_double(answer) as double:
        settings.CLAMD_ADDRESS = double.address
        assert scan([b"content"]).threat == threat


def test_nobody_waits_longer_for_a_scanner_than_was_agreed(
    settings: LazySettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clamd, "SECONDS_TO_SCAN", 0.3)
    began = time.monotonic()
    with scanner_double(None) as double:
        settings.CLAMD_ADDRESS = double.address
        with pytest.raises(ScannerSilent, match="more than") as silent:
            scan([b"content"])
    # One that takes connections and never reads: the portal's own sending gets stuck.
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        settings.CLAMD_ADDRESS = f"127.0.0.1:{deaf.getsockname()[1]}"
        with pytest.raises(ScannerSilent, match="more than"):
            scan([bytes(MEBIBYTE)] * 50)
    assert not isinstance(silent.value, ScannerAway)
    assert time.monotonic() - began < 3


def test_an_address_where_nothing_listens_is_told_apart(settings: LazySettings, tmp_path: Path) -> None:
    for address in (f"127.0.0.1:{free_port()}", f"unix:{tmp_path}/nothing"):
        settings.CLAMD_ADDRESS = address
        with pytest.raises(ScannerAway):
            scan([b"content"])


def test_trouble_with_the_file_itself_is_not_laid_at_the_scanners_door(scanner: OwnServer) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"half of it"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        scan(chunks())


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("127.0.0.1:3310", ("127.0.0.1", 3310)),
        ("scanner.example:3310", ("scanner.example", 3310)),
        ("[::1]:3310", ("::1", 3310)),
        ("unix:/run/clamav/clamd.ctl", "/run/clamav/clamd.ctl"),
    ],
)
def test_an_address_is_host_and_port_or_a_socket(text: str, address: object) -> None:
    assert clamd_address(text) == address


@pytest.mark.parametrize(
    "text",
    [
        "3310",
        "localhost",
        "localhost:",
        ":3310",
        "localhost:clamd",
        "localhost:0",
        "localhost:99999",
        "unix:clamd.ctl",
        "unix:",
        "/run/clamav/clamd.ctl",
        "tcp://localhost:3310",
        "a@b:3310",
        " localhost:3310",
        "::1:3310",
        "a..b:3310",
    ],
)
def test_nonsense_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match="CLAMD_ADDRESS must look like"):
        clamd_address(text)


def test_the_portal_does_not_start_with_nonsense(tmp_path: Path) -> None:
    environment = {**os.environ, "CLAMD_ADDRESS": "somewhere", "STATE_DIR": str(tmp_path)}
    command = [sys.executable, "-c", "import cpor_portal.settings"]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert done.stderr.splitlines()[-1].startswith("ValueError: CLAMD_ADDRESS must look like 127.0.0.1:3310")


@pytest.mark.django_db
def test_readiness_names_the_scanner_and_does_not_depend_on_it(
    client: Client, settings: LazySettings, scanner: OwnServer
) -> None:
    assert client.get("/readyz").json()["scanner"] == "ok"
    settings.CLAMD_ADDRESS = f"127.0.0.1:{free_port()}"
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["scanner"]) == (200, "unreachable")
