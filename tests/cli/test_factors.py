"""`eventstudy factors fetch` against a server on this machine, from the words typed to the files kept."""

import io
import json
import threading
import zipfile
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from eventstudy import read_factors

THREE = (
    "Made of CRSP\r\n\r\n,Mkt-RF,SMB,HML,RF\r\n20200107,-0.19,-0.03,-0.25,0.006\r\n20200108,0.47,-0.17,-0.66,0.006\r\n"
)
MOMENTUM = "Made of CRSP\r\n\r\n,Mom\r\n20200107,0.10\r\n20200108,-99.99\r\n\r\nCopyright\r\n"


def packed(text):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("one.CSV", text)
    return target.getvalue()


FILES = {
    "/F-F_Research_Data_Factors_daily_CSV.zip": packed(THREE),
    "/F-F_Momentum_Factor_daily_CSV.zip": packed(MOMENTUM),
    "/Broken_Factors_daily_CSV.zip": b"<html>moved</html>",
}
ASKED = []


class Library(BaseHTTPRequestHandler):
    def do_GET(self):
        ASKED.append(self.path)
        body = FILES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, *words):
        """Say nothing."""


@pytest.fixture(scope="module")
def address():
    with ThreadingHTTPServer(("127.0.0.1", 0), Library) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def typed(address, main, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ASKED.clear()
    return lambda *words: main("factors", "fetch", *words, "--server", address, "--allow-private")


def test_files_are_kept_as_published_and_can_be_read(typed, tmp_path):
    code, out, err = typed("carhart", "--to", "factors", "--json")
    rows = json.loads(out)
    assert code == 0 and [row["file"] for row in rows] == [
        "F-F_Research_Data_Factors_daily.csv",
        "F-F_Momentum_Factor_daily.csv",
    ]
    assert rows[0]["factors"] == "Mkt-RF, SMB, HML, RF" and (rows[0]["first"], rows[0]["rows"]) == ("2020-01-07", 2)
    assert (tmp_path / "factors" / rows[0]["file"]).read_bytes() == THREE.encode()
    frame = read_factors([tmp_path / "factors" / row["file"] for row in rows])
    assert frame["Mom"].tolist()[0] == 0.001 and frame["Mom"].isna().tolist() == [False, True]
    assert "data library" in err
    code, _, err = typed("carhart", "--to", "factors")
    assert code == 5 and "--force" in err, "files that are there are not replaced"
    assert len(ASKED) == 2, "nothing is asked for that could not be kept"
    code, out, _ = typed("fama-french-3", "--force")
    assert code == 0 and "2020-01-08" in out


def test_a_file_of_the_library_may_be_named(typed, tmp_path):
    assert typed("F-F_Momentum_Factor_daily", "--to", ".")[0] == 0
    assert (tmp_path / "F-F_Momentum_Factor_daily.csv").exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["fama-french-4"], 2, "or 'fama-french-3'?"),
        (["capm", "--frequency", "hourly"], 2, "unknown frequency 'hourly'"),
        (["Missing_Factors_daily"], 6, "HTTP 404; check the name"),
        (["carhart", "Broken_Factors_daily"], 3, "no rows such as"),
    ],
)
def test_a_fault_is_one_line_and_keeps_nothing(typed, tmp_path, words, code, message):
    found, out, err = typed(*words)
    assert (found, out) == (code, "") and message in err and len(err.strip().splitlines()) == 1
    assert not list(tmp_path.rglob("*.csv"))


def test_this_machine_is_not_asked_unless_it_is_said(main, address, tmp_path):
    code, _, err = main("factors", "fetch", "capm", "--to", str(tmp_path), "--server", address)
    assert code == 6 and "--allow-private" in err
