"""The page in a real Chromium: nothing asked for, axe's rules, no overflow, the keyboard, dark paper, and A4."""

import io
import itertools
import re
import shutil
import unicodedata
from importlib import resources

import pandas as pd
import pytest

from eventstudy import Event, EventStudy, write_report
from eventstudy.report.beside import Beside
from places_of_tests import STRIKE

pypdf = pytest.importorskip("pypdf", reason="pypdf is not installed")
playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
WIDTHS = (1280, 768, 390)
# Width in CSS pixels of A4 without the margins of the page's own print style.
PAPER = 703
LONG = "x" * 3_000
# Rows that differ in their words alone tell axe nothing new, and it looks at every cell of six thousand.
ONE_OF_EACH_ROW = """document.querySelectorAll('tbody').forEach(body => {
  const seen = {};
  for (const row of [...body.rows]) {
    const look = row.outerHTML.replace(/>[^<]*</g, '><').replace(/ (id|title|href|datetime)="[^"]*"/g, '');
    seen[look] = (seen[look] || 0) + 1;
    if (seen[look] > 2) row.remove();
  }
})"""


@pytest.fixture(scope="module")
def chromium():
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def reports(folder, sample_bars, tmp_path_factory):
    """The sample; and two markets with words that are too long and not Latin, and with rates of the tests."""
    row = {"test": "t", "over": "each market", "dates": 120, "rate": 0.06, "low": 0.02, "high": 0.09, "effect": 0.02}
    beside = Beside(sizes=pd.DataFrame([{**row, "power": 0.5}]))
    out = tmp_path_factory.mktemp("browser")
    study = EventStudy(windows=[(-1, 1)], markets=("CL=F", "^N225"), rolls="keep")
    title = f"原油 \u0627\u0644\u0646\u0641\u0637 $x^2$ <b>{LONG}"
    result = study.run(Event.at(STRIKE, id="strike", title=title), sample_bars)
    return {
        "sample": folder / "report.html",
        "long": write_report(result, out / "long", title=title, beside=beside),
    }


@pytest.fixture
def opened(chromium, reports):
    """Open a page: what it asked for and complained about is in its list."""
    contexts = []

    def open_(name="sample", width=1280, mode="light", **options):
        context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=mode, **options)
        contexts.append(context)
        page = context.new_page()
        page.heard = []
        page.on("request", lambda request: page.heard.append(request.url))
        page.on("console", lambda message: page.heard.append(message.text))
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.goto(reports[name].as_uri())
        return page

    yield open_
    for context in contexts:
        context.close()


@pytest.mark.parametrize("name", ["sample", "long"])
def test_it_asks_for_nothing_and_complains_of_nothing(opened, reports, name):
    page = opened(name)
    page.wait_for_load_state("networkidle")
    assert page.heard == [reports[name].as_uri()]


def test_the_policy_forbids_scripts(opened):
    page = opened()
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None and "Content Security Policy" in " ".join(page.heard)


