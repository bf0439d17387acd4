"""Yahoo for real, but on this machine: yfinance asks a server that answers as Yahoo's chart service does and fails."""

import datetime as dt
import email.utils
import json
import threading

import numpy as np
import pandas as pd
import pytest

pytest.importorskip("yfinance", reason="the extra `prices` is not installed")
pytest.importorskip("requests", reason="requests is not installed")

import requests

from eventstudy.errors import NetworkError, UnknownNameError, UsageError
from eventstudy.markets.sources.pacing import Pace
from eventstudy.markets.sources.protocol import FetchOutcome, fetch_all
from eventstudy.markets.sources.wire import Refusal
from eventstudy.markets.sources.yahoo import YahooSource

DAYS = ["2020-01-06", "2020-01-07", "2020-01-08"]
ROWS = [(62.0, 63.0, 61.0, 62.5), (62.5, 63.1, 62.0, 62.7), (62.7, 65.65, 59.15, 59.61)]
FIRST, LAST = dt.date(2020, 1, 6), dt.date(2020, 1, 8)


def stamps(days, zone="America/New_York", hour="00:00"):
    return [int(pd.Timestamp(f"{day} {hour}", tz=zone).timestamp()) for day in days]


@pytest.fixture
def waits():
    return []


@pytest.fixture
def yahoo(server, waits):
    def make(**options):
        pace = Pace(per_minute=60_000, sleep=waits.append, seed=7)
        return YahooSource(**{"session": server.session(), "pace": pace, "attempts": 3, "timeout": 5.0, **options})

    return make


@pytest.fixture
def good(loopback):
    return loopback.chart(stamps(DAYS), loopback.quotes(ROWS))


@pytest.fixture
def ask(server, yahoo, loopback):
    """Ask for one symbol, whose replies are given, over the three days."""

    def run(*replies, symbol="XYZ", interval="1d", first=FIRST, last=LAST, **options):
        server.script[symbol] = [one if isinstance(one, loopback.Reply) else loopback.Reply(one) for one in replies]
        return yahoo(**options).fetch(symbol, interval, first, last)

    return run


def test_prices_arrive_as_they_were_sent(ask, server, good):
    fetched = ask(good, symbol="CL=F")
    assert (fetched.outcome, fetched.detail, fetched.adjustment) == (FetchOutcome.OK, "", "split")
    assert fetched.frame.index.strftime("%Y-%m-%d").tolist() == DAYS and fetched.frame.index.tz is None
    assert fetched.frame[["open", "high", "low", "close"]].to_numpy().tolist() == [list(row) for row in ROWS]
    assert fetched.facts["currency"] == "USD" and fetched.source.startswith("yahoo (yfinance ")
    bars = fetched.bars()
    assert bars.adjustment == "split" and bars.as_of == fetched.as_of and not bars.intraday
    [query] = server.asked["CL=F"]
    assert query["interval"] == ["1d"]
    assert int(query["period1"][0]) == stamps([DAYS[0]])[0]
    assert int(query["period2"][0]) == stamps(["2020-01-09"])[0], "the last day is included"


def test_429_is_asked_again_once_an_attempt_and_as_late_as_the_server_says(ask, server, waits, loopback):
    fetched = ask(loopback.Reply(b"", 429, headers={"Retry-After": "7"}))
    assert fetched.outcome is FetchOutcome.RATE_LIMITED and "wait 7 s" in fetched.detail
    assert len(server.asked["XYZ"]) == 3, "one request an attempt: neither cookies nor crumbs are fetched anew"
    assert waits == [7.0, 7.0]


def test_a_retry_after_of_an_hour_is_not_sat_out(ask, server, waits, loopback):
    assert ask(loopback.Reply(b"", 429, headers={"Retry-After": "3600"})).outcome is FetchOutcome.RATE_LIMITED
    assert (len(server.asked["XYZ"]), waits) == (1, [])


