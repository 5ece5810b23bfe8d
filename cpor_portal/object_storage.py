"""STORAGE_URL -> Django's storage settings for S3-compatible object storage."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


def storage_from_url(address: str) -> dict[str, Any]:
    """Settings for `s3://KEY:SECRET@HOST:PORT/BUCKET?region=…&tls=0`; an empty host means the provider's own.

    Raises ValueError for another scheme or a missing bucket, at start-up rather than at the first upload.
    """
    parts = urlsplit(address)
    bucket = parts.path.strip("/")
    if parts.scheme != "s3" or not bucket:
        raise ValueError("STORAGE_URL must look like s3://KEY:SECRET@HOST:PORT/BUCKET?region=eu-central-1")
    query = parse_qs(parts.query)
    options: dict[str, Any] = {
        "bucket_name": bucket,
        "access_key": unquote(parts.username or "") or None,
        "secret_key": unquote(parts.password or "") or None,
        "region_name": query.get("region", [None])[0],
        "default_acl": None,
        "querystring_auth": True,
        "file_overwrite": False,
    }
    if parts.hostname:
        scheme = "http" if query.get("tls") == ["0"] else "https"
        port = f":{parts.port}" if parts.port else ""
        options["endpoint_url"] = f"{scheme}://{parts.hostname}{port}"
    return {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
