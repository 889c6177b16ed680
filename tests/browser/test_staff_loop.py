"""The loop that the staff room is for: an answer that did not help is found, judged, corrected, approved, exported and
trained, and the same words are understood.

It trains a model, which takes a minute.
"""

import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.browser.staff import PASSWORD, Desk, serving_pages
from tests.conftest import MODEL, ROOT, Assistant, environment, running

#: Asked of the price, in words that say something else to whoever does not know them.
WORDS = "how many loonies does a poke set me back"


@pytest.fixture
def installation(model, tmp_path):
    """An assistant and its staff room on one database, with a reviewer."""
    env = environment(tmp_path)
    with running(Assistant(env, tmp_path / "log")) as assistant, serving_pages(env, tmp_path) as room:
        room.fill(reviewer)
        yield assistant, room, env


def reviewer():
    from clinic.conversations import roles
    from tests.clinic import staff

    staff.member(roles.REVIEWERS, username="reviewer")


def run(env, *command):
    done = subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_what_did_not_help_is_understood_after_the_loop(installation, browser, tmp_path):
    assistant, room, env = installation
    patient = assistant.patient("en")
    reply = patient.say(WORDS)
    assert reply["metadata"]["topic"] != "cost", "the assistant knows these words already; find others"
    patient.vote(reply["id"], helpful=False)
    run(env, "clinic", "follow", "--once")

    page = browser.new_context(locale="en-CA", viewport={"width": 1280, "height": 1000}).new_page()
    Desk(page, room).open().sign_in("reviewer", PASSWORD)
    correct(page, room)
    approve_and_export(page)
    assert WORDS in (tmp_path / "training/nlu/en/cost.yml").read_text()

    # Nearly English alone, in half the time; that `make train` finds what was exported has a test of its own.
    data = ["data/rules", "data/nlu/en", "data/nlu/fr/chat.yml", str(tmp_path / "training/nlu")]
    out = ["--fixed-model-name", "taught", "--out", str(tmp_path)]
    run(env, "bot", "train", "--skip-validation", "--data", *data, *out)
    folder = tmp_path / "taught"
    folder.mkdir()
    taught = Assistant(environment(folder), tmp_path / "taught.log")
    taught.commands["rasa"] = taught.commands["rasa"].replace(str(MODEL), str(tmp_path / "taught.tar.gz"))
    with running(taught):
        assert taught.patient("en").say(WORDS)["metadata"]["topic"] == "cost"


def correct(page, room):
    """Find the answer that did not help, and say what it should have been."""
    page.get_by_role("link", name="Conversations", exact=True).click()
    page.goto(f"{room.address}/staff/conversations/?flag=unhelpful")
    page.get_by_role("link", name=WORDS).click()
    page.get_by_text("Something is wrong").click()
    page.get_by_label("Should have been another topic").check()
    page.get_by_label("Which topic, if another").select_option("cost")
    page.get_by_role("button", name="Store the verdict").click()
    page.get_by_role("button", name="Make it a training example").click()


def approve_and_export(page):
    """Take the second look, and write what was approved."""
    page.get_by_role("link", name="Teach", exact=True).click()
    page.get_by_role("link", name=WORDS).click()
    page.get_by_role("button", name="Approve").click()
    page.get_by_role("button", name=re.compile("Export")).click()
    expect(page.get_by_text("1 example written")).to_be_visible()