# Colours depend on the mode and the layout on the width: two pages show each of them.
@pytest.mark.parametrize(("width", "mode"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("name", ["sample", "long"])
def test_axe_finds_nothing(opened, name, width, mode):
    page = opened(name, width, mode)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    page.evaluate(ONE_OF_EACH_ROW)
    page.evaluate(resources.files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8"))
    found = page.evaluate("axe.run({resultTypes: ['violations']})")["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]][:3]) for each in found] == []


def test_one_main_one_heading_of_the_page_and_no_level_left_out(opened):
    page = opened()
    levels = page.eval_on_selector_all("h1, h2, h3, h4", "all => all.map(each => Number(each.tagName[1]))")
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
    assert page.locator("main").count() == 1 and page.locator("nav[aria-label]").count() == 1
    targets = page.eval_on_selector_all("nav a", "all => all.map(each => each.getAttribute('href'))")
    assert targets[0] == "#finding" and all(page.locator(target).count() == 1 for target in targets)


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["sample", "long"])
def test_nothing_overflows_without_a_hint(opened, name, width):
    page = opened(name, width)
    page.evaluate("document.querySelectorAll('details').forEach(fold => fold.open = true)")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    cut = page.evaluate(
        """[...document.querySelectorAll('body *:not(svg *)')].filter(e => e.scrollWidth > e.clientWidth + 1
        && e.clientWidth && getComputedStyle(e).overflowX != 'visible').map(e => [e.className || e.tagName, e.tabIndex,
        getComputedStyle(e).backgroundImage.includes('gradient')])"""
    )
    assert all(hint and (kind == "OL" or focus == 0) for kind, focus, hint in cut)
    assert width > 390 or any(kind == "scroll" for kind, *_ in cut)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_text_of_figures_is_readable_and_inside(opened, width):
    page = opened("sample", width)
    texts = page.evaluate(
        """[...document.querySelectorAll('svg text')].filter(t => t.getClientRects().length && t.textContent.trim())
        .map(t => { const box = t.getBoundingClientRect(), own = t.ownerSVGElement.getBoundingClientRect(),
        m = t.getScreenCTM(), size = parseFloat(getComputedStyle(t).fontSize) * Math.hypot(m.a, m.b);
        return [t.textContent, size, box.left - own.left, own.right - box.right]; })"""
    )
    assert len(texts) > 100
    assert min(size for _, size, *_ in texts) >= 11
    assert [text for text, _, left, right in texts if min(left, right) < -2] == []
    # A reader can select the words of a figure.
    found = page.evaluate(
        """(() => { getSelection().selectAllChildren([...document.querySelectorAll('#landing svg')].find(s =>
        s.getClientRects().length)); return getSelection().toString(); })()"""
    )
    assert "WTI crude" in found


def test_the_keyboard_opens_folds_and_scrolls_tables(opened):
    page = opened("sample", 390)
    summary = page.locator("summary").first
    summary.focus()
    page.keyboard.press("Enter")
    assert page.locator("details").first.get_attribute("open") is not None
    table = page.locator("#anatomy .scroll").first
    table.focus()
    assert table.evaluate("e => document.activeElement == e && e.scrollWidth > e.clientWidth")
    for _ in range(5):
        page.keyboard.press("ArrowRight")
    # Scrolling is smooth. The page's policy forbids `wait_for_function`, which evaluates text within it.
    for _ in range(100):
        if table.evaluate("e => e.scrollLeft") > 0:
            break
        page.wait_for_timeout(50)
    assert table.evaluate("e => e.scrollLeft") > 0


def test_dark_paper_is_dark_and_figures_follow(opened):
    look = """[getComputedStyle(document.body).backgroundColor,
        getComputedStyle(document.querySelector('svg path')).fill]"""
    assert opened(mode="dark").evaluate(look) == ["rgb(21, 25, 30)"] * 2
    assert opened().evaluate(look) == ["rgb(255, 255, 255)"] * 2


def test_paper_holds_every_column_and_every_fold(opened):
    page = opened("sample", PAPER)
    page.emulate_media(media="print")
    outside = page.evaluate(
        "[...document.querySelectorAll('th, td, svg, p')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)"
        ".map(e => e.textContent.slice(0, 80))"
    )
    assert outside == []
    cells = page.eval_on_selector_all("th, td", "all => all.map(each => each.textContent)")
    pages = pypdf.PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True))).pages
    assert all(round(float(each.mediabox.width)) == 595 and round(float(each.mediabox.height)) == 842 for each in pages)
    # NFKC takes ligatures apart.
    printed = re.sub(r"\s+", "", unicodedata.normalize("NFKC", "".join(each.extract_text() for each in pages)))
    assert {"Placebo p", "p (std. placebo)", "Holm p of t", "mde80 of t", "CAR[0,5]"} <= set(cells)
    # A long cell stands on several lines, between those of its neighbours; fingerprints are broken anywhere.
    words = {word for cell in cells for word in cell.split() if len(word) < 64}
    assert len(words) > 1_000 and [word for word in sorted(words) if word not in printed] == []