def test_503_then_fine_is_fine(ask, server, waits, good, loopback):
    fetched = ask(loopback.Reply(b"", 503), loopback.Reply(b"busy", 503), good)
    assert fetched.outcome is FetchOutcome.OK and len(fetched.frame) == 3
    assert len(server.asked["XYZ"]) == 3, "the failed answer was not remembered"
    assert 1 <= waits[0] <= 3 and 2 <= waits[1] <= 6


def test_503_for_good_is_unreachable(ask, loopback):
    fetched = ask(loopback.Reply(b"", 503))
    assert (fetched.outcome, fetched.detail, fetched.frame) == (FetchOutcome.UNREACHABLE, "HTTP 503", None)


def test_garbage_then_fine_is_fine_in_the_same_process(ask, good, loopback):
    assert ask(loopback.Reply(b"<html>hello</html>"), good).outcome is FetchOutcome.OK


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"<html>Will be right back</html>", "not JSON of the chart"),
        (b"", "0 bytes that are not JSON of the chart service"),
        (b"[1, 2]", "not JSON of the chart"),
        (b"[" * 100_000, "not JSON of the chart"),
        (b'{"finance": {"result": null}}', "not JSON of the chart"),
        (b'{"chart": {"result": [{"meta": {"exchangeTimezoneName": "America/New_York"}}], "error": null}}', "KeyError"),
    ],
)
def test_garbage_with_200_is_a_bad_payload(ask, loopback, body, said):
    fetched = ask(loopback.Reply(body))
    assert fetched.outcome is FetchOutcome.BAD_PAYLOAD and said in fetched.detail


def test_a_body_that_breaks_off_is_a_bad_payload(ask, good, loopback):
    whole = json.dumps(good).encode()
    assert ask(loopback.Reply(whole[:300], promise=len(whole))).outcome is FetchOutcome.BAD_PAYLOAD
    assert ask(loopback.Reply(whole[:300]), symbol="ABC").outcome is FetchOutcome.BAD_PAYLOAD
    assert ask(loopback.Reply(whole[:300], promise=len(whole)), good, symbol="DEF").outcome is FetchOutcome.OK


def test_lists_of_different_lengths_are_a_bad_payload(ask, loopback):
    assert ask(loopback.chart(stamps(DAYS), loopback.quotes(ROWS[:2]))).outcome is FetchOutcome.BAD_PAYLOAD


@pytest.mark.parametrize("bad", [None, "x", True, 1e300])
def test_a_timestamp_that_is_none_is_a_bad_payload(ask, loopback, bad):
    first, _, last = stamps(DAYS)
    fetched = ask(loopback.chart([first, bad, last], loopback.quotes(ROWS)))
    assert (fetched.outcome, fetched.frame) == (FetchOutcome.BAD_PAYLOAD, None) and fetched.detail


def test_a_slow_server_is_unreachable(ask, good, loopback):
    given_up = threading.Event()
    fetched = ask(loopback.Reply(good, until=given_up), timeout=0.1, attempts=1)
    given_up.set()
    assert fetched.outcome is FetchOutcome.UNREACHABLE and "Timeout" in fetched.detail


def test_a_server_that_is_not_there_is_unreachable(loopback, waits):
    with loopback.ChartServer().running() as gone:
        session = gone.session()
    source = YahooSource(session=session, pace=Pace(per_minute=60_000, sleep=waits.append), attempts=2)
    assert source.fetch("XYZ", "1d", FIRST, LAST).outcome is FetchOutcome.UNREACHABLE


def test_404_is_delisted_after_one_request(server, yahoo):
    fetched = yahoo().fetch("GONE", "1d", FIRST, LAST)
    assert fetched.outcome is FetchOutcome.DELISTED and "may be delisted" in fetched.detail
    beside = ("/", "/consent", "/v1/test/getcrumb")  # yfinance's cookie, however it gets it
    asked = {path: count for path, count in server.paths.items() if path not in beside}
    assert asked == {"/v8/finance/chart/GONE": 1}


