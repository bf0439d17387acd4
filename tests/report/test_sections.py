"""What joins a report: a further study by the bar, departures from the specification, and stored sizes."""

import csv
import json
from dataclasses import replace

import pandas as pd
import pytest

from eventstudy import (
    Article,
    Event,
    EventStudy,
    check_claims,
    read_bars,
    read_claims,
    read_events,
    read_study,
    write_report,
)
from eventstudy.errors import InputError, UsageError
from eventstudy.report.beside import Beside, Part
from eventstudy.report.export import part_tables
from eventstudy.report.section import Page
from eventstudy.report.sections import volatility
from eventstudy.report.sections.parts import order_of_extremes
from eventstudy.report.write import report_files
from eventstudy.study.config import study_toml
from eventstudy.study.run import run_claims, run_study, run_volatility
from places_of_tests import DATA, SAMPLE_STUDY, STRIKE


@pytest.fixture(scope="module")
def night():
    study = EventStudy(bars="15min", markets=["WTICO_USD"], rolls="keep", estimation=(-40, -1), windows=[(0, 20)])
    bars = read_bars(DATA / "prices/intraday")
    return study.run(Event.at(STRIKE, id="strike", title="T"), bars, others=read_events(DATA / "events.csv"))


@pytest.fixture(scope="module")
def small(sample_bars):
    study = EventStudy(windows=[(0, 0)], markets=("CL=F", "^N225"), rolls="keep")
    return study, study.run(Event.at(STRIKE, id="strike", title="T"), sample_bars)


@pytest.fixture(scope="module")
def joined(small, night, sample_bars, tmp_path_factory):
    study, result = small
    firm = study.sensitivities(result.dated[0], sample_bars)
    rates = pd.DataFrame(
        [
            {
                "test": "t",
                "over": "each market",
                "dates": 120,
                "rate": 0.06,
                "low": 0.017,
                "high": 0.092,
                "effect": 0.02,
                "power": 0.5,
            }
        ]
    )
    text = "<b>U.S. crude settled down 4.9 percent at $59.61.</b>"
    claims = check_claims(read_claims(Article.of(text, published="2020-01-08T22:00:00Z")), sample_bars)
    beside = Beside(
        claims=claims,
        parts=(Part(name="The Night", title="<b>By the quarter</b>", result=night),),
        sensitivities=firm,
        sizes=rates,
    )
    out = tmp_path_factory.mktemp("joined")
    write_report(result, out, beside=beside)
    return out


