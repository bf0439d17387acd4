"""Fetching pages from a server on this machine: what is saved, what is refused, and that nothing waits for ever."""

import gzip
import json
import socket
import threading
import time
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import SimpleNamespace

import pytest

from eventstudy import read_article
from eventstudy.cli import news_actions
from eventstudy.errors import NetworkError, UsageError
from eventstudy.files import sha256
from eventstudy.news.reading import connection, fetch
from eventstudy.news.reading.connection import checked_url, is_private
from eventstudy.news.reading.fetch import fetch_pages
from eventstudy.news.reading.saved import note_path

TEXT = "A blaze stopped the Lindholm refinery at 0915 GMT on Friday, its owner said. Nobody was hurt in the fire."
PAGE = (
    f"<html><head><title>Fire</title></head><body><article><p>{TEXT}</p><p>{TEXT}</p></article></body></html>".encode()
)
PRIVATE = """127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0 100.64.0.1 224.0.0.1 255.255.255.255
    ::1 :: fe80::1%eth0 fc00::1 ff02::1 ::ffff:10.0.0.1 64:ff9b::7f00:1 2002:7f00:1::"""
REFUSED = [
    *("file:///etc/passwd", "javascript:alert(1)", "example.org", "http://", "http://[::1", "http://a.org:0/", ""),
    *(
        "http://a.org:x/",
        "http://a.org/a b",
        "http://a.org/\r\nHost: b",
        "http://a.org/\u202e",
        "http://me:secret@a.org/",
    ),
]
HTML = {"Content-Type": "text/html; charset=utf-8"}


