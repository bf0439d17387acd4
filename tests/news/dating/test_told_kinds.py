"""Kinds of telling on which dating once went wrong, each in a passage written for it: the start of the main event."""

from __future__ import annotations

import pytest

from eventstudy.news.dating.dating import date_article
from eventstudy.news.reading.article import Article

# kind: the text, its publication, the start of the event in UTC
KINDS = {
    "a US state overrules a country": (
        "A fire broke out at a mill in Atlanta, Georgia, at 9 a.m. on Monday.",
        "2024-03-06T12:00:00Z",
        "2024-03-04 14:00",
    ),
    "a US state overrules a city": (
        "A shooting in St. Petersburg, Florida, at 9 a.m. on Monday killed two.",
        "2024-03-06T12:00:00Z",
        "2024-03-04 14:00",
    ),
    "a destination is not the place": (
        "A train bound for Moscow derailed at 9 a.m. on Monday near Warsaw.",
        "2024-03-06T12:00:00Z",
        "2024-03-04 08:00",
    ),
    "a plan before the verb of the clock": (
        "A jet that was to fly to Tokyo crashed at 9 a.m. on Monday in Lima.",
        "2024-03-06T12:00:00Z",
        "2024-03-04 14:00",
    ),
    "due to gives a cause": (
        "A mill in Leeds burned. The fire began at 6:30 p.m. (1830 GMT) on Tuesday due to the heat, a spokesman said.",
        "2024-03-07T12:00:00Z",
        "2024-03-05 18:30",
    ),
    "an institution sits in its city": (
        "The UN Security Council on Friday failed to adopt a resolution on Ukraine.",
        "2022-02-26T00:52:00Z",
        "2022-02-25 05:00",
    ),
    "hours of India": (
        "The refinery was hit at 0830 hrs IST on Monday in Jamnagar.",
        "2024-01-10T12:00:00Z",
        "2024-01-08 03:00",
    ),
    "hours with a spaced h": (
        "The bank cut its rate at 14 h 30 CET on Thursday in Frankfurt.",
        "2024-01-12T12:00:00Z",
        "2024-01-11 13:30",
    ),
    "the market's close": (
        "Shortly after the market's close on Tuesday a judge in New York ruled against Acme.",
        "2024-03-07T12:00:00Z",
        "2024-03-05 21:00",
    ),
    "minutes before midnight": (
        "The militants stormed the platform minutes before midnight on Tuesday in Lagos.",
        "2024-03-07T12:00:00Z",
        "2024-03-05 23:00",
    ),
    "minutes after a bell": (
        "Trading in New York was halted four minutes after the opening bell on Monday.",
        "2024-03-05T12:00:00Z",
        "2024-03-04 14:34",
    ),
    "the end of a period reported on": (
        "US crude stocks rose by two million barrels in the week ended April 28, the EIA reported on Wednesday.",
        "2023-05-03T20:00:00Z",
        "2023-05-03 14:30",
    ),
    "noon does not beat the hour of the decision": (
        "The bank will announce its decision at 10 am on Thursday in Delhi, and hold a press conference at noon.",
        "2024-03-06T12:00:00Z",
        "2024-03-07 04:30",
    ),
    "a price told after the clock that opens the sentence": (
        "At 11:05 am (0305 GMT), Singapore's main contract, light crude for April delivery on the exchange, was up 30 "
        "cents at $51.10 a barrel. The cartel announced a cut on Wednesday in Vienna.",
        "2024-03-08T04:00:00Z",
        "2024-03-05 23:00",
    ),
    "the local half of a pair at a sure place": (
        "A quake hit Indonesia's Maluku islands on Thursday. It struck at 8:45 local time (0045 GMT) near Ambon, "
        "Indonesia, the agency said.",
        "2024-03-07T12:00:00Z",
        "2024-03-06 23:45",
    ),
    "the page's stamp is not the event": (
        "by Wire Desk6 March 2024 04:08+00:00\nLONDON (AP) - A gas main burst in Leeds on Tuesday, the mayor said.",
        "2024-03-06T04:08:00Z",
        "2024-03-05 00:00",
    ),
    "a departure is not the accident": (
        "A ferry left Bari at 9:10 a.m. (0810 GMT) on Monday and sank around 11:40 a.m. off Durres, Tirana said.",
        "2024-03-05T12:00:00Z",
        "2024-03-04 10:40",
    ),
    "the end of a closure is not its cause": (
        "Oslo airport will stay shut until midnight on Friday after a fire. The fire broke out on Friday, police said.",
        "2024-03-08T18:00:00Z",
        "2024-03-07 23:00",
    ),
    "not until gives the beginning": (
        "The new shares were due to trade at 9:30 a.m. ET on Friday, but did not start trading until 11:05 a.m. ET.",
        "2024-03-08T22:00:00Z",
        "2024-03-08 16:05",
    ),
    "a comparison is no time": (
        "The bourse in Oslo halted trading at 9:40 a.m. on Monday. Last year it once opened an hour later than usual.",
        "2024-03-05T12:00:00Z",
        "2024-03-04 08:40",
    ),
    "after midnight last night is this morning": (
        "Acme Bank of Boston failed shortly after midnight last night.",
        "2024-03-05T15:00:00Z",
        "2024-03-05 05:00",
    ),
    "hours ago on a page with a date only": (
        "The dam near Lyon burst about three hours ago.",
        "2024-03-05",
        "2024-03-04 23:00",
    ),
    "a price move is not a cause": (
        "Copper eased at the close on Tuesday after rising to a high. It rose on Monday after Chile shut a mine.",
        "2024-03-06",
        "2024-03-04 03:00",
    ),
    "a plan that was not kept": (
        "The line had been due to reopen at 0300 GMT on Saturday. Its owner in Berlin said on Friday it could not.",
        "2024-03-09",
        "2024-03-07 23:00",
    ),
    "a move that trips a breaker": (
        "Trading stopped today. The index in New York fell 7 percent at 10:02 a.m., triggering a 15-minute break.",
        "2024-03-06",
        "2024-03-06 15:02",
    ),
    "today is the dateline's day": (
        "Home\nMenu\nFRESNO, Calif., March 6, 2024 - Nissan Motor Co today announced that it will recall 9,000 vans.",
        "2024-03-06",
        "2024-03-06 08:00",
    ),
    "the exchange in brackets, not the company's seat": (
        "Microsoft Corp (NASDAQ: MSFT) said at 4:05 p.m. on Tuesday that its chief executive will retire.",
        "2024-03-06",
        "2024-03-05 21:05",
    ),
    "an exchange abroad in brackets": (
        "Infosys (NYSE: INFY) announced at 7:15 a.m. on Tuesday that it lost a large customer.",
        "2024-03-06",
        "2024-03-05 12:15",
    ),
    "the exchange in brackets of an unknown company": (
        "Zandarra (LSE: ZND) said at 7:02 a.m. on Tuesday that it lost a large customer.",
        "2024-03-06",
        "2024-03-05 07:02",
    ),
    "shares of the exchange in brackets": (
        "Facebook shares (NASDAQ: FB) began trading at 11:31 a.m. on Tuesday.",
        "2024-03-06",
        "2024-03-05 16:31",
    ),
    "the company is on its exchange's clock in later sentences too": (
        "Google (NASDAQ: GOOG) had a bad day on Tuesday. Google halted its service at 9:40 a.m. on Tuesday.",
        "2024-03-06",
        "2024-03-05 14:40",
    ),
    "shares trade on the exchange's clock, not on the seat's": (
        "Facebook was much awaited. Finally, around 11:31 a.m. on Tuesday, its shares began trading.",
        "2024-03-06",
        "2024-03-05 16:31",
    ),
    "without shares a company is at its seat": (
        "Facebook was much awaited. Finally, around 11:31 a.m. on Tuesday, its site crashed.",
        "2024-03-06",
        "2024-03-05 19:31",
    ),
    "a finish beats a start": (
        "The meeting in Vienna began at 9:05 a.m. on Tuesday. OPEC agreed to cut output at 3:41 p.m. on Tuesday.",
        "2024-03-06",
        "2024-03-05 14:41",
    ),
    "a halt beats its end": (
        "Trading in Madrid was halted at 10:12 a.m. on Tuesday and resumed at 11:31 a.m.",
        "2024-03-06",
        "2024-03-05 09:12",
    ),
    "an agency acts at its seat": ("The FDA approved it at 4:31 p.m. on Tuesday.", "2024-03-06", "2024-03-05 21:31"),
    "the ECB acts in Frankfurt": ("The ECB raised its rate at 2:16 p.m. on Tuesday.", "2024-03-06", "2024-03-05 13:16"),
    "the RBI acts in Mumbai": ("The RBI raised its rate at 10:01 a.m. on Tuesday.", "2024-03-06", "2024-03-05 04:31"),
    "a leader speaks from the capital": (
        "Turkish President Recep Tayyip Erdogan announced a state of emergency at 11:21 p.m. on Tuesday.",
        "2024-03-06",
        "2024-03-05 20:21",
    ),
    "the time of an update is a stamp": (
        "A mine in Peru collapsed at 7:11 a.m. on Tuesday, officials said. (updates at 1400 GMT)",
        "2024-03-06",
        "2024-03-05 12:11",
    ),
    "slashed dates of a page's header are stamps": (
        "Created: 03/06/2024 10:00 | Updated: 03/07/2024 11:00\nA mine in Peru collapsed on Tuesday.",
        "2024-03-06",
        "2024-03-05 05:00",
    ),
    "an entry of a live blog has its own clock": (
        "10:02am: A bomb exploded in Leeds.\n\n11:15am: Police closed the station.",
        "2024-03-05T18:00:00Z",
        "2024-03-05 10:02",
    ),
    "the time of a price is no event": (
        "Crude stood at $80 by 0048 GMT after rising more than $1 on Tuesday. A pipe burst in Basra at 1:21 a.m. on "
        "Wednesday.",
        "2024-03-06T05:00:00Z",
        "2024-03-05 22:21",
    ),
    "a lowest since is no event": (
        "Copper fell to its lowest since Sept. 25. A strike at a mine in Chile ended on Tuesday.",
        "2024-03-06",
        "2024-03-05 03:00",
    ),
    "what is awaited is to come": (
        "Markets await the Bank of England's decision at 1200 GMT on Thursday.",
        "2024-03-06T09:00:00Z",
        "2024-03-07 12:00",
    ),
    "what is due is to come": (
        "The minister is due to speak in Oslo at 3:11 p.m. on Thursday.",
        "2024-03-06T09:00:00Z",
        "2024-03-07 14:11",
    ),
    "what is expected on a day is to come": (
        "The ruling of the court in Oslo is expected on Friday at 2:11 p.m.",
        "2024-03-06T09:00:00Z",
        "2024-03-08 13:11",
    ),
    "a dateline with a colon": (
        "MUMBAI, Feb 24: A fire broke out at a refinery on Saturday.",
        "2024-02-24",
        "2024-02-23 18:30",
    ),
    "a weekday with a possessive": ("A pipe burst in Lyon on Sunday's morning.", "2024-03-06", "2024-03-03 05:00"),
    "hours with an h": ("A pipe burst in Lyon at 1430h on Sunday.", "2024-03-06", "2024-03-03 13:30"),
    "T+0 is no time": (
        "The bourse in Mumbai moved to T+0. A fire stopped it at 11:11 a.m. on Tuesday.",
        "2024-03-06",
        "2024-03-05 05:41",
    ),
    "IST in Israel": ("A bomb exploded at 6:10 pm IST on Monday in Tel Aviv.", "2024-01-10", "2024-01-08 16:10"),
    "IST in Ireland": ("A bank in Dublin failed at 6:10 pm IST on Monday.", "2024-07-10", "2024-07-08 17:10"),
    "a scene goes before the exchange in brackets": (
        "Zandarra (NYSE: ZND) said on Tuesday that its plant in Fresno burned at 11:04 a.m. on Monday.",
        "2024-03-06",
        "2024-03-04 19:04",
    ),
}

