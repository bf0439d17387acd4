"""Several studies, or one under several models and windows, side by side: the sums of every window, in one table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..errors import UsageError, refuse_duplicates
from ..inference.models.protocol import Column
from ..inference.models.registry import get_model
from ..markets.prices.resample import bar_length
from ..windows import Window
from .result import EventStudyResult
from .study import EventStudy
from .wording import in_percent, kind_of

COMPARED = ["study", "market", "window", "n", "car", "se", "p", "model", "returns"]


def compare(results: Mapping[str, EventStudyResult]) -> pd.DataFrame:
    """Put the windows of several studies into one table.

    Parameters
    ----------
    results : mapping of str to EventStudyResult
        By the name that the table gives them; all of one measure or kind of return, or in log and simple returns, and
        all by the session or by bars of one length.

    Returns
    -------
    DataFrame
        ``study, market, window, n, car, se, p, model, returns``. Of a study of one event one row a market and window,
        with the p of its headline test (`car` of the result) and ``n`` 1; of a study of several events one row a window
        with an empty ``market``, the mean over ``n`` pairs, and the standard error and p of the test that
        `average_cars` names. Fractions, or changes of the price; by market, window and study as they come.

    Raises
    ------
    UsageError
        If there is no study, returns beside changes of the price or another measure, or windows that count sessions
        beside windows that count bars.

    Examples
    --------
    >>> import pandas as pd
    >>> from eventstudy import EventStudy, compare
    >>> days = pd.bdate_range("2019-01-01", periods=120)
    >>> frame = pd.DataFrame({"A": [(-1) ** at * (at % 7) / 1000 for at in range(120)]}, days)
    >>> event = pd.DataFrame({"event_id": ["e"], "symbol": ["A"], "session": [days[110]]})
    >>> studies = {f"{days} days": EventStudy(estimation=(-days - 10, -11), windows=[(0, 1)]) for days in (60, 90)}
    >>> table = compare({name: study.run(event, returns=frame) for name, study in studies.items()})
    >>> table[["study", "market", "window", "n"]].to_numpy().tolist()
    [['60 days', 'A', '[0,1]', 1], ['90 days', 'A', '[0,1]', 1]]
    """
    if not results:
        raise UsageError("compare: no study is given; give one or more")
    _check_units(results)
    table = pd.concat([_rows(name, result) for name, result in results.items()], ignore_index=True)[COMPARED]
    # The studies of one market and window stand together, in the order in which they were first seen.
    places = [pd.factorize(table[column])[0] for column in ("market", "window")]
    return table.iloc[np.lexsort(places[::-1])].reset_index(drop=True)


def variants(
    study: EventStudy, *, models: Sequence[str] = (), windows: Sequence[Window | tuple[int, int]] = ()
) -> dict[str, EventStudy]:
    """Take one study under several models, and with other event windows, as `compare` puts them side by side.

    Parameters
    ----------
    study : EventStudy
    models : sequence of str
        Names of models; that of the study's own model keeps its parameters, the others have their usual ones and the
        study's benchmark. The study's own model where it is left out.
    windows : sequence of Window or pair of int
        Event windows in place of the study's own.

    Returns
    -------
    dict of str to EventStudy
        By the name of the model, in the order given.

    Raises
    ------
    UnknownNameError
        If there is no model of a name.
    UsageError
        If a model is named twice, or lacks what it needs.

    Examples
    --------
    >>> from eventstudy import EventStudy, variants
    >>> study = EventStudy(model="market", benchmark="INDEX")
    >>> made = variants(study, models=["market", "constant-mean"], windows=[(0, 2)])
    >>> [(name, each.benchmark, each.windows[0].label) for name, each in made.items()]
    [('market', 'INDEX', '[0,2]'), ('constant-mean', 'INDEX', '[0,2]')]
    """
    refuse_duplicates("model", list(models))
    base = replace(study, windows=tuple(windows)) if windows else study
    model = get_model(study.model, study.benchmark)
    benchmark = next(iter((*filter(None, [study.benchmark]), *model.reads.get(Column.BENCHMARK, ()))), None)
    return {
        name: base if name == model.name else replace(base, model=name, benchmark=benchmark)
        for name in models or [model.name]
    }


def _check_units(results: Mapping[str, EventStudyResult]) -> None:
    """Refuse studies whose numbers, or whose windows, are in different units."""
    kinds = {name: kind_of(result.specification) for name, result in results.items()}
    if len({"returns" if in_percent(kind) else kind for kind in kinds.values()}) > 1:
        said = ", ".join(f"{name}: {kind}" for name, kind in kinds.items())
        raise UsageError(f"compare: the studies measure in different units ({said}); compare those of one unit")
    rows = {name: str(result.specification["bars"] or "sessions") for name, result in results.items()}
    if len({unit if unit == "sessions" else bar_length(unit) for unit in rows.values()}) > 1:
        said = ", ".join(f"{name}: {unit}" for name, unit in rows.items())
        raise UsageError(f"compare: the windows count different rows ({said}); compare studies of one length of row")


def _rows(name: str, result: EventStudyResult) -> pd.DataFrame:
    """Return the rows of one study."""
    if result.event_count > 1:
        table = result.average_cars().rename(columns={"mean_car": "car"}).assign(market="")
    else:
        own = [window.label for window in result.windows]
        table = result.car[result.car["window"].isin(own)].assign(n=1, p=lambda rows: rows["headline_p"])
    given = result.specification
    return table.assign(study=name, model=str(given["model"]), returns=kind_of(given))