def test_the_page_of_two_studies(joined, night):
    page = (joined / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;By the quarter&lt;/b&gt;" in page and "<b>By" not in page
    for sentence in (*night.careful(), order_of_extremes(night)):
        assert sentence.split("'")[0] in page
    assert (
        "How firm is it?" in page and "60 rows" in page and "The tests on these prices" in page and "1.7 to 9.2" in page
    )
    assert page.count("<figure") == 7 and page.count("<svg ") == 14


def test_the_statements_of_the_article(joined, small):
    page = (joined / "report.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;U.S. crude settled" in page and "1 confirmed." in page
    said = "settlement 59.61 on 2020-01-08 against settlement 62.70 on 2020-01-07 = -4.93\u00a0%"
    assert said in page
    with (joined / "tables/claims.csv").open(encoding="utf-8", newline="") as lines:
        row = next(csv.DictReader(lines))
    assert (row["instrument"], row["pct"], row["verdict"]) == ("CL=F", "4.9", "confirmed")
    assert json.loads((joined / "run.json").read_text(encoding="utf-8"))["claims"] == {"confirmed": 1}
    without = report_files(small[1])
    assert "tables/claims.csv" not in without and b'id="claims"' not in without["report.html"]


def test_the_statements_of_the_sample(sample_run):
    night = run_study(read_study(SAMPLE_STUDY.parents[1] / "iran-2020-night/study.toml"))
    peak, later = run_claims(sample_run, [night])
    assert (peak.verdict, peak.reason) == ("confirmed", "almost 5 % means [4.5, 5): confirmed")
    assert peak.data == "high 65.65 on 2020-01-08 against settlement 62.70 on 2020-01-07 = +4.70 %"
    # The quarter-hour to 03:30, when the article was published: 63.582 / 62.70 - 1.
    assert later.verdict == "confirmed" and later.data.startswith("WTICO_USD (stands in): last bar 63.582")
    assert later.data.endswith("= +1.41 %")


def test_the_files_of_a_part(joined, night):
    names = {path.name for path in (joined / "tables").iterdir()}
    assert {
        "the-night_path.csv",
        "the-night_course.csv",
        "the-night_episodes.csv",
        "sensitivities.csv",
        "sizes.csv",
    } <= names
    assert (joined / "figures/the-night_path.svg").is_file()
    with (joined / "tables/the-night_course.csv").open(encoding="utf-8", newline="") as lines:
        row = next(csv.DictReader(lines))
    assert float(row["peak_car"]) == night.course["peak_car"].iloc[0] and row["until"] == "conciliatory-messages"


def test_the_high_came_first(night):
    assert order_of_extremes(night).endswith("the high by 00:30 UTC, the low by 19:15 UTC.")


def test_the_sample_joins_its_night():
    file = read_study(SAMPLE_STUDY)
    assert [path.parent.name for path in file.parts] == ["iran-2020-night"] and file.sensitivities
    assert "iran-2020-night/study.toml" in study_toml(file) and "sensitivities = true" in study_toml(file)


def test_a_study_is_no_part_of_itself(study_file):
    with pytest.raises(UsageError, match="not a part of itself"):
        read_study(study_file(parts='["study.toml"]'))


def test_run_joins_what_the_study_names(study_file, tmp_path, main, without_figures):
    part = study_file(folder="part", markets='["^N225"]', title='"The other part"')
    path = study_file(parts=f'["{part.as_posix()}"]', sensitivities="true", markets='["CL=F"]')
    out = tmp_path / "out"
    code, _, err = main("run", path, "--out", out)
    assert code == 0, err
    page = (out / "report.html").read_text(encoding="utf-8")
    assert "The other part" in page and "Nikkei 225 moved by" in page and "How firm is it?" in page
    inputs = json.loads((out / "run.json").read_text(encoding="utf-8"))["inputs"]
    assert "part/study.toml" in inputs and (out / "tables/part_anatomy.csv").is_file()


def test_sizes_are_stored_and_shown(tmp_path, main, without_figures):
    days = pd.bdate_range("2012-01-03", periods=420)
    steps = pd.Series([0.01 * ((7 * k) % 11 - 5) / 5 for k in range(420)])
    close = (100 + steps.cumsum()).set_axis(days)
    pd.DataFrame({"date": days.strftime("%Y-%m-%d"), "close": close.to_numpy()}).to_csv(
        tmp_path / "MINE.csv", index=False
    )
    path = tmp_path / "study.toml"
    path.write_text(
        'at = "2013-06-05T12:00:00Z"\nprices = "MINE.csv"\nmarkets = ["MINE"]\n[study]\ncalendar = "XNYS"\n'
        'estimation = [-60, -6]\nwindows = [[0, 0]]\ntests = ["t", "placebo_standardised"]\n',
        encoding="utf-8",
    )
    code, out, err = main("sizes", path, "--repetitions", "3", "--json")
    assert code == 0 and "3 placebo dates" in err and "sizes.json" in err
    assert {json.loads(line)["test"] for line in out.splitlines()} == {"t", "placebo_standardised"}
    assert main("sizes", path, "--repetitions", "3")[0] == 5
    code, _, err = main("run", path)
    assert code == 0, err
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "The tests on these prices" in page and "on 3 dates" in page
    path.write_text(path.read_text(encoding="utf-8").replace("[-60, -6]", "[-50, -6]"), encoding="utf-8")
    code, _, err = main("run", path, "--force")
    assert code == 0 and "measured under another specification and not shown" in err
    assert "The tests on these prices" not in (tmp_path / "report.html").read_text(encoding="utf-8")
    (tmp_path / "sizes.json").write_text("{}", encoding="utf-8")
    code, _, err = main("run", path, "--force")
    assert code == InputError.exit_code and "not stored by eventstudy sizes" in err


def test_too_few_dates_end_with_four(main):
    code, _, err = main("sizes", SAMPLE_STUDY, "--out", "/nonexistent")
    assert code == 4 and "3 placebo dates" in err and "sessions" in err


def test_the_volatility_of_a_window_stands_on_the_page(sample_run, sample_bars, tmp_path):
    pytest.importorskip("arch", reason="the extra garch is not installed")
    study = EventStudy(windows=[(0, 9)], markets=("CL=F",), rolls="keep", tests=["t"])
    result = study.run(Event.at(STRIKE, id="strike", title="T"), sample_bars)
    path = tmp_path / "study.toml"
    path.write_text(f'at = "{STRIKE}"\nprices = "."\nvolatility = [0, 9]\n', encoding="utf-8")
    file = read_study(path)
    path.write_text(study_toml(file), encoding="utf-8")
    assert read_study(path).volatility == file.volatility == (0, 9)
    found = run_volatility(replace(sample_run, file=file, result=result))
    beside = Beside(volatility=found)
    page = Page(result=result, title="T", others=(), pictures={}, record={}, files={}, beside=beside)
    shown = volatility.section(page)
    assert (shown.title, shown.files, list(part_tables(beside))) == (
        "Was it more volatile?",
        ("volatility",),
        ["volatility"],
    )
    (line,) = found.to_dict("records")
    assert "[0,9]" in shown.body and f"{line['variance_ratio']:.2f}" in shown.body and "WTI crude" in shown.body
    assert f"{100 * abs(line['mean_effect']):.2f}" in shown.body
    assert volatility.section(replace(page, beside=Beside())) is None
    assert run_volatility(sample_run) is None
