"""The language of a text, by its script and small words; only English is dated."""

from __future__ import annotations

import pytest

from eventstudy.news.dating.dating import date_article
from eventstudy.news.reading.article import Article
from eventstudy.news.text.language import foreign_language

TEXTS = {
    "German": "Die Notenbank hat am Donnerstag um 13.45 Uhr den Leitzins gesenkt, wie sie nach der Sitzung sagte.",
    "French": "La banque centrale a relevé son taux directeur jeudi à 14 h 15, selon le communiqué.",
    "Spanish": "El banco central subió la tasa de interés el jueves a las 14:00 y dijo que la inflación sigue alta.",
    "Portuguese": "O banco central elevou os juros na quarta-feira às 18h30 e disse que a inflação não caiu.",
    "Italian": "La banca centrale ha alzato il tasso giovedì alle 14.15 e ha detto che la decisione è unanime.",
    "Japanese": "日本銀行は31日、政策金利を0.25%に引き上げることを決めた。午後0時56分に発表した。",
    "a language in Cyrillic letters": "Банк России в пятницу в 13:30 повысил ключевую ставку до 21%.",
    "a language in Arabic letters": "رفع البنك المركزي سعر الفائدة يوم الخميس عند الساعة 14:00 بتوقيت القاهرة.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_another_language_is_named_and_refused(language: str) -> None:
    dating = date_article(Article.of(TEXTS[language], published="2024-10-31T15:00:00Z"))
    assert not dating.events
    assert dating.warnings == (f"the text is in {language}; only English can be dated",)


@pytest.mark.parametrize(
    "text",
    [
        "Telefónica de España S.A. and Banco do Brasil signed the pact in São Paulo on Monday at 10 a.m., both said.",
        '"Die Lage ist ernst und der Kurs fällt", the mayor of Köln said in German on Monday, and the market fell.',
        "Bolsa de Valores de Colombia: a halt at 10:05 a.m.",
        "Le Pen, de Gaulle",
        "",
    ],
)
def test_names_and_quotes_of_another_language_are_english(text: str) -> None:
    assert foreign_language(text) == ""
