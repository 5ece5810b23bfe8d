"""CLAMD_ADDRESS -> where the virus scanner listens."""

from urllib.parse import urlsplit

Address = str | tuple[str, int]
"""The path of a Unix socket, or host and port."""
UNIX = "unix:"


def clamd_address(address: str) -> Address:
    """Where `host:port` or `unix:/path` is. Raises ValueError at start-up, rather than at the first document."""
    if address.startswith(UNIX):
        path = address.removeprefix(UNIX)
        if path.startswith("/"):
            return path
    elif host_and_port := _host_and_port(address):
        return host_and_port
    raise ValueError("CLAMD_ADDRESS must look like 127.0.0.1:3310, [::1]:3310 or unix:/run/clamav/clamd.ctl")


def _host_and_port(address: str) -> tuple[str, int] | None:
    if address != address.strip() or set("/@?#") & set(address):
        return None
    try:
        parts = urlsplit(f"//{address}")
        host, port = parts.hostname, parts.port
        (host or "").encode("idna")  # what no look-up would take is a ValueError, too
    except ValueError:
        return None
    return (host, port) if host and port else None
