"""Get one address over HTTP: checked hosts, limits on time and size, no redirect followed."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
import time
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, quote, urlsplit

from ...errors import NetworkError, UsageError
from ...files import MEGABYTE

LARGEST = 10 * MEGABYTE
CONNECT_SECONDS, STALL_SECONDS, READ_SECONDS = 6.0, 8.0, 20.0
_PIECE = 65_536
_PORTS = {"http": 80, "https": 443}
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SAFE_PATH = "/%:@!$&'()*+,;=~-._"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What a server answered to one request.

    Parameters
    ----------
    status : int
    headers : mapping of str to str
        Names in lower case.
    body : bytes
        Without compression; empty for a redirect and for 304.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes


def checked_url(url: str) -> SplitResult:
    """Return the parts of an address that may be fetched.

    Parameters
    ----------
    url : str

    Returns
    -------
    SplitResult

    Raises
    ------
    UsageError
        If it is not http or https, has no host, or has a name and password or characters that no address has.

    Examples
    --------
    >>> checked_url("https://example.org/a").hostname
    'example.org'
    """
    try:
        parts = urlsplit(url)
        known = parts.scheme in _PORTS and parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        known = False
    if not known or any(letter.isspace() or not letter.isprintable() for letter in url):
        raise UsageError(f"{url!r} cannot be fetched; give an address such as https://example.org/page")
    if parts.username is not None or parts.password is not None:
        raise UsageError(f"{parts.scheme}://{parts.hostname}: an address with a name and password is not fetched")
    return parts


def get(url: str, headers: Mapping[str, str], *, allow_private: bool = False) -> Reply:
    """Request one address.

    Parameters
    ----------
    url : str
    headers : mapping of str to str
        Sent with the request.
    allow_private : bool
        Whether the host may lie in a private network or be this machine.

    Returns
    -------
    Reply

    Raises
    ------
    UsageError
        As `checked_url`.
    NetworkError
        If the host is unknown or private, cannot be reached in 6 seconds, does not answer completely in 20 more, or
        sends more than 10 MB, also after decompression.
    """
    parts = checked_url(url)
    host = str(parts.hostname)
    place = (quote(parts.path, safe=_SAFE_PATH) or "/") + (
        f"?{quote(parts.query, safe=_SAFE_PATH + '?')}" if parts.query else ""
    )
    connection = _connected(parts, allow_private)
    # A server that sends a byte now and then never runs into the time limit of one read.
    was_cut = threading.Event()
    timer = threading.Timer(READ_SECONDS, _cut, [connection.sock, was_cut])
    timer.start()
    reason = ""
    try:
        reply = _asked(connection, place, headers)
    except (http.client.HTTPException, OSError, ValueError, zlib.error) as error:
        reason = _reason(error)
    finally:
        timer.cancel()
        connection.close()
    # A connection that was cut may look like an answer that has ended.
    if was_cut.is_set():
        reason = f"the answer was not complete after {READ_SECONDS:.0f} s"
    if reason:
        raise NetworkError(f"{host}: {reason}")
    return reply


def _asked(connection: http.client.HTTPConnection, place: str, headers: Mapping[str, str]) -> Reply:
    """Send a request and read what comes."""
    connection.request("GET", place, headers={"Accept-Encoding": "gzip", "Connection": "close", **headers})
    with connection.getresponse() as response:
        found = {name.lower(): value for name, value in response.getheaders()}
        body = _body(response, found.get("content-encoding", "")) if response.status == 200 else b""
    return Reply(status=response.status, headers=found, body=body)


def _cut(stream: socket.socket, was_cut: threading.Event) -> None:
    """End a connection, so that a read that waits on it returns; say so first."""
    was_cut.set()
    with contextlib.suppress(OSError):
        stream.shutdown(socket.SHUT_RDWR)


def _connected(parts: SplitResult, allow_private: bool) -> http.client.HTTPConnection:
    """Connect to the host of an address, at an address of it that was checked: names may change their meaning."""
    host, port = str(parts.hostname), parts.port or _PORTS[parts.scheme]
    deadline = time.monotonic() + CONNECT_SECONDS
    addresses = _resolved(host, port)
    if not allow_private and (private := next((a for a in addresses if is_private(a)), "")):
        raise NetworkError(f"{host} is {private}, on a private network; pass --allow-private to fetch from there")
    failure: OSError = TimeoutError()
    for address in addresses:
        if (left := deadline - time.monotonic()) <= 0:
            break
        try:
            stream = socket.create_connection((address, port), timeout=left)
        except OSError as error:
            failure = error
            continue
        stream.settimeout(STALL_SECONDS)
        return _over(stream, parts.scheme, host, port)
    raise NetworkError(f"{host} cannot be reached ({_reason(failure)})")


def _over(stream: socket.socket, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
    """Speak HTTP over a connection that is open, encrypted for https."""
    connection = http.client.HTTPConnection(host, port)
    try:
        secure = ssl.create_default_context().wrap_socket(stream, server_hostname=host) if scheme == "https" else stream
    except OSError as error:
        stream.close()
        raise NetworkError(f"{host}: no secure connection ({_reason(error)})") from None
    connection.sock = secure
    return connection


def _resolved(host: str, port: int) -> list[str]:
    """Look up the addresses of a host; the system's own look-up may take minutes, so it runs aside."""
    found: list[str] = []
    failures: list[str] = []

    def look_up() -> None:
        try:
            found.extend(
                dict.fromkeys(str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            )
        except (OSError, UnicodeError) as error:
            failures.append(_reason(error))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(CONNECT_SECONDS)
    if not found:
        raise NetworkError(f"{host} cannot be found ({failures[0] if failures else 'no answer in time'})")
    return found


def is_private(address: str) -> bool:
    """Return whether an IP address is not one of the public internet.

    Parameters
    ----------
    address : str
        IPv4 or IPv6, also an IPv4 address in the clothes of an IPv6 one.

    Returns
    -------
    bool

    Examples
    --------
    >>> is_private("10.0.0.1"), is_private("::ffff:127.0.0.1"), is_private("93.184.215.14")
    (True, True, False)
    """
    ip = ipaddress.ip_address(address.split("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_private(str(inner))
    return not ip.is_global or ip.is_multicast


def _body(response: http.client.HTTPResponse, encoding: str) -> bytes:
    """Read a body piece by piece, decompressed, up to the limit of size."""
    if encoding.strip().lower() not in ("", "identity", "gzip", "x-gzip"):
        raise NetworkError(f"an answer compressed as {encoding[:30]!r}, which was not asked for")
    unpack = zlib.decompressobj(wbits=31) if "gzip" in encoding.lower() else None
    body, received = bytearray(), 0
    while piece := response.read1(_PIECE):
        received += len(piece)
        # One byte more than is allowed is enough to know, so a small body that unpacks to gigabytes is never unpacked.
        body += piece if unpack is None else unpack.decompress(piece, LARGEST + 1 - len(body))
        if max(len(body), received) > LARGEST:
            raise NetworkError(f"the answer is larger than {LARGEST // MEGABYTE} MB")
    if response.length or (unpack is not None and not unpack.eof):
        raise NetworkError("the answer breaks off")
    if unpack is not None and unpack.unused_data.strip(b"\0"):
        raise NetworkError("the answer is compressed in several parts, which is not read")
    return bytes(body)


def _reason(error: BaseException) -> str:
    """Say in a few words what went wrong."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate is not valid: {error.verify_message}"
    return " ".join(str(getattr(error, "strerror", None) or error or type(error).__name__).split())[:120]
