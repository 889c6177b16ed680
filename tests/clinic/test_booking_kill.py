"""Every process of the hand-off is killed at random, and nothing that a patient was told is lost or comes twice.

`python -m benchmarks.kill 20` does the same twenty times, with more kills.
"""

from benchmarks import kill


def test_every_confirmed_request_arrives_and_none_twice(tmp_path):
    folder = tmp_path / "stage"
    folder.mkdir()
    figures = kill.run(folder, most_kills=12)
    assert figures.kills.total() >= 5
    assert figures.are_good, f"{figures}\n{(folder / 'log').read_text()[-3000:]}"
