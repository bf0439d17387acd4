"""The sections of a report's page: one module a section, each with one builder."""