@pytest.mark.parametrize("result", [[], None])
def test_no_rows_are_empty_not_an_empty_frame(ask, result):
    fetched = ask({"chart": {"result": result, "error": None}})
    assert fetched.outcome is FetchOutcome.EMPTY and fetched.frame is None
    with pytest.raises(NetworkError, match="XYZ: empty"):
        fetched.bars()


def test_what_yahoo_says_is_passed_on(ask, loopback):
    fetched = ask(loopback.Reply(loopback.error("Unprocessable Entity", "1m data not available for startTime"), 422))
    assert fetched.outcome is FetchOutcome.REFUSED and "1m data not available" in fetched.detail


def test_a_refused_crumb_is_got_anew_once(ask, server, good, loopback):
    body = {"finance": {"result": None, "error": {"code": "Unauthorized", "description": "Invalid Crumb"}}}
    assert ask(loopback.Reply(body, 401), good, attempts=1).outcome is FetchOutcome.OK
    fetched = ask(loopback.Reply(body, 401), symbol="ABC", attempts=1)
    assert fetched.outcome is FetchOutcome.BAD_PAYLOAD and fetched.detail.startswith("HTTP 401")
    assert len(server.asked["ABC"]) == 2


@pytest.mark.parametrize("value", ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-5", ""])
def test_a_retry_after_that_is_past_or_senseless_changes_nothing(ask, waits, loopback, value):
    ask(loopback.Reply(b"", 503, headers={"Retry-After": value}))
    assert 1 <= waits[0] <= 3 and 2 <= waits[1] <= 6


def test_a_retry_after_may_be_a_date(ask, waits, loopback):
    until = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=30), usegmt=True)
    ask(loopback.Reply(b"", 503, headers={"Retry-After": until}))
    assert 25 < waits[0] <= 30


def test_the_session_used_by_default_is_watched_too(server, loopback):
    """The backend of curl, which the other tests do without: it cannot be sent elsewhere by a public setting."""
    source = YahooSource(pace=Pace(per_minute=60_000))
    server.script["XYZ"] = [loopback.Reply(b"", 429, headers={"Retry-After": "9"})]
    with pytest.raises(Refusal) as refusal:
        source.session.get(f"http://127.0.0.1:{server.server.server_port}/v8/finance/chart/XYZ", proxies={})
    assert (refusal.value.outcome, refusal.value.wait) == (FetchOutcome.RATE_LIMITED, 9.0)


def test_null_bars_are_left_out_and_named(ask, loopback):
    fetched = ask(loopback.chart(stamps(DAYS), loopback.quotes([ROWS[0], None, ROWS[2]])))
    assert (fetched.outcome, fetched.detail) == (FetchOutcome.PARTIAL, "no full price on 2020-01-07")
    assert fetched.frame["close"].tolist() == [62.5, 59.61]
    assert ask(loopback.chart(stamps(DAYS), loopback.quotes([None] * 3)), symbol="ABC").outcome is FetchOutcome.EMPTY


# The row of the day that is still traded, sent beside the one of the list; a session twice within the list.
@pytest.mark.parametrize(
    ("days", "hours", "closes", "said"),
    [
        ([*DAYS, DAYS[2]], ["00:00"] * 3 + ["15:30"], [62.5, 62.7, 60.0], "2020-01-08"),
        ([DAYS[0], DAYS[1], DAYS[1], DAYS[2]], ["00:00", "00:00", "09:30", "00:00"], [62.5, 62.7, 60.0], "2020-01-07"),
        ([DAYS[0], DAYS[1], DAYS[1], DAYS[2]], ["00:00"] * 4, [62.5, 62.7, 60.0], "2020-01-07"),
    ],
)
def test_a_day_that_is_sent_twice_is_kept_once_and_named(ask, loopback, days, hours, closes, said):
    sent = [stamps([day], hour=hour)[0] for day, hour in zip(days, hours, strict=True)]
    fetched = ask(loopback.chart(sent, loopback.quotes([*ROWS, (59.6, 60.5, 59.5, 60.0)])), symbol="CL=F")
    assert fetched.frame["close"].tolist() == closes
    assert fetched.outcome is FetchOutcome.PARTIAL
    assert fetched.detail == f"more than one row for {said}; one was kept"


