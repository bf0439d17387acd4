"""Every test statistic once more, as a plain loop written from the paper; shares nothing with the library.

Each takes lists: `events` holds one dict an event with ``car``, ``scar``, ``df``, ``ar`` and ``sar`` (by day of the
window, None where missing), ``e`` (estimation residuals by day, None where missing), ``s`` (sigma), ``dates`` (those of
the residuals) and ``all_ar`` (abnormal returns of the whole span).
"""

import math


def there(values):
    return [v for v in values if v is not None]


def avg(values):
    return math.fsum(values) / len(values)


def sd(values):
    m = avg(values)
    return math.sqrt(math.fsum((v - m) ** 2 for v in values) / (len(values) - 1))


def t_of(values):
    return avg(values) / (sd(values) / math.sqrt(len(values)))


def with_car(events):
    return [e for e in events if e["car"] is not None]


def cross_sectional_t(events):
    return t_of([e["car"] for e in with_car(events)])


def bmp(events):
    return t_of([e["scar"] for e in with_car(events)])


def patell(events):
    events = with_car(events)
    return sum(e["scar"] for e in events) / math.sqrt(sum(e["df"] / (e["df"] - 2) for e in events))


def patell_daily(events):
    events = with_car(events)
    total = sum(sum(there(e["sar"])) / math.sqrt(len(there(e["sar"]))) for e in events)
    return total / math.sqrt(sum(e["df"] / (e["df"] - 2) for e in events))


def rbar(events):
    found = []
    for i in range(len(events)):
        for j in range(i):
            a = {d: v for d, v in zip(events[i]["dates"], events[i]["e"], strict=True) if v is not None}
            b = {d: v for d, v in zip(events[j]["dates"], events[j]["e"], strict=True) if v is not None}
            days = sorted(set(a) & set(b))
            if len(days) < 3:
                continue
            ma, mb = avg([a[d] for d in days]), avg([b[d] for d in days])
            cov = math.fsum((a[d] - ma) * (b[d] - mb) for d in days)
            found.append(
                cov / math.sqrt(math.fsum((a[d] - ma) ** 2 for d in days) * math.fsum((b[d] - mb) ** 2 for d in days))
            )
    return avg(found)


def rbar_of_window(events):
    """Residual correlation, times the mean product of the windows' weights: one inside, -d/L on the estimation rows."""
    weights = []
    for e in with_car(events):
        own = {day: 1.0 for day, ar in zip(e["window_dates"], e["ar"], strict=True) if ar is not None}
        share = len(own) / len(e["dates"])
        weights.append(own | {day: -share for day in e["dates"]})
    products = []
    for i, one in enumerate(weights):
        for other in weights[:i]:
            size = math.sqrt(sum(x * x for x in one.values()) * sum(x * x for x in other.values()))
            products.append(sum(x * other.get(day, 0.0) for day, x in one.items()) / size)
    return rbar(events) * avg(products)


def kp_patell(events):
    return patell(events) / math.sqrt(1 + (len(with_car(events)) - 1) * rbar_of_window(events))


def kp_bmp(events):
    r = rbar_of_window(events)
    return bmp(events) * math.sqrt((1 - r) / (1 + (len(with_car(events)) - 1) * r))


def skewness_t(events):
    x = [e["car"] for e in with_car(events)]
    n, m, s = len(x), avg(x), sd(x)
    big = m / s
    g = n / ((n - 1) * (n - 2)) * math.fsum((v - m) ** 3 for v in x) / s**3
    return math.sqrt(n) * (big + g * big**2 / 3 + g**2 * big**3 / 27 + g / (6 * n))


def brown_warner_1980(events):
    events = with_car(events)
    variance = sum(len(there(e["ar"])) * sd(there(e["e"])) ** 2 for e in events)
    return sum(e["car"] for e in events) / math.sqrt(variance)


def brown_warner_1985(events):
    daily = []
    for t in range(len(events[0]["e"])):
        day = there([e["e"][t] for e in events])
        if day:
            daily.append(avg(day))
    window = []
    for t in range(len(events[0]["ar"])):
        day = there([e["ar"][t] for e in events])
        if day:
            window.append(avg(day))
    return sum(window) / (sd(daily) * math.sqrt(len(window)))


def two_way_clustered_t(events):
    points = [
        (v, e["market"], d) for e in events for v, d in zip(e["ar"], e["window_dates"], strict=True) if v is not None
    ]
    m = avg([p[0] for p in points])

    def clustered(key):
        sums = {}
        for p in points:
            sums[key(p)] = sums.get(key(p), 0.0) + p[0] - m
        g = len(sums)
        return g / (g - 1) * sum(v * v for v in sums.values()) / len(points) ** 2

    variance = clustered(lambda p: p[1]) + clustered(lambda p: p[2]) - clustered(lambda p: (p[1], p[2]))
    return m / math.sqrt(variance)


def rank_of(value, values):
    below = sum(v < value for v in values)
    equal = sum(v == value for v in values)
    return below + (equal + 1) / 2


def u_of(series):
    present = there(series)
    return [None if v is None else rank_of(v, present) / (len(present) + 1) - 0.5 for v in series]


