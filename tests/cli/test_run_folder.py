"""``eventstudy run FOLDER``: every study, a table, an index, and the exit code of the first that failed."""

import json

import numpy as np
import pandas as pd
import pytest

RETURNS = pd.DataFrame(
    np.random.default_rng(5).normal(0, 0.01, (160, 3)),
    index=pd.bdate_range("2019-01-01", periods=160, name="date"),
    columns=["AAA", "BBB", "MKT"],
)
EVENTS = "event_id,symbol,session,group\na,AAA,2019-07-01,x\nb,BBB,2019-07-03,y\n"
STUDY = 'title = "T {}"\nevents = "events.csv"\nreturns_file = "returns.csv"\n[study]\nestimation = [-90, -11]\n'


@pytest.fixture
def folder(tmp_path):
    for name in ("one", "two & a half"):
        home = tmp_path / "studies" / name
        home.mkdir(parents=True)
        (home / "study.toml").write_text(STUDY.format(name) + 'tests = ["t", "kp_bmp"]\nreturns_kind = "simple"\n')
        (home / "events.csv").write_text(EVENTS)
        RETURNS.to_csv(home / "returns.csv")
    return tmp_path / "studies"


def test_all_studies_of_a_folder_are_run(main, folder):
    code, out, err = main("run", folder)
    assert code == 0, err
    assert "study 1 of 2: " in err and "2 of 2 studies done; index: " in err
    assert [line.split()[0] for line in out.splitlines()[1:]] == ["one", "two"]
    page = (folder / "index.html").read_text()
    assert '<a href="one/report.html">one</a>' in page and 'href="two%20%26%20a%20half/report.html"' in page
    assert (folder / "one" / "report.html").is_file()
    code, _, err = main("run", folder)
    assert code == 5 and "index.html" in err


def test_a_study_that_fails_does_not_stop_the_others(main, folder, tmp_path):
    (folder / "one" / "events.csv").write_text("event_id,symbol,session\na,AAA,01.07.2019\n")
    code, out, err = main("run", folder, "--out", tmp_path / "answers", "--json")
    first, second = map(json.loads, out.splitlines())
    assert code == 3 and "1 of 2 studies done" in err
    assert first["state"] == "failed" and "is not an ISO day" in first["finding"]
    assert second["state"] == "done" and (tmp_path / "answers" / "two & a half" / "report.html").is_file()
    assert "is not an ISO day" in (tmp_path / "answers" / "index.html").read_text()


def test_a_folder_without_a_study_and_options_of_one_study_are_refused(main, folder, tmp_path):
    (tmp_path / "empty").mkdir()
    code, _, err = main("run", tmp_path / "empty")
    assert code == 2 and "no study.toml in it" in err
    code, _, err = main("run", folder, "--event", 1)
    assert code == 2 and "go with one study" in err