def test_an_infinite_price_is_a_bad_payload(ask, loopback):
    body = json.dumps(loopback.chart(stamps(DAYS), loopback.quotes(ROWS))).replace("65.65", "Infinity").encode()
    assert ask(loopback.Reply(body)).outcome is FetchOutcome.BAD_PAYLOAD


def test_a_split_is_told_and_prices_are_not_adjusted_again(ask, loopback):
    day = stamps(["2020-01-07"])[0]
    events = {
        "splits": {str(day): {"date": day, "numerator": 4, "denominator": 1, "splitRatio": "4:1"}},
        "dividends": {str(day): {"date": day, "amount": 0.5}},
    }
    body = loopback.chart(stamps(DAYS), loopback.quotes(ROWS), adjusted=[61.5, 62.7, 59.61], events=events)
    frame = ask(body).frame
    assert frame["close"].tolist() == [62.5, 62.7, 59.61] and frame["adj_close"].tolist() == [61.5, 62.7, 59.61]
    assert frame["splits"].tolist() == [0, 4, 0] and frame["dividends"].tolist() == [0, 0.5, 0]


def test_days_in_a_wrong_time_zone_are_not_taken(ask, server, loopback):
    days = pd.bdate_range("2020-01-14", "2020-01-31")
    openings = stamps(days.strftime("%Y-%m-%d"), "Asia/Tokyo", "09:00")
    rows = loopback.quotes([ROWS[0]] * len(days))
    span = {"symbol": "^N225", "first": dt.date(2020, 1, 14), "last": dt.date(2020, 1, 31)}
    assert ask(loopback.chart(openings, rows, zone="Asia/Tokyo"), **span).outcome is FetchOutcome.OK
    wrong = ask(loopback.chart(openings, rows, zone="America/New_York"), **span)
    assert wrong.outcome is FetchOutcome.BAD_PAYLOAD
    assert "no session of XTKS" in wrong.detail and "America/New_York" in wrong.detail


@pytest.mark.parametrize("zone", ["Mars/Phobos", None, "../../etc/passwd", 5])
def test_a_time_zone_that_does_not_exist_is_a_bad_payload(ask, server, loopback, zone):
    server.zones["XYZ"] = zone
    fetched = ask(loopback.chart(stamps(DAYS), loopback.quotes(ROWS), zone=zone))
    assert fetched.outcome is FetchOutcome.BAD_PAYLOAD and "time zone" in fetched.detail


def test_bars_within_the_day_are_instants(ask, loopback):
    now = pd.Timestamp("2020-01-09T12:00:00Z")
    hours = pd.date_range("2020-01-07 14:30", periods=3, freq="15min", tz="UTC")
    unix = [int(hour.timestamp()) for hour in hours]
    period = [[{"timezone": "EST", "start": unix[0], "end": unix[0] + 23400, "gmtoffset": -18000}]]
    body = loopback.chart(unix, loopback.quotes(ROWS), periods=period, dataGranularity="15m")
    fetched = ask(body, interval="15m", first=dt.date(2020, 1, 7), last=dt.date(2020, 1, 7), now=lambda: now)
    assert fetched.outcome is FetchOutcome.OK and list(fetched.frame.index) == list(hours)
    assert fetched.bars().length == pd.Timedelta(minutes=15)


@pytest.mark.parametrize(("interval", "reach"), [("1m", "2026-11-17"), ("15m", "2026-09-25"), ("60m", "2024-11-24")])
def test_what_is_out_of_reach_is_refused_without_asking(ask, server, good, interval, reach):
    now = pd.Timestamp("2026-11-23T22:00:00Z")
    fetched = ask(good, interval=interval, now=lambda: now)
    assert fetched.outcome is FetchOutcome.REFUSED and f"{interval} bars from {reach} on" in fetched.detail
    assert not server.paths


