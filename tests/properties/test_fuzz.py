"""A few mutated inputs in a fixed order; `make fuzz` tries ten thousand."""

from fuzzing import corpus, fuzz, read


def test_mutated_inputs_are_read_or_refused(tmp_path):
    counts, faults = fuzz(320, 7, tmp_path)
    assert faults == [] and counts["read"] > 25 and counts["refused"] > 40


def test_the_seeds_themselves_are_read(tmp_path):
    (tmp_path / "report.html").write_bytes(b"")
    for name, content in corpus(tmp_path).items():
        (tmp_path / name).write_bytes(content)
        read(tmp_path / name)
