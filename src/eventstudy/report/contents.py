"""The sections of the page of one event, in their order. A new section is a builder, named here once."""

from __future__ import annotations

from .section import Builder
from .sections import (
    anatomy,
    between,
    claims,
    data,
    elsewhere,
    event,
    finding,
    firm,
    landing,
    method,
    parts,
    sizes,
    tests,
    volatility,
)

SECTIONS: tuple[Builder, ...] = (
    finding.section,
    event.section,
    landing.section,
    between.section,
    parts.section,
    claims.section,
    anatomy.section,
    tests.section,
    volatility.section,
    firm.section,
    sizes.section,
    elsewhere.section,
    data.section,
    method.section,
    method.reproduction,
)
