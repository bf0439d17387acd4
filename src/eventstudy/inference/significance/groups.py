"""Pairs of a block whose sessions have the same labels: sums by date are made once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ...panel import label_numbers
from ..abnormal import AbnormalReturns
from ..models.least_squares import FloatArray, IntArray
from .joined import joined_sessions


@dataclass(frozen=True, kw_only=True, eq=False)
class Groups:
    """P groups of the n pairs of a block, each with one set of session labels.

    Parameters
    ----------
    order : ndarray of int, shape (n,)
        The pairs, group by group.
    starts : ndarray of int, shape (P,)
        Position in `order` of the first pair of each group.
    estimation, span : ndarray of int, shapes (P, L) and (P, E)
        Labels as each market has them.
    joined_estimation, joined_span : ndarray of int, shapes (P, L) and (P, E)
        The same, joined between the pairs of each event.
    """

    order: IntArray
    starts: IntArray
    estimation: IntArray
    span: IntArray
    joined_estimation: IntArray
    joined_span: IntArray

    @classmethod
    def of(cls, block: AbnormalReturns) -> Groups:
        """Group the pairs of a block; made once for all that sum over it.

        Parameters
        ----------
        block : AbnormalReturns

        Returns
        -------
        Groups
        """
        if "groups" not in block.derived:
            block.derived["groups"] = cls._made(block)
        found: Groups = block.derived["groups"]
        return found

    @classmethod
    def _made(cls, block: AbnormalReturns) -> Groups:
        """Group the pairs of a block."""
        if block.label_sets is not None and block.one_pair_an_event:
            return cls._of_sets(block, block.label_sets)
        own = (block.estimation_sessions, block.sessions)
        joined = joined_sessions(block)
        labels = [label_numbers(part) for part in own]
        both = labels if joined[0] is own[0] else [*labels, *map(label_numbers, joined)]
        order = np.lexsort([part[:, -1] for part in both] + [labels[0][:, 0]])
        ordered = both if (order[1:] > order[:-1]).all() else [part[order] for part in both]
        new = np.ones(len(order), dtype=bool)
        new[1:] = np.logical_or.reduce([(part[1:] != part[:-1]).any(axis=1) for part in ordered])
        starts = np.flatnonzero(new)
        firsts = [part[starts] for part in ordered]
        return cls(
            order=order,
            starts=starts,
            estimation=firsts[0],
            span=firsts[1],
            joined_estimation=firsts[-2],
            joined_span=firsts[-1],
        )

    @classmethod
    def _of_sets(cls, block: AbnormalReturns, number: IntArray) -> Groups:
        """Group the pairs of a block by known sets of labels."""
        order = np.argsort(number, kind="stable")
        ordered = number[order]
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        before, at = map(label_numbers, block.labels_of(order[starts]))
        return cls(order=order, starts=starts, estimation=before, span=at, joined_estimation=before, joined_span=at)

    @cached_property
    def _members(self) -> sparse.csr_array:
        """The pairs of each group, as a matrix of ones, shape (P, n)."""
        n = len(self.order)
        edges = np.append(self.starts, n)
        return sparse.csr_array((np.ones(n), self.order, edges), shape=(len(self.starts), n))

    @cached_property
    def size(self) -> IntArray:
        """Pairs of each group, shape (P,)."""
        return np.diff(np.append(self.starts, len(self.order)))

    @cached_property
    def number(self) -> IntArray:
        """Group of each pair, shape (n,)."""
        number = np.empty(len(self.order), dtype=np.int64)
        number[self.order] = np.repeat(np.arange(len(self.starts)), self.size)
        return number

    def sums(self, values: FloatArray | npt.NDArray[np.bool_]) -> FloatArray:
        """Sum over the pairs of each group.

        Parameters
        ----------
        values : ndarray, shape (n, ...)

        Returns
        -------
        ndarray, shape (P, ...)
        """
        return np.asarray(self._members @ values)

    def without(self, sums: FloatArray, pairs: IntArray, values: FloatArray) -> FloatArray:
        """Take the values of some of the pairs off the sums of their groups.

        Parameters
        ----------
        sums : ndarray, shape (P, ...)
        pairs : ndarray of int, shape (m,)
        values : ndarray, shape (m, ...)

        Returns
        -------
        ndarray, shape (P, ...)
        """
        number, left = self.number[pairs], sums.copy()
        if len(pairs):
            order = np.argsort(number, kind="stable")
            group, start = np.unique(number[order], return_index=True)
            left[group] -= np.add.reduceat(values[order], start, axis=0)
        return left