# what a company listed in brackets told at a bell: from midnight to the bell, or from the close to midnight
BELLS = {
    "Microsoft (Nasdaq: MSFT) reported a loss before the bell on Tuesday.": "2024-03-05 05:00 to 2024-03-05 14:30",
    "Microsoft (Nasdaq: MSFT) reported a loss after the close on Tuesday.": "2024-03-05 21:00 to 2024-03-06 05:00",
    "Nokia (NYSE: NOK) reported a loss before the bell on Tuesday.": "2024-03-05 05:00 to 2024-03-05 14:30",
    "Barclays (LSE: BARC) reported a loss before the opening bell on Tuesday.": "2024-03-05 00:00 to 2024-03-05 08:00",
    "Zandarra (ASX: ZND) reported a loss after the close on Tuesday.": "2024-03-05 05:00 to 2024-03-05 13:00",
    "Zandarra (TSE: 7999) reported a loss after the close on Tuesday.": "2024-03-05 06:00 to 2024-03-05 15:00",
}


@pytest.mark.parametrize("text", BELLS)
def test_a_bell_is_that_of_the_exchange_in_brackets(text: str) -> None:
    assert str(date_article(Article.of(text, published="2024-03-07")).events[0].when) == f"{BELLS[text]} UTC"


@pytest.mark.parametrize(
    ("clock", "is_open"),
    [
        ("half past two on Sunday", True),
        ("half past two in the afternoon on Sunday", False),
        ("2:30 p.m. on Sunday", False),
    ],
)
def test_the_half_of_the_day_of_a_clock_in_words_is_asked_for(clock: str, is_open: bool) -> None:
    dating = date_article(Article.of(f"A pipe burst in Lyon at {clock}.", published="2024-03-06"))
    assert any("a.m. or p.m. is not said" in warning for warning in dating.events[0].warnings) is is_open
    assert dating.decided is not is_open and (dating.confidence <= 0.5) is is_open


