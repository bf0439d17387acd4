"""The result of a significance test: statistic, distribution, p-value and null hypothesis."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import ClassVar

from ...render.shown import Shown
from ..distributions import normal_sf, t_sf

FIGURES = ("regime_ratio", "common_taus", "smallest_p", "mde80", "volatility_break")


@dataclass(frozen=True, kw_only=True, repr=False)
class TestResult(Shown):
    """The result of one test, or the reason why it is not applicable.

    Parameters
    ----------
    name : str
        Key in the table of tests.
    statistic : float
    distribution : str
        Under the null, such as ``"N(0,1)"``, ``"t(49)"`` or ``"placebo over 200 days"``.
    df : float or None
        Degrees of freedom, where the distribution has any.
    p : float
        p-value in [0, 1]; two-sided unless the notes say otherwise.
    null : str
        The null hypothesis in words.
    n : int
        Number of events (or days, or markets: the notes say which) in the statistic.
    notes : tuple of str
    reason : str
        Why the test is not applicable; empty where it is.
    figures : mapping of str to float
        Further numbers; those in `FIGURES` have a column of their own in tables.

    Examples
    --------
    >>> print(TestResult.of_t("bmp", 2.5, 49, null="the mean abnormal return is zero", n=50))
    bmp: 2.500 ~ t(49), p = 0.0158, n = 50 (H0: the mean abnormal return is zero)
    >>> print(TestResult.not_applicable("bmp", "one event has no cross-section"))
    bmp: not applicable, one event has no cross-section
    """

    __test__: ClassVar[bool] = False

    name: str
    statistic: float
    distribution: str
    df: float | None
    p: float
    null: str
    n: int
    notes: tuple[str, ...] = ()
    reason: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)

    def _facts(self) -> dict[str, object]:
        if self.reason:
            return {"": self.name, "not applicable:": self.reason}
        figures = {name: f"{value:.4g}" for name, value in self.figures.items()}
        p = {"statistic": f"{self.statistic:.3f}", "distribution": self.distribution, "p": f"{self.p:.3g}"}
        return {"": self.name, **p, "n": self.n, "null": self.null, **figures, "notes": "; ".join(self.notes)}

    @classmethod
    def of_z(cls, name: str, statistic: float, *, null: str, n: int, notes: tuple[str, ...] = ()) -> TestResult:
        """Make the result of a statistic that is standard normal under the null.

        Parameters
        ----------
        name : str
        statistic : float
        null : str
        n : int
        notes : tuple of str

        Returns
        -------
        TestResult
            With the two-sided p-value.
        """
        p = float(2 * normal_sf(abs(statistic)))
        return cls.of_p(name, statistic, p, "N(0,1)", null=null, n=n, notes=notes)

    @classmethod
    def of_t(
        cls,
        name: str,
        statistic: float,
        df: float,
        *,
        null: str,
        n: int,
        notes: tuple[str, ...] = (),
        figures: Mapping[str, float] | None = None,
    ) -> TestResult:
        """Make the result of a statistic with Student's distribution under the null.

        Parameters
        ----------
        name : str
        statistic, df : float
        null : str
        n : int
        notes : tuple of str
        figures : mapping of str to float, optional

        Returns
        -------
        TestResult
            With the two-sided p-value.
        """
        p, distribution = float(2 * t_sf(abs(statistic), df)), f"t({df:g})"
        return cls.of_p(name, statistic, p, distribution, null=null, n=n, df=float(df), notes=notes, figures=figures)

    @classmethod
    def of_p(
        cls,
        name: str,
        statistic: float,
        p: float,
        distribution: str,
        *,
        null: str,
        n: int,
        df: float | None = None,
        notes: tuple[str, ...] = (),
        figures: Mapping[str, float] | None = None,
    ) -> TestResult:
        """Make the result of a statistic with a given p-value.

        Parameters
        ----------
        name : str
        statistic, p : float
        distribution, null : str
            In words.
        n : int
        df : float, optional
        notes : tuple of str
        figures : mapping of str to float, optional

        Returns
        -------
        TestResult
            Not applicable where the statistic is not finite.
        """
        if not (math.isfinite(statistic) and 0 <= p <= 1):
            return cls.not_applicable(name, "the statistic is not finite: its standard error is zero or undefined")
        return cls(
            name=name,
            statistic=float(statistic),
            distribution=distribution,
            df=df,
            p=float(p),
            null=null,
            n=int(n),
            notes=notes,
            figures=figures or {},
        )

    @classmethod
    def not_applicable(cls, name: str, reason: str) -> TestResult:
        """Make the result of a test that cannot be used.

        Parameters
        ----------
        name, reason : str

        Returns
        -------
        TestResult
            Statistic and p are NaN.
        """
        return cls(name=name, statistic=math.nan, distribution="", df=None, p=math.nan, null="", n=0, reason=reason)

    @property
    def applicable(self) -> bool:
        """Whether the test has a statistic."""
        return not self.reason

    @property
    def note(self) -> str:
        """The reason, or the notes joined to one text."""
        return (self.reason and f"not applicable: {self.reason}") or "; ".join(self.notes)

    def with_notes(self, *notes: str) -> TestResult:
        """Return the result with further notes.

        Parameters
        ----------
        *notes : str

        Returns
        -------
        TestResult
        """
        return replace(self, notes=(*self.notes, *notes))

    def __str__(self) -> str:
        if not self.applicable:
            return f"{self.name}: not applicable, {self.reason}"
        tail = f"p = {self.p:.4f}, n = {self.n} (H0: {self.null})"
        return f"{self.name}: {self.statistic:.3f} ~ {self.distribution}, {tail}"