class Server(ThreadingHTTPServer):
    """Answers by path with what `pages` has: (status, headers, body), or a function of the request's handler."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.pages, self.requests = {}, []
        self.stopped = threading.Event()
        self.base = f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.requests.append((self.path, dict(self.headers)))
        reply = self.server.pages[self.path]
        with suppress(OSError):
            if callable(reply):
                reply(self)
            else:
                self.answer(*reply)

    def answer(self, status, headers, body):
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def server():
    running = Server()
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield running
    running.stopped.set()
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def fetched(server, tmp_path):
    """Fetch one path of the server."""

    def run(path="/", **options):
        (page,) = fetch_pages([f"{server.base}{path}"], tmp_path / "news", **{"allow_private": True, **options})
        return page

    return run


def saved(tmp_path):
    return sorted(path for path in (tmp_path / "news").rglob("*") if path.is_file())


def test_a_page_is_saved_with_its_headers_time_and_hash(server, fetched, tmp_path):
    server.pages["/a"] = (200, {**HTML, "ETag": '"one"', "Set-Cookie": "id=secret"}, PAGE)
    page = fetched("/a")
    note = json.loads(note_path(page.path).read_text(encoding="utf-8"))
    assert page.outcome == "saved" and page.path.read_bytes() == PAGE
    assert note["sha256"] == sha256(PAGE) and note["url"] == note["final_url"] == f"{server.base}/a"
    assert note["headers"]["etag"] == '"one"' and "set-cookie" not in note["headers"]
    assert note["fetched_utc"].endswith("Z") and note["status"] == 200 and note["bytes"] == len(PAGE)
    assert len(saved(tmp_path)) == 2


def test_a_saved_page_is_read_offline_and_keeps_its_address(server, fetched):
    server.pages["/fire-at-refinery"] = (200, HTML, PAGE)
    page = fetched("/fire-at-refinery")
    server.pages.clear()
    article = read_article(page.path, published="2021-03-05T10:00:00Z")
    assert article.text.startswith("A blaze stopped") and article.url == f"{server.base}/fire-at-refinery"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed_and_both_addresses_kept(server, fetched, status):
    server.pages |= {"/old": (status, {"Location": "/new"}, b""), "/new": (200, HTML, PAGE)}
    page = fetched("/old")
    assert page.outcome == "saved" and page.note["url"].endswith("/old") and page.note["final_url"].endswith("/new")


def test_a_circle_of_redirects_ends(server, fetched):
    server.pages["/a"] = (302, {"Location": "/a"}, b"")
    page = fetched("/a")
    assert page.outcome == "failed" and "redirects" in page.detail and len(server.requests) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "ftp://example.org/a", "gopher://example.org/"])
def test_a_redirect_to_another_scheme_is_refused(server, fetched, tmp_path, target):
    server.pages["/a"] = (302, {"Location": target}, b"")
    page = fetched("/a")
    assert page.outcome == "failed" and "cannot be fetched" in page.detail and not saved(tmp_path)


def test_private_networks_are_refused_without_the_flag(server, fetched):
    server.pages["/a"] = (200, HTML, PAGE)
    page = fetched("/a", allow_private=False)
    assert page.outcome == "failed" and "private network" in page.detail and not server.requests


def test_a_redirect_into_a_private_network_is_refused(server, fetched, monkeypatch):
    """The first host counts as public here; the second does not."""
    server.pages["/a"] = (302, {"Location": f"http://localhost:{server.server_port}/b"}, b"")
    server.pages["/b"] = (200, HTML, PAGE)
    monkeypatch.setattr(connection, "_resolved", lambda host, port: ["::1"] if host == "localhost" else ["127.0.0.1"])
    monkeypatch.setattr(connection, "is_private", lambda address: address != "127.0.0.1")
    page = fetched("/a", allow_private=False)
    assert page.outcome == "failed" and "localhost is ::1, on a private network" in page.detail
    assert [path for path, _ in server.requests] == ["/a"]


def test_a_host_with_one_private_address_among_public_ones_is_refused(monkeypatch, tmp_path):
    monkeypatch.setattr(connection, "_resolved", lambda host, port: ["93.184.215.14", "10.0.0.7"])
    monkeypatch.setattr(socket, "create_connection", lambda *_, **__: pytest.fail("connected"))
    (page,) = fetch_pages(["http://example.org/"], tmp_path)
    assert "example.org is 10.0.0.7, on a private network" in page.detail


@pytest.mark.parametrize("address", PRIVATE.split())
def test_private_addresses(address):
    assert is_private(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f::1", "::ffff:93.184.215.14", "64:ff9b::5db8:d70e"])
def test_public_addresses(address):
    assert not is_private(address)


@pytest.mark.parametrize("url", REFUSED)
def test_addresses_that_are_not_fetched(url):
    with pytest.raises(UsageError) as caught:
        checked_url(url)
    assert "secret" not in str(caught.value)


def test_gzip_is_unpacked(server, fetched):
    server.pages["/a"] = (200, {**HTML, "Content-Encoding": "gzip"}, gzip.compress(PAGE))
    assert fetched("/a").path.read_bytes() == PAGE


def test_a_gzip_bomb_is_never_unpacked(server, fetched, tmp_path, processor_seconds):
    bomb = gzip.compress(bytes(100_000_000), compresslevel=1)
    server.pages["/a"] = (200, {**HTML, "Content-Encoding": "gzip"}, bomb)
    with processor_seconds(5):
        page = fetched("/a")
    assert len(bomb) < 2_000_000 and page.outcome == "failed" and "larger than 10 MB" in page.detail
    assert not saved(tmp_path)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({"Content-Encoding": "gzip"}, gzip.compress(PAGE)[:-20]),
        ({"Content-Encoding": "gzip"}, b"not gzip at all"),
        ({"Content-Encoding": "br"}, b"\x8b\x07\x80"),
        ({"Content-Length": str(len(PAGE) + 10)}, PAGE),
        ({"Content-Type": "application/pdf"}, b"%PDF-1.7"),
        ({"Content-Type": "image/png"}, b"\x89PNG"),
        ({}, b" \n"),
    ],
)
def test_answers_that_are_no_page(server, fetched, tmp_path, headers, body):
    server.pages["/a"] = (200, {**HTML, **headers}, body)
    page = fetched("/a")
    assert page.outcome == "failed" and page.detail and "\n" not in page.detail and not saved(tmp_path)


def test_an_endless_body_ends_at_the_limit(server, fetched, tmp_path):
    def endless(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "text/html")
        handler.end_headers()
        while not handler.server.stopped.is_set():
            handler.wfile.write(b"<p>more</p>" * 10_000)

    server.pages["/a"] = endless
    page = fetched("/a")
    assert page.outcome == "failed" and "larger than 10 MB" in page.detail and not saved(tmp_path)


@pytest.mark.parametrize(
    "begins_with", [b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"]
)
def test_a_server_that_drips_is_cut_off(server, fetched, monkeypatch, begins_with):
    """A byte now and then never runs into the limit of one read, neither among the headers nor in the body."""

    def drip(handler):
        handler.wfile.write(begins_with)
        while not handler.server.stopped.wait(0.02):
            handler.wfile.write(b"x")

    monkeypatch.setattr(connection, "READ_SECONDS", 0.3)
    server.pages["/a"] = drip
    page = fetched("/a")
    assert page.outcome == "failed" and "not complete" in page.detail


def test_a_cut_is_known_without_a_look_at_the_clock(server, fetched, monkeypatch, tmp_path):
    """The timer may fire a moment before the clock that was read after its start says so."""

    def drip(handler):
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>half of it")
        while not handler.server.stopped.wait(0.02):
            handler.wfile.write(b"x")

    monkeypatch.setattr(connection, "READ_SECONDS", 0.3)
    monkeypatch.setattr(connection, "time", SimpleNamespace(monotonic=lambda: 0.0))
    server.pages["/a"] = drip
    page = fetched("/a")
    assert page.outcome == "failed" and "not complete" in page.detail and not saved(tmp_path)


def test_a_server_that_says_nothing_is_given_up(server, fetched, monkeypatch):
    monkeypatch.setattr(connection, "STALL_SECONDS", 0.2)
    server.pages["/a"] = lambda handler: handler.server.stopped.wait(20)
    assert "no answer in time" in fetched("/a").detail


def test_too_many_requests_names_the_wait(server, fetched):
    server.pages["/a"] = (429, {"Retry-After": "120"}, b"slow down")
    page = fetched("/a")
    assert page.outcome == "failed" and "429" in page.detail and "retry after 120" in page.detail
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [404, 410, 403, 500, 503])
def test_other_failures_name_their_status(server, fetched, tmp_path, status):
    server.pages["/a"] = (status, HTML, PAGE)
    assert str(status) in fetched("/a").detail and not saved(tmp_path)


def test_a_page_that_did_not_change_is_asked_for_with_its_tag_and_kept(server, fetched, tmp_path):
    server.pages["/a"] = (200, {**HTML, "ETag": '"one"', "Last-Modified": "Fri, 05 Mar 2021 10:00:00 GMT"}, PAGE)
    first = fetched("/a")
    server.pages["/a"] = (304, {}, b"")
    second = fetched("/a")
    sent = server.requests[-1][1]
    assert sent["If-None-Match"] == '"one"' and sent["If-Modified-Since"] == "Fri, 05 Mar 2021 10:00:00 GMT"
    assert (second.outcome, second.path) == ("unchanged", first.path) and len(saved(tmp_path)) == 2


def test_a_damaged_page_is_fetched_again(server, fetched):
    server.pages["/a"] = (200, {**HTML, "ETag": '"one"'}, PAGE)
    fetched("/a").path.write_bytes(b"damaged")
    page = fetched("/a")
    assert "If-None-Match" not in server.requests[-1][1]
    assert page.outcome == "saved" and page.path.read_bytes() == PAGE


def test_a_304_that_was_not_asked_for_is_a_failure(server, fetched):
    server.pages["/a"] = (304, {}, b"")
    page = fetched("/a")
    assert page.outcome == "failed" and "304" in page.detail


def test_the_same_bytes_are_not_saved_twice_and_others_are(server, fetched, tmp_path):
    server.pages["/a"] = (200, HTML, PAGE)
    assert [fetched("/a").outcome, fetched("/a").outcome] == ["saved", "unchanged"]
    server.pages["/a"] = (200, HTML, PAGE.replace(b"Nobody", b"One man"))
    assert fetched("/a").outcome == "saved" and len(saved(tmp_path)) == 4


def russian(charset=""):
    words = "Пожар остановил завод в пятницу, сообщил владелец. Никто не пострадал, работа началась снова утром."
    head = f'<meta charset="{charset}">' if charset else ""
    body = f"<article><p>{words}</p><p>{words}</p></article>"
    return f"<html><head>{head}<title>Пожар</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    ("stated", "body"),
    [
        ("windows-1251", russian().encode("cp1251")),  # only the server says it
        ("iso-8859-1", russian().encode("utf-8")),  # the server is wrong: it is UTF-8
        ("iso-8859-1", russian("windows-1251").encode("cp1251")),  # the page knows better
        ("no-such-charset", russian().encode("utf-8")),
        ("utf-8", russian().encode("cp1251")),  # the server is wrong and the page silent: guessed
    ],
)
def test_a_wrong_charset_does_not_garble_the_page(server, fetched, stated, body):
    server.pages["/a"] = (200, {"Content-Type": f"text/html; charset={stated}"}, body)
    assert read_article(fetched("/a").path).text.startswith("Пожар остановил завод")


def test_a_feed_is_saved_as_one_and_its_entries_are_read(server, fetched):
    feed = (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>News</title><item><title>Fire</title>"
        f"<guid>n1</guid><pubDate>Fri, 05 Mar 2021 10:02:11 GMT</pubDate><description>{TEXT}</description>"
        "</item></channel></rss>"
    )
    server.pages["/feed"] = (200, {"Content-Type": "application/rss+xml"}, feed.encode())
    page = fetched("/feed")
    article = read_article(page.path)
    assert page.path.suffix == ".xml" and (article.id, article.title) == ("n1", "Fire")


def test_one_line_for_each_failure_and_the_rest_goes_on(server, tmp_path):
    server.pages |= {"/a": (200, HTML, PAGE), "/b": (500, {}, b"")}
    urls = [f"{server.base}/b", "ftp://example.org/", f"{server.base}/a"]
    answer = news_actions.fetch(urls, tmp_path, allow_private=True)
    assert [record["outcome"] for record in answer.records] == ["failed", "failed", "saved"] and answer.exit_code == 0
    assert sum(note.startswith("failed: ") for note in answer.notes) == 2


def test_the_command_ends_with_code_6_where_nothing_arrives(main, tmp_path, server):
    server.pages["/a"] = (500, {}, b"")
    code, out, err = main("news", "fetch", f"{server.base}/a", "--to", tmp_path, "--allow-private")
    assert (code, out) == (NetworkError.exit_code, "") and "HTTP 500" in err


def test_without_a_network_the_rest_is_not_tried(monkeypatch, tmp_path):
    asked = []

    def unreachable(url, *_, **__):
        asked.append(url)
        time.sleep(0.02)
        raise NetworkError("cannot be reached")

    monkeypatch.setattr(fetch, "get", unreachable)
    monkeypatch.setattr(fetch, "PATIENCE", 0.01)
    pages = list(fetch_pages([f"http://example.org/{n}" for n in range(5)], tmp_path))
    assert len(asked) == 1 and all(page.outcome == "failed" for page in pages)
    assert "not tried" in pages[-1].detail


def test_a_look_up_that_hangs_is_given_up(monkeypatch, tmp_path):
    release = threading.Event()
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 0.05)
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(5) and [])
    (page,) = fetch_pages(["http://example.org/"], tmp_path)
    release.set()
    assert "cannot be found (no answer in time)" in page.detail


def test_the_limits_together_are_below_ten_seconds():
    """One address takes at most the first; where it fails, further ones are tried until the second."""
    assert connection.CONNECT_SECONDS < 10 and fetch.PATIENCE < 10