def test_a_labelled_stamp_is_on_the_clock_of_its_publisher() -> None:
    text = "UPDATE, 12:32 PM: Acme resumed trading at 3:20 ET.\nThe bourse in Madrid did not."
    article = Article.of(text, published="2024-03-06", url="https://deadline.com/acme")
    stamp = date_article(article).mentions[0]
    assert (stamp.phrase, str(stamp.when)) == ("12:32 PM", "2024-03-06 20:32 UTC")


@pytest.mark.parametrize("kind", KINDS)
def test_the_event_starts_when_the_passage_says(kind: str) -> None:
    text, published, start = KINDS[kind]
    first = date_article(Article.of(text, published=published)).events[0]
    assert f"{first.when.start:%Y-%m-%d %H:%M}" == start


@pytest.mark.parametrize(
    ("text", "phrase", "start"),
    [
        (
            "A dam broke. Posted August 24, 2020 - 2:11pm in Manila.",
            "August 24, 2020 - 2:11pm in Manila",
            "2020-08-24 06:11",
        ),
        ("A dam broke. April 9, 2020 / 3:30 AM in Manila.", "April 9, 2020 / 3:30 AM in Manila", "2020-04-08 19:30"),
        ("Shots were heard around 2.am on Monday in Enugu.", "around 2.am on Monday in Enugu", "2020-08-24 01:00"),
        ("It ceased at 1 p.m. ET on Monday. At 1:30 p.m. Acme spoke.", "At 1:30 p.m.", "2020-08-24 17:30"),
        ("At 9 a.m. the board in Oslo said it would meet at 9:30 a.m.", "at 9:30 a.m.", "2020-08-25 07:30"),
        ("The pump in Lima was shut on Monday. Power should be back by Wednesday.", "by Wednesday", "2020-08-26 05:00"),
        (
            "A strike set the stage for a vote at 7 p.m. Saturday in Seoul.",
            "at 7 p.m. Saturday in Seoul",
            "2020-08-29 10:00",
        ),
        (
            "A silence is to be held at 9:05 a.m. on Friday, Lima said.",
            "at 9:05 a.m. on Friday",
            "2020-08-28 14:05",
        ),
        (
            "A star died on Monday. Hollywood legend Ann Roe spoke at 9:05 a.m. in Leeds.",
            "at 9:05 a.m. in Leeds",
            "2020-08-24 08:05",
        ),
        (
            "A pipe burst in Lima. Repairs may take until 9:05 a.m. on Friday.",
            "until 9:05 a.m. on Friday",
            "2020-08-28 14:05",
        ),
        ("A dam broke on Aug 20. It said overnight it was sorry.", "overnight", ""),
    ],
)
def test_a_phrase_is_read_as_it_is_meant(text: str, phrase: str, start: str) -> None:
    dating = date_article(Article.of(text, published="2020-08-25T12:00:00Z"))
    (mention,) = [m for m in dating.mentions if m.phrase == phrase]
    assert mention.when is not None
    if start:
        assert f"{mention.when.start:%Y-%m-%d %H:%M}" == start
    else:
        assert mention.when.start.day == 24
