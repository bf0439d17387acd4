"""Where the sample is, for every test."""

from pathlib import Path

ROOT = Path(__file__).parents[1]
DATA = ROOT / "data"
STRIKE = "2020-01-07T22:30:00Z"
SAMPLE_STUDY = ROOT / "reports/iran-2020/study.toml"


def report_of(run, folder, **options):
    """Write the report of a run of a study file."""
    from eventstudy import write_report

    return write_report(run.result, folder, title=run.file.title, others=run.others, inputs=run.inputs, **options)
