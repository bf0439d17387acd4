"""A server on this machine that answers as Yahoo's chart service does, and a session that asks nobody else."""

import json
import threading
from collections import Counter, defaultdict
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import requests
from requests.adapters import HTTPAdapter

CHART = "/v8/finance/chart/"


def chart(stamps, quotes, *, zone="America/New_York", adjusted=None, events=None, periods=None, **meta):
    """One chart answer: `quotes` has a list for each of open, high, low, close, volume."""
    period = {"timezone": "EST", "start": 0, "end": 1, "gmtoffset": -18000}
    result = {
        "meta": {
            "currency": "USD",
            "symbol": "X",
            "exchangeName": "NYM",
            "instrumentType": "FUTURE",
            "regularMarketTime": 1578430800,
            "gmtoffset": -18000,
            "timezone": "EST",
            "exchangeTimezoneName": zone,
            "priceHint": 2,
            "currentTradingPeriod": {"pre": period, "regular": period, "post": period},
            "dataGranularity": "1d",
            "validRanges": ["1d", "5d", "max"],
            **({"tradingPeriods": periods} if periods else {}),
            **meta,
        },
        "timestamp": stamps,
        "indicators": {"quote": [quotes], "adjclose": [{"adjclose": adjusted or quotes["close"]}]},
    }
    if events:
        result["events"] = events
    return {"chart": {"result": [result], "error": None}}


def error(code, description):
    return {"chart": {"result": None, "error": {"code": code, "description": description}}}


def quotes(rows):
    """Lists of a chart answer from rows of open, high, low, close (or None for a null bar)."""
    filled = [row or (None, None, None, None) for row in rows]
    lists = dict(zip(("open", "high", "low", "close"), map(list, zip(*filled, strict=True)), strict=True))
    return lists | {"volume": [None if row is None else 100 for row in rows]}


class Reply:
    """What the server does with one request."""

    def __init__(self, body=b"", status=200, *, headers=None, until=None, promise=None):
        self.body = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.status, self.headers, self.until, self.promise = status, headers or {}, until, promise


class ChartServer:
    """`script[symbol]` is a list of replies to its price requests, the last repeated; its time zone is told freely."""

    def __init__(self):
        self.script = {}
        self.zones = {}
        self.asked = defaultdict(list)
        self.paths = Counter()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                outer.answer(self)

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})

    def reply(self, path, query):
        if not path.startswith(CHART):
            return Reply(b"crumb", headers={"Set-Cookie": "A3=loop; Path=/"})
        symbol = unquote(path.removeprefix(CHART))
        replies = self.script.get(symbol, [Reply(error("Not Found", "No data found, symbol may be delisted"), 404)])
        if "range" in query and symbol in self.script:
            zone = self.zones.get(symbol, "America/New_York")
            return Reply(chart([1578430800], quotes([(1, 1, 1, 1)]), zone=zone))
        self.asked[symbol].append(query)
        return replies[min(len(self.asked[symbol]), len(replies)) - 1]

    def answer(self, handler):
        url = urlsplit(handler.path)
        self.paths[url.path] += 1
        reply = self.reply(url.path, parse_qs(url.query))
        if reply.until:
            reply.until.wait()
        handler.send_response(reply.status)
        headers = {"Content-Length": str(reply.promise or len(reply.body)), "Connection": "close", **reply.headers}
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.close_connection = True
        with suppress(ConnectionError):
            handler.wfile.write(reply.body)

    @contextmanager
    def running(self):
        self.thread.start()
        try:
            yield self
        finally:
            self.server.shutdown()
            self.thread.join()
            self.server.server_close()

    def session(self):
        """A session whose every request to Yahoo arrives here; any other host is an error."""
        port = self.server.server_port

        class Loopback(HTTPAdapter):
            def send(self, request, **options):
                url = urlsplit(request.url)
                assert url.hostname.endswith("yahoo.com"), f"a test asked {url.hostname}"
                request.url = url._replace(scheme="http", netloc=f"127.0.0.1:{port}").geturl()
                return super().send(request, **options)

        session = requests.Session()
        session.trust_env = False
        session.mount("https://", Loopback())
        session.mount("http://", Loopback())
        return session
