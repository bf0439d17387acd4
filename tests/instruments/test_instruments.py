"""The catalogue of instruments and the reader of declarations."""

import datetime as dt
import json
import subprocess
import sys

import pytest

from eventstudy.errors import InputError, UnknownNameError
from eventstudy.instruments.catalogue import (
    Instrument,
    catalogue,
    find_instrument,
)
from eventstudy.instruments.declarations import parse_instruments, read_instruments


def test_settlements_and_stale_opens():
    assert find_instrument("CL=F").observed_at == ((dt.date.min, dt.time(14, 30)),)
    assert find_instrument("GC=F").observed_at == ((dt.date.min, dt.time(13, 30)),)
    assert find_instrument("^AXJO").open_is_stale(dt.date(2020, 1, 8))
    assert not find_instrument("^AXJO").open_is_stale(dt.date(2025, 6, 23))
    assert not find_instrument("^N225").open_is_stale(dt.date(2020, 1, 8))


def test_every_instrument_says_what_it_is():
    for symbol, each in catalogue().items():
        assert each.symbol == symbol
        said = (each.name, each.calendar, each.asset_class, each.unit, each.open_means, each.close_means, each.family)
        assert all(said), symbol
        assert set(each.unverified) <= set(Instrument.__dataclass_fields__), symbol
        dated = each.observed_at or each.observed_after_close
        assert dated or each.observation == "close" or each.asset_class == "cfd", symbol


def test_names_are_not_shared():
    names = [each.name for each in catalogue().values()]
    assert len(names) == len(set(names))
    words = [word.lower() for each in catalogue().values() for word in {each.ric, *each.aliases} - {""}]
    assert sorted(word for word in set(words) if words.count(word) > 1) == []


@pytest.mark.parametrize(
    ("given", "offered"), [("CLc1", "'CL=F'"), ("nikkei", "'^N225'"), ("cl=f", "'CL=F'"), ("^N22", "'^N225'")]
)
def test_a_near_miss_offers_the_symbol(given, offered):
    with pytest.raises(UnknownNameError) as caught:
        find_instrument(given)
    assert offered in str(caught.value)


OWN = '["X"]\nname = "x"\ncalendar = "XTKS"\n'


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("[", InputError, "not TOML"),
        ('x = "y"', InputError, "expected a table"),
        ('["X"]\nname = "x"', InputError, "calendar must be given"),
        (OWN + "unti = 'a'", UnknownNameError, "did you mean 'unit'"),
        (OWN + "unit = 3", InputError, "unit is 3; write text in quotes"),
        (OWN + "total_return = 1", InputError, "total_return is 1; write true or false"),
        (OWN + "quote = 'backwards'", UnknownNameError, "unknown quote"),
        (OWN + "observed_at = [{ at = '14:30' }]", InputError, "write a list such as|write a time such as"),
        (
            OWN + "observed_at = [{ from = 2020-01-01, at = 14:30:00 }, { at = 15:00:00 }]",
            InputError,
            "forward in time",
        ),
        (OWN + "open_is_stale_before = 2025", InputError, "write a date such as"),
    ],
)
def test_a_wrong_declaration_is_one_clear_line(text, error, words):
    with pytest.raises(error, match=words) as caught:
        parse_instruments(text, where="mine.toml")
    assert "mine.toml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_users_own_file(tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(
        OWN + "observed_after_close = 10\nobserved_at = [{ at = 15:00:00 }, { from = 2024-11-05, at = 15:30:00 }]\n"
    )
    own = read_instruments(path)
    assert own["X"].observed_after_close == dt.timedelta(minutes=10)
    assert own["X"].observed_at[1] == (dt.date(2024, 11, 5), dt.time(15, 30))
    assert find_instrument("X", among=own).name == "x"
    with pytest.raises(InputError, match="no such file"):
        read_instruments(tmp_path / "none.toml")


@pytest.fixture
def read_anew():
    """Let the catalogue be read again, now and after the test."""
    catalogue.cache_clear()
    yield
    catalogue.cache_clear()


@pytest.mark.usefixtures("read_anew")
def test_a_file_of_ones_own_joins_the_catalogue(main, monkeypatch, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN)
    words = "align", "--at", "2020-01-07T22:30Z", "--market", "X", "--json"
    monkeypatch.setenv("EVENTSTUDY_INSTRUMENTS", str(path))
    code, out, _ = main(*words)
    assert code == 0 and json.loads(out)[0]["market"] == "X"
    catalogue.cache_clear()
    monkeypatch.setenv("EVENTSTUDY_INSTRUMENTS", str(tmp_path / "none.toml"))
    code, out, err = main(*words)
    assert (code, out) == (3, "") and "no such file" in err and err.count("\n") == 1


def test_reading_the_catalogue_needs_no_pandas():
    read = "from eventstudy.instruments.catalogue import catalogue; catalogue()"
    code = f"import sys; {read}; sys.exit('pandas' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
