"""Short articles of invented happenings, as several publishers tell them."""

from eventstudy import Article

FILLER = (
    "The company gave no further details. Analysts had expected a calm week. Its shares were little changed before the "
    "news. Traders said that stocks of fuel in the region were ample."
)


def article(name, title, text, published="", source="Wire One", url=""):
    return Article.of(f"{text} {FILLER}", id=name, title=title, published=published, source=source, url=url)


def refinery():
    """One fire, told by four articles of three publishers; the numbers of injured differ."""
    return [
        article(
            "fire-2",
            "Lindholm refinery halted after fire, four hurt",
            "Fuel output at the Lindholm refinery near Gothenburg was halted by a fire on Friday, Norrmark said. "
            "Four people were hurt.",
            "2021-03-05T11:30:00Z",
            "Wire Two",
        ),
        article(
            "fire-1",
            "Fire halts Lindholm refinery in Sweden",
            "A fire stopped the Lindholm refinery near Gothenburg at 0915 GMT on Friday, its owner Norrmark said. "
            "Two people were hurt.",
            "2021-03-05T10:02:11Z",
        ),
        article(
            "fire-3",
            "Norrmark says Lindholm refinery shut for weeks after fire",
            "Norrmark said its Lindholm refinery near Gothenburg would stay shut for weeks after Friday's fire, in "
            "which seven people were hurt.",
            "2021-03-05T18:45:30Z",
        ),
        article(
            "fire-4",
            "Sweden's Lindholm refinery burns; owner Norrmark halts output",
            "The Lindholm refinery near Gothenburg burned on Friday morning and its owner Norrmark halted output, "
            "police said.",
            "2021-03-05T12:15:00Z",
            "Daily Three",
        ),
    ]


def dividends():
    """Template stories of one publisher, minutes apart, each of another company."""
    firms = ("Ardenko", "Belvista", "Corvane", "Dunmere", "Estrova", "Fallowin")
    places = ("Tarvo", "Quillon", "Maresh", "Lundby", "Orvieda", "Pasko")
    trades = ("maker of tractors", "brewer", "shipping line", "maker of paper", "chain of hotels", "grower of tea")
    return [
        Article.of(
            f"{firm} Corp, a {trade} in {place}, said on Friday it set a quarterly dividend of {20 + n} cents.",
            id=f"dividend-{n}",
            title=f"{firm} Corp sets quarterly dividend",
            published=f"2021-03-05T10:{10 + 3 * n}:00Z",
            source="Wire One",
        )
        for n, (firm, place, trade) in enumerate(zip(firms, places, trades, strict=True))
    ]


def ids(events):
    """Members of each event, as sets of ids."""
    return {frozenset(one.id for one in event.members) for event in events}
