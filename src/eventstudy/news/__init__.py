"""The newsroom: articles in, dated events out. Opens no connection and knows no market."""

from .article import Article
from .dating import Dating, date_article, date_event
from .readers import read_article, read_articles
from .record import dating_record, explain, review_record
from .tables import event_row, table_bytes

__all__ = [
    "Article",
    "Dating",
    "date_article",
    "date_event",
    "dating_record",
    "event_row",
    "explain",
    "read_article",
    "read_articles",
    "review_record",
    "table_bytes",
]