def daily_z(rows, weigh):
    """Return the z of every day: `weigh` turns the values of a day into its number."""
    daily = []
    for t in range(len(rows[0])):
        day = there([row[t] for row in rows])
        daily.append(weigh(day) if day else None)
    lived = there(daily)
    s = math.sqrt(math.fsum(v * v for v in lived) / len(lived))
    return [None if v is None else v / s for v in daily]


def windowed(rows, events, weigh):
    z = daily_z(rows, weigh)
    start = len(events[0]["e"]) + events[0]["offset"]
    window = there(z[start : start + len(events[0]["ar"])])
    return sum(window) / math.sqrt(len(window))


def over_root(day):
    return math.fsum(day) / math.sqrt(len(day))


def corrado(events):
    return windowed([u_of(e["e"] + e["all_ar"]) for e in events], events, avg)


def corrado_zivney(events):
    return windowed([u_of(e["e"] + e["all_ar"]) for e in events], events, over_root)


def corrado_zivney_restandardised(events):
    spread = []
    for t in range(len(events[0]["ar"])):
        spread.append(sd(there([e["sar"][t] for e in events])))
    rows = []
    for e in events:
        sar = list(e["all_sar"])
        for t in range(len(e["ar"])):
            if e["sar"][t] is not None:
                sar[e["offset"] + t] = e["sar"][t] / spread[t]
        rows.append(u_of([None if v is None else v / e["s"] for v in e["e"]] + sar))
    return windowed(rows, events, over_root)


def corrado_cumulative(events):
    rows = [u_of(e["e"] + e["all_ar"]) for e in events]
    daily = [avg(there([r[t] for r in rows])) for t in range(len(rows[0]))]
    s = math.sqrt(avg([v * v for v in daily]))
    start, days = len(events[0]["e"]) + events[0]["offset"], len(events[0]["ar"])
    window = [r[t] for r in rows for t in range(start, start + days) if r[t] is not None]
    return math.sqrt(days) * avg(window) / s


def corrado_zivney_sign(events):
    rows = []
    for e in events:
        series = e["e"] + e["all_ar"]
        present = sorted(there(series))
        n = len(present)
        median = (present[(n - 1) // 2] + present[n // 2]) / 2
        rows.append([None if v is None else (v > median) - (v < median) for v in series])
    return windowed(rows, events, over_root)


def generalised(events):
    events = with_car(events)
    spread = sd([e["scar"] for e in events])
    return [u_of([None if v is None else v / e["s"] for v in e["e"]] + [e["scar"] / spread]) for e in events]


def grank_t(events):
    rows = generalised(events)
    n, days = len(rows), len(rows[0])
    total = 0.0
    for t in range(days):
        day = there([r[t] for r in rows])
        total += len(day) / n * avg(day) ** 2
    z = avg([r[-1] for r in rows]) / math.sqrt(total / days)
    return z * math.sqrt((days - 2) / (days - 1 - z * z))


def grank_z(events):
    rows = generalised(events)
    n = len(rows)
    variance = 0.0
    for r in rows:
        m = len(there(r))
        variance += (m - 1) / (12 * (m + 1)) / n**2
    return avg([r[-1] for r in rows]) / math.sqrt(variance)


def sign(events):
    cars = [e["car"] for e in with_car(events)]
    return (sum(c > 0 for c in cars) - len(cars) / 2) / math.sqrt(len(cars) / 4)


def generalized_sign(events):
    p = avg([sum(v > 0 for v in there(e["e"])) / len(there(e["e"])) for e in events])
    events = with_car(events)
    n = len(events)
    return (sum(e["car"] > 0 for e in events) - n * p) / math.sqrt(n * p * (1 - p))


def wilcoxon(events):
    cars = [e["car"] for e in with_car(events)]
    return sum(rank_of(abs(c), [abs(d) for d in cars]) for c in cars if c > 0)


def variance_f(events):
    return sd([e["scar"] for e in with_car(events)]) ** 2


def beaver_u(events):
    events = with_car(events)
    total = 0.0
    for e in events:
        total += (e["scar"] ** 2 * (e["df"] - 2) / e["df"] - 1) / math.sqrt(2 * (e["df"] - 1) / (e["df"] - 4))
    return total / math.sqrt(len(events))


def portfolios(events):
    """Return, by calendar date, the abnormal returns of the events whose window covers it, and the events."""
    held = {}
    for e in events:
        for value, date in zip(e["ar"], e["window_dates"], strict=True):
            if value is not None:
                held.setdefault(date, []).append((value, e))
    return held


def calendar_time_t(events):
    total, days = 0.0, 0
    for members in portfolios(events).values():
        series = {}
        for _, e in members:
            for value, date in zip(e["e"], e["dates"], strict=True):
                if value is not None:
                    series.setdefault(date, []).append(value)
        total += avg([v for v, _ in members]) / sd([avg(values) for values in series.values()])
        days += 1
    return total / math.sqrt(days)


def bhar(event):
    held, expected = 1.0, 1.0
    for value, actual in zip(event["ar"], event["returns"], strict=True):
        if value is not None:
            held *= 1 + actual
            expected *= 1 + actual - value
    return held - expected


def bhar_t(events):
    return t_of([bhar(e) for e in with_car(events)])


def bhar_skewness_t(events):
    return skewness_t([{"car": bhar(e)} for e in with_car(events)])
