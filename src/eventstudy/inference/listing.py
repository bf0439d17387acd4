"""The models and the tests that there are, as tables."""

from __future__ import annotations

import pandas as pd

from .models.registry import MODELS
from .significance.registry import CHOICES, TESTS


def models() -> pd.DataFrame:
    """Return the models of expected returns by the names that `EventStudy` and study files take.

    Returns
    -------
    DataFrame
        ``model, description, reads, parameters``: what each takes beside the returns, and its parameters with their
        defaults.

    Examples
    --------
    >>> table = models().set_index("model")
    >>> table.loc["dimson", "parameters"]
    'lags = 1, leads = 1'
    """
    rows = []
    for name, kind in MODELS.items():
        model = kind()
        options = {key: value for key, value in model.parameters.items() if value and isinstance(value, int | str)}
        rows.append(
            {
                "model": name,
                "description": model.description,
                "reads": ", ".join(column.value for column in model.reads),
                "parameters": ", ".join(f"{key} = {value}" for key, value in options.items()),
            }
        )
    return pd.DataFrame(rows)


def tests() -> pd.DataFrame:
    """Return the tests by the names that `EventStudy` and study files take.

    Returns
    -------
    DataFrame
        ``test, of, null, assumes, standard, draws``: whether one result is of a pair, of an event in all its markets or
        of a sample of events; the null hypothesis; what must hold; whether the choice ``"standard"`` makes it; and
        whether it draws at random.

    Examples
    --------
    >>> table = tests().set_index("test")
    >>> table.loc["bmp", "of"], bool(table.loc["bmp", "standard"])
    ('sample', True)
    """
    return pd.DataFrame(
        {
            "test": name,
            "of": test.scope.value,
            "null": test.null,
            "assumes": "; ".join(sorted(test.assumes)),
            "standard": name in CHOICES["standard"],
            "draws": test.draws.value,
        }
        for name, test in TESTS.items()
    )


tests.__test__ = False  # type: ignore[attr-defined]  # pytest takes its name for that of a test