def test_a_request_that_begins_too_early_is_answered_in_part(ask, server, loopback):
    now = pd.Timestamp("2020-01-09T12:00:00Z")
    unix = [int(pd.Timestamp("2020-01-07T15:00Z").timestamp()) + 60 * step for step in range(3)]
    period = [[{"timezone": "EST", "start": unix[0], "end": unix[0] + 23400, "gmtoffset": -18000}]]
    body = loopback.chart(unix, loopback.quotes(ROWS), periods=period, dataGranularity="1m")
    fetched = ask(body, interval="1m", first=dt.date(2019, 12, 1), last=dt.date(2020, 1, 8), now=lambda: now)
    assert (fetched.outcome, fetched.detail) == (FetchOutcome.PARTIAL, "Yahoo has 1m bars from 2020-01-03 on")
    assert int(server.asked["XYZ"][0]["period1"][0]) == stamps(["2020-01-03"])[0]


def test_a_row_of_a_session_that_is_not_over_is_provisional(ask, good):
    assert ask(good, now=lambda: pd.Timestamp("2020-01-08T15:00Z")).facts["provisional"] == "2020-01-08"
    assert "provisional" not in ask(good, now=lambda: pd.Timestamp("2020-01-09T15:00Z")).facts


def hourly(loopback, hours, drop=()):
    """An hourly answer whose prices tell the hour: open h, close h + 0.5, where h counts from the first hour."""
    kept = [(number, hour) for number, hour in enumerate(hours) if hour not in drop]
    unix = [int(hour.timestamp()) for _, hour in kept]
    rows = [(float(n), n + 0.75, n - 0.25, n + 0.5) for n, _ in kept]
    period = [[{"timezone": "GMT", "start": unix[0], "end": unix[-1] + 3600, "gmtoffset": 0}]]
    return loopback.chart(unix, loopback.quotes(rows), zone="Europe/London", periods=period, instrumentType="CURRENCY")


def test_daily_closes_of_currencies_are_those_of_17_new_york(ask, server, loopback):
    server.zones["JPY=X"] = "Europe/London"
    hours = pd.date_range("2020-01-06 22:00", "2020-01-08 21:00", freq="h", tz="UTC")
    now = pd.Timestamp("2020-01-20T00:00Z")
    span = {"symbol": "JPY=X", "first": dt.date(2020, 1, 7), "last": dt.date(2020, 1, 8), "now": lambda: now}
    fetched = ask(hourly(loopback, hours), **span)
    assert (fetched.outcome, fetched.adjustment) == (FetchOutcome.OK, "raw")
    assert fetched.frame.index.strftime("%Y-%m-%d").tolist() == ["2020-01-07", "2020-01-08"]
    # 22:00 to 22:00 UTC is 17:00 to 17:00 New York in January: hours 0-23 and 24-47.
    assert fetched.frame.to_numpy().tolist() == [[0.0, 23.75, -0.25, 23.5], [24.0, 47.75, 23.75, 47.5]]
    assert {query["interval"][0] for query in server.asked["JPY=X"]} <= {"60m", "1h"}
    last = hours[23]
    partial = ask(hourly(loopback, hours, drop=[last]), **span)
    assert (partial.outcome, partial.detail) == (FetchOutcome.PARTIAL, "no 17:00 New York close on 2020-01-07")
    assert len(partial.frame) == 1


def test_daily_closes_of_currencies_before_the_hours_reach_are_refused_with_the_reason(ask, server, good):
    fetched = ask(good, symbol="JPY=X", now=lambda: pd.Timestamp("2026-11-23T22:00Z"))
    assert fetched.outcome is FetchOutcome.REFUSED and "00:00 UTC" in fetched.detail and not server.paths


def test_after_a_rate_limit_the_rest_is_not_asked_for(server, yahoo, good, loopback):
    server.script = {"A": [loopback.Reply(good)], "B": [loopback.Reply(b"", 429)], "C": [loopback.Reply(good)]}
    fetched = list(fetch_all(yahoo(), ["A", "B", "C", "A"], "1d", FIRST, LAST))
    assert [one.outcome for one in fetched] == [FetchOutcome.OK, FetchOutcome.RATE_LIMITED, FetchOutcome.RATE_LIMITED]
    assert "not asked for" in fetched[2].detail and "C" not in server.asked


