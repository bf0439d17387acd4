"""Reading articles from every kind of file, and what is refused."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from eventstudy.errors import EventStudyError, InputError, UsageError
from eventstudy.news.reading.article import Article
from eventstudy.news.reading.readers import read_article, read_articles

SENTENCE = (
    "Missiles hit bases in Iraq at about 1:30 a.m. (2230 GMT), the Pentagon said on Wednesday, the first such attack."
)
SECOND = "No casualties were reported at the two bases, which house several hundred soldiers of the coalition."
JSON_LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "NewsArticle",
 "headline": "Strike", "datePublished": "2020-01-08T04:10:00+03:00", "dateModified": "2020-01-08T05:00:00Z"}]}
</script>"""


def page(head: str = "", body: str = "") -> str:
    return (
        f"<!DOCTYPE html><html><head><title>Strike | The Desk</title>{head}</head><body><nav>Home Markets</nav>"
        f"<article><h1>Strike</h1>{body}<p>{SENTENCE}</p><p>{SECOND}</p></article>"
        '<aside><time datetime="2011-03-03T00:00:00Z">3 March 2011</time></aside></body></html>'
    )


def write(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_page_is_its_text_and_its_own_time_with_the_zone(tmp_path: Path) -> None:
    article = read_article(write(tmp_path, "a.html", page(JSON_LD)))
    assert SENTENCE in article.text and SECOND in article.text
    assert "Home Markets" not in article.text and not article.text.startswith("Strike")
    assert article.title == "Strike"
    assert str(article.published) == "2020-01-08 01:10 UTC"
    assert article.published is not None and article.published.tz == "+03:00"
    assert article.stamp is not None and article.stamp.source == "JSON-LD datePublished"
    assert article.warnings == ()


@pytest.mark.parametrize(
    ("head", "body", "source"),
    [
        ('<meta property="article:published_time" content="2020-01-08T01:10:00Z">', "", "Open Graph"),
        ("", '<time datetime="2020-01-08T01:10:00Z">8 Jan</time>', "<time datetime>"),
    ],
)
def test_other_metadata_is_read_where_json_ld_is_missing(tmp_path: Path, head: str, body: str, source: str) -> None:
    article = read_article(write(tmp_path, "a.html", page(head, body)))
    assert article.stamp is not None and article.stamp.source.startswith(source)
    assert str(article.published) == "2020-01-08 01:10 UTC"


def test_a_sidebar_date_is_never_taken_for_the_publication(tmp_path: Path) -> None:
    assert read_article(write(tmp_path, "a.html", page())).published is None


def test_times_that_disagree_are_all_kept_and_listed(tmp_path: Path) -> None:
    other = '<meta property="article:published_time" content="2020-01-06T09:00:00Z">'
    article = read_article(write(tmp_path, "a.html", page(JSON_LD + other)))
    assert [s.source for s in article.stamps] == ["JSON-LD datePublished", "Open Graph article:published_time"]
    (warning,) = article.warnings
    assert "2020-01-08T04:10:00+03:00" in warning and "2020-01-06T09:00:00Z" in warning


def test_a_time_without_a_zone_is_an_interval_over_all_zones(tmp_path: Path) -> None:
    head = '<meta property="article:published_time" content="2020-01-08T01:10:00">'
    article = read_article(write(tmp_path, "a.html", page(head)))
    assert str(article.published) == "2020-01-07 11:10 to 2020-01-08 13:10 UTC"
    assert any("no time zone" in w for w in article.warnings)


def test_json_and_json_lines_keep_ids_and_order(tmp_path: Path) -> None:
    records = ['{"id": "b", "text": "It struck.", "published": "2020-01-08"}', "", '{"id": "a", "body": "It rained."}']
    lines = "\n".join(records)
    found = list(
        read_articles([write(tmp_path, "a.jsonl", lines), write(tmp_path, "b.json", '[{"text": "One two."}]')])
    )
    assert [a.id for a in found] == ["b", "a", "b-1"]
    assert str(found[0].published) == "2020-01-07 10:00 to 2020-01-09 12:00 UTC"


def test_feeds_are_read_entry_by_entry(tmp_path: Path) -> None:
    rss = (
        "<rss><channel><item><title>A &amp; B</title><guid>g1</guid><link>https://x.org/a</link>"
        "<pubDate>Wed, 08 Jan 2020 01:30:00 +0300</pubDate><description>&lt;p&gt;It struck.&lt;/p&gt;</description>"
        "</item>"
        "<item><title>Two</title><description>Later.</description></item></channel></rss>"
    )
    atom = (
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>urn:1</id><title>T</title><link href="https://x.org/1"/>'
        "<published>2020-01-08T00:00:00Z</published><summary>It struck.</summary></entry></feed>"
    )
    first, second = read_articles([write(tmp_path, "f.xml", rss)])
    assert (first.id, first.title, first.text, first.url) == ("g1", "A & B", "It struck.", "https://x.org/a")
    assert str(first.published) == "2020-01-07 22:30 UTC"
    assert (second.id, second.published) == ("f-2", None)
    assert read_article(write(tmp_path, "g.atom", atom)).id == "urn:1"


def test_a_folder_and_standard_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "b.txt", "Two words.")
    write(tmp_path, "a.md", "One word.")
    write(tmp_path, ".hidden", "x")
    assert [a.id for a in read_articles([tmp_path])] == ["a", "b"]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b'{"id": "s", "text": "From a pipe."}')))
    assert [a.id for a in read_articles(["-"])] == ["s"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030", "shift_jis"])
def test_encodings_are_decoded_or_refused(tmp_path: Path, encoding: str) -> None:
    text = "日本銀行は29日、マイナス金利を導入した。The Bank of Japan said so on Friday."
    article = read_article(write(tmp_path, "a.txt", text.encode(encoding)))
    assert article.text == text
    assert bool(article.warnings) == (encoding in {"gb18030", "shift_jis"})


def test_a_declared_encoding_holds_or_is_refused(tmp_path: Path) -> None:
    text = '<meta charset="shift_jis">' + page(body="<p>日本銀行は金利を引き下げた。</p>")
    assert "日本銀行は金利を引き下げた。" in read_article(write(tmp_path, "a.html", text.encode("shift_jis"))).text
    with pytest.raises(InputError, match="does not fit"):
        read_article(write(tmp_path, "b.html", b'<meta charset="utf-8">\xff\xfe' + page().encode()))


LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><rss><item><title>&b;</title></item></rss>'
)
OUTSIDE = '<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><item><title>&a;</title></item></rss>'
REFUSED = [
    ("empty.html", b"", "no text"),
    ("spaces.txt", b" \n ", "no text"),
    ("paper.html", b"%PDF-1.4 ...", "a PDF"),
    ("noise.txt", bytes(range(256)) * 20, "not text"),
    ("deep.html", b"<div>" * 100_000 + b"x", "no text"),
    ("broken.html", b"<![x2e5", "not HTML"),
    ("laughs.xml", LAUGHS.encode(), "entities"),
    ("outside.xml", OUTSIDE.encode(), "entities"),
    ("deep.json", b"[" * 100_000, "nested too deeply"),
    ("bad.jsonl", b'{"text": "x y"}\n{bad\n', r"bad.jsonl:2"),
    ("number.json", b"3", "not an object"),
    ("other.json", b'{"title": "x"}', "no text"),
    ("page.xml", b"<a><b/></a>", "no RSS or Atom"),
    ("cut.xml", b"<rss><channel><item><title>One</title></item><item><title>Tw", "not XML"),
]


