"""STORAGE_URL -> Django's storage settings for S3-compatible object storage."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.config import Config

MEBIBYTE = 1024 * 1024
# A person waits for the answer: seconds and tries are few, and a storage that is away is said so.
CLIENT = Config(
    connect_timeout=3,
    read_timeout=15,
    retries={"total_max_attempts": 2, "mode": "standard"},
    # Storages that speak the protocol and are not Amazon's often know no newer checksums.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)
# One request for a document, read from its file as it is sent; the larger ones in parts, one after the other.
TRANSFER = TransferConfig(
    multipart_threshold=64 * MEBIBYTE,
    multipart_chunksize=8 * MEBIBYTE,
    max_concurrency=1,
    use_threads=False,
    num_download_attempts=2,
)


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
        # All names are random: whether one is taken needs no request of its own.
        "file_overwrite": True,
        # Whatever type the browser named: a document is nothing that a bucket's own pages should show.
        "object_parameters": {"ContentType": "application/octet-stream"},
        "max_memory_size": MEBIBYTE,
        "client_config": CLIENT,
        "transfer_config": TRANSFER,
    }
    if parts.hostname:
        scheme = "http" if query.get("tls") == ["0"] else "https"
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        port = f":{parts.port}" if parts.port else ""
        options["endpoint_url"] = f"{scheme}://{host}{port}"
    return {"BACKEND": "cpor_portal.documents.object_storage.ObjectStorage", "OPTIONS": options}