@pytest.mark.parametrize("symbol", ["", "http://x", "../../etc", "A B", "A?x=1", "US0378331005", "x" * 33, "A\n"])
def test_what_is_no_symbol_is_not_sent(yahoo, server, symbol):
    with pytest.raises(UsageError):
        yahoo().fetch(symbol, "1d", FIRST, LAST)
    assert not server.paths


def test_a_wrong_interval_or_order_of_days_is_misuse(yahoo):
    with pytest.raises(UnknownNameError, match="did you mean"):
        yahoo().fetch("XYZ", "15min", FIRST, LAST)
    with pytest.raises(UsageError, match="backwards"):
        yahoo().fetch("XYZ", "1d", LAST, FIRST)


def test_yfinance_is_left_as_it_was(ask, good):
    import yfinance

    before = yfinance.config.debug.hide_exceptions
    ask(good)
    assert yfinance.config.debug.hide_exceptions == before


def test_the_pace_is_kept_on_average():
    clock = [0.0]
    pace = Pace(per_minute=60, burst=5, clock=lambda: clock[0], sleep=lambda s: clock.__setitem__(0, clock[0] + s))
    taken = []
    for _ in range(65):
        pace.take()
        taken.append(clock[0])
    assert taken[4] == 0 and taken[5] == pytest.approx(1)
    assert np.diff(taken[5:]) == pytest.approx(1), "one a second once the burst is spent"
    clock[0] += 1000
    pace.take()
    assert clock[0] == pytest.approx(1060, abs=1e-6), "tokens were saved up"


class NoNetwork(requests.Session):
    """A session without a network, on a clock of its own: connections fail at once, or when their time is over."""

    def __init__(self, clock, at_once):
        super().__init__()
        self.clock, self.at_once = clock, at_once

    def request(self, *args, timeout=None, **options):
        self.clock[0] += 0.01 if self.at_once else timeout
        raise requests.ConnectionError("no route") if self.at_once else requests.ConnectTimeout("no answer")


@pytest.mark.parametrize("at_once", [True, False])
def test_without_a_network_all_symbols_are_given_up_within_ten_seconds(at_once):
    clock = [0.0]
    pace = Pace(clock=lambda: clock[0], sleep=lambda s: clock.__setitem__(0, clock[0] + s), seed=1)
    source = YahooSource(session=NoNetwork(clock, at_once), pace=pace)
    fetched = list(fetch_all(source, ["A", "B", "C"], "1d", FIRST, LAST))
    assert {one.outcome for one in fetched} == {FetchOutcome.UNREACHABLE} and 0 < clock[0] <= 10
    assert fetched[2].detail.startswith("not asked for: A was not reached")
    # A source that is asked anew in spite of it gives up sooner still.
    assert source.fetch("D", "1d", FIRST, LAST).outcome is FetchOutcome.UNREACHABLE and clock[0] <= 10


@pytest.mark.parametrize("before", [[], ["A"]])
def test_a_server_that_fails_is_waited_for_and_stops_no_other_symbol(server, yahoo, good, loopback, waits, before):
    server.script = {"A": [loopback.Reply(good)], "B": [loopback.Reply(b"", 503)], "C": [loopback.Reply(good)]}
    fetched = list(fetch_all(yahoo(attempts=4), [*before, "B", "C"], "1d", FIRST, LAST))
    assert [one.outcome for one in fetched[-2:]] == [FetchOutcome.UNREACHABLE, FetchOutcome.OK]
    assert len(waits) == 3 and sum(waits) > 6


def test_what_is_refused_without_asking_stops_no_other_symbol(server, yahoo, good, loopback):
    server.script = {"A": [loopback.Reply(good)]}
    fetched = list(fetch_all(yahoo(), ["JPY=X", "A"], "1d", FIRST, LAST))
    assert [one.outcome for one in fetched] == [FetchOutcome.REFUSED, FetchOutcome.OK]