@pytest.mark.parametrize(("name", "content", "reason"), REFUSED, ids=[name for name, _, _ in REFUSED])
def test_what_is_no_article_gets_one_line(
    tmp_path: Path, name: str, content: bytes, reason: str, processor_seconds
) -> None:
    with processor_seconds(60), pytest.raises(InputError, match=reason) as caught:
        list(read_articles([write(tmp_path, name, content)]))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "stamp",
    ["2020-01-08T25:00:00Z", "2020-01-08T10:00+99:00", "2020-01-08T23:59:60Z", "2020-02-31", "9999-12-31", "yesterday"],
)
def test_a_publication_time_that_cannot_be_is_refused(stamp: str) -> None:
    with pytest.raises(InputError):
        Article.of("It struck.", published=stamp)


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("2020-01-07T22:30:00Z", "2020-01-07 22:30 UTC"),
        ("2020-01-08 01:30+03:00", "2020-01-07 22:30 UTC"),
        ("Wed, 08 Jan 2020 01:30:00 +0300", "2020-01-07 22:30 UTC"),
        ("Tue Dec 16, 2014 5:41pm EST", "2014-12-16 22:41 UTC"),
        ("Jan 8, 2020, 10:15 AM ET", "2020-01-08 15:15 UTC"),
        ("8 January 2020", "2020-01-07 10:00 to 2020-01-09 12:00 UTC"),
        ("2020-01-08", "2020-01-07 10:00 to 2020-01-09 12:00 UTC"),
    ],
)
def test_publication_times_as_pages_write_them(stamp: str, expected: str) -> None:
    assert str(Article.of("It struck.", published=stamp).published) == expected


def test_a_missing_file_and_an_address_differ(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such file"):
        read_article(tmp_path / "none.txt")
    with pytest.raises(UsageError, match="save the page"):
        read_article("http://example.org/a.html")
    with pytest.raises(EventStudyError, match="holds 2 articles"):
        read_article(write(tmp_path, "two.json", '[{"text": "x y"}, {"text": "z"}]'))


def test_a_script_address_is_not_kept(tmp_path: Path) -> None:
    assert read_article(write(tmp_path, "a.html", page('<link rel="canonical" href="javascript:alert(1)">'))).url == ""


@pytest.mark.parametrize(
    "address", ["http://[::1", "https://[x]/a-b", "http://\ufe0f\u2100.org/a-b", "//", "https://:x/"]
)
def test_a_canonical_link_that_is_no_url_stops_nothing(tmp_path: Path, address: str) -> None:
    article = read_article(write(tmp_path, "a.html", page(f'<link rel="canonical" href="{address}">')))
    assert article.home == ""
    assert isinstance(article.headline_from_url, str)
