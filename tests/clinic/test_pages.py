"""The clinic's pages, asked what every view is asked; and the widget's files."""

import datetime as dt
import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise

import pytest

import clinic

clinic.setup()

from django.test import Client  # noqa: E402  # Django must be set up first
from django.urls import resolve  # noqa: E402

from clinic.answers.release import load  # noqa: E402
from clinic.answers.validator import EASE, GRADE, reading_level  # noqa: E402
from clinic.site import widget, words  # noqa: E402
from clinic.site.templatetags.prose import prose  # noqa: E402
from tests.conftest import ROOT  # noqa: E402

PAGES = [f"/{language}/{page}" for language in ("fr", "en") for page in ("", "answers/", "privacy/", "site-owners/")]
LAUNCHER = ROOT / "widget/src/askmeso.ts"
#: What a site owner can set, whatever else the launcher's comment says.
SETTABLE = ["server", "language", "clinic", "accent", "open", "askmeso-open", "askmeso-close", "--askmeso-accent"]
VOID = {"meta", "link", "br"}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """A page as a browser takes it apart."""

    html: str
    elements: list[Element] = field(default_factory=list)
    unclosed: list[Element] = field(default_factory=list)

    def __post_init__(self):
        super().__init__()
        self.feed(self.html)

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self.unclosed.append(element)

    def handle_endtag(self, tag):
        assert self.unclosed.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        for element in self.unclosed:
            element.text += data

    def all(self, *tags):
        return [element for element in self.elements if element.tag in tags]

    def values(self, attribute):
        return [e.attributes[attribute] for e in self.elements if attribute in e.attributes]


@pytest.fixture
def client():
    return Client(headers={"host": "localhost:8000"})


@pytest.fixture
def dist(tmp_path, monkeypatch):
    """What the widget's build leaves behind, and a secret beside it."""
    folder = tmp_path / "dist"
    folder.mkdir()
    (folder / "askmeso.js").write_text("export const launcher = 1;\n" * 40)
    (folder / "panel.js").write_text("export const panel = 1;\n")
    (tmp_path / "secret.js").write_text("not for anybody")
    monkeypatch.setattr(widget, "FOLDER", folder)
    return folder


def read(client, url):
    reply = client.get(url)
    assert reply.status_code == 200, url
    return Page(reply.content.decode())


@pytest.mark.parametrize(
    ("url", "heading"),
    [
        ("/fr/", "La mésothérapie, avec le temps d’en parler"),
        ("/en/", "Mesotherapy, with time to talk about it"),
        ("/fr/answers/", "Tout ce que l’assistant peut dire"),
        ("/en/answers/", "Everything the assistant can say"),
        ("/fr/privacy/", "Votre vie privée"),
        ("/en/privacy/", "Your privacy"),
        ("/fr/site-owners/", "L’assistant sur votre site web"),
        ("/en/site-owners/", "The assistant on your website"),
    ],
)
def test_it_works(client, url, heading):
    page = read(client, url)
    assert page.all("html")[0].attributes["lang"] == url[1:3]
    assert [element.text for element in page.all("h1")] == [heading]


def test_french_comes_first(client):
    reply = client.get("/")
    assert (reply.status_code, reply.headers["Location"]) == (302, "/fr/")


@pytest.mark.parametrize("url", ["/es/", "/es/answers/", "/fr/prices/"])
def test_another_language_or_page_is_not_found(client, url):
    assert client.get(url).status_code == 404


@pytest.mark.parametrize("url", ["/", *PAGES, "/health", "/site.css", "/mark.svg", "/widget/askmeso.js"])
def test_it_rejects_post(client, url):
    assert client.post(url).status_code == 405


def test_a_foreign_host_is_refused():
    assert Client(headers={"host": "evil.example"}).get("/fr/").status_code == 400


def test_it_is_healthy(client):
    assert client.get("/health").json()["status"] == "ok"


@pytest.mark.parametrize("url", PAGES)
def test_every_link_leads_somewhere(client, dist, url):
    page = read(client, url)
    ours = {link for link in page.values("href") + page.values("src") if link.startswith(("/", "#"))}
    for path, _, fragment in (link.partition("#") for link in ours):
        target = client.get(path or url)
        assert target.status_code == 200, path
        assert not fragment or f'id="{fragment}"' in target.content.decode(), fragment


@pytest.mark.parametrize("url", PAGES)
def test_the_other_language_is_one_link_away(client, url):
    other = {"fr": "en", "en": "fr"}[url[1:3]]
    switches = [e for e in read(client, url).all("a") if e.attributes.get("hreflang") == other]
    assert switches[0].attributes["href"] == f"/{other}{url[3:]}"
    assert switches[0].attributes["lang"] == other


@pytest.mark.parametrize("url", PAGES)
def test_nothing_is_inline(client, url):
    page = read(client, url)
    assert not page.all("style")
    assert not page.values("style")
    assert not [name for e in page.elements for name in e.attributes if name.startswith("on")]
    assert [(e.attributes.get("src"), e.text) for e in page.all("script")] == [("/widget/askmeso.js", "")]


@pytest.mark.parametrize("url", PAGES)
def test_headings_and_landmarks_are_in_order(client, url):
    page = read(client, url)
    levels = [int(e.tag[1]) for e in page.all("h1", "h2", "h3")]
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert [e.tag for e in page.all("header", "main", "footer", "aside")] == ["header", "main", "footer", "aside"]
    assert page.all("a")[0].attributes["href"] == "#main"


@pytest.mark.parametrize("url", PAGES)
def test_no_id_is_given_twice(client, url):
    ids = read(client, url).values("id")
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("url", PAGES)
def test_it_says_that_the_clinic_does_not_exist(client, url):
    header = read(client, url).all("header")[0].text
    assert "cette clinique n’existe pas" in header or "this clinic does not exist" in header


@pytest.mark.parametrize("url", PAGES)
def test_french_has_no_space_before_its_marks(client, url):
    assert not re.search(r"\s[?!;]", read(client, url).all("body")[0].text)


@pytest.mark.parametrize("url", [url for url in PAGES if "answers" not in url])
def test_it_is_easy_to_read(client, url):
    page, language = read(client, url), url[1:3]
    text = "\n".join(re.sub(r"\s+", " ", element.text) for element in page.all("p", "dd", "li"))
    level = reading_level(text, language)
    assert level <= GRADE if language == "en" else level >= EASE


@pytest.mark.parametrize("url", PAGES)
def test_only_the_widget_and_its_server_are_allowed(client, url):
    policy = client.get(url).headers["Content-Security-Policy"].split("; ")
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "style-src 'self'" in policy
    assert "connect-src 'self' http://localhost:5005" in policy


@pytest.mark.parametrize("url", ["/health", "/site.css", "/widget/askmeso.js", "/es/"])
def test_what_is_no_page_allows_no_script(client, dist, url):
    assert "script-src 'none'" in client.get(url).headers["Content-Security-Policy"]


@pytest.mark.parametrize("url", PAGES)
def test_the_chat_is_on_the_page(client, url):
    chat = read(client, url).all("askmeso-chat")[0]
    assert chat.attributes == {
        "server": "http://localhost:5005/webhooks/website",
        "language": url[1:3],
        "clinic": "Clinique Demi-Lune",
        "accent": "#1f5f66",
    }
    assert chat.text.strip() == "418 555-0142"


def test_the_fallback_dials_the_clinic(client):
    assert "tel:+14185550142" in read(client, "/fr/").values("href")


@pytest.mark.parametrize(
    ("host", "server"), [("127.0.0.1:8000", "http://127.0.0.1:5005"), ("[::1]:8000", "http://[::1]:5005")]
)
def test_the_assistant_is_on_the_host_of_the_page(host, server):
    chat = read(Client(headers={"host": host}), "/fr/").all("askmeso-chat")[0]
    assert chat.attributes["server"] == f"{server}/webhooks/website"


def test_an_installation_says_where_its_assistant_is(client, monkeypatch):
    monkeypatch.setenv("ASKMESO_SERVER", "https://chat.clinic.example/webhooks/website")
    reply = client.get("/en/site-owners/")
    chat = Page(reply.content.decode()).all("askmeso-chat")[0]
    assert chat.attributes["server"] == "https://chat.clinic.example/webhooks/website"
    assert "connect-src 'self' https://chat.clinic.example;" in reply.headers["Content-Security-Policy"]
    assert "src=&quot;https://localhost:8000/widget/askmeso.js&quot;" in reply.content.decode()


def test_the_home_page_says_when_the_clinic_is_open(client):
    table = read(client, "/fr/").all("table")[0].text
    assert "Lundi – mercredi" in table
    assert "Jeudi" in table
    assert "Fermé" in table


def test_the_next_closed_days_are_named():
    release = load(ROOT / "content")
    closed = words.of_clinic(release, "fr", dt.date(2026, 12, 31))["closed_on"]
    assert closed[:2] == ["31 décembre", "1er janvier"]


@pytest.mark.parametrize(
    ("number", "link"), [("418 555-0142", "tel:+14185550142"), ("+1 (418) 555-0142", "tel:+14185550142")]
)
def test_a_number_can_be_dialled(number, link):
    assert words.telephone(number) == link


def test_every_answer_is_shown_with_its_review(client):
    page = read(client, "/en/answers/")
    shown = {e.attributes["id"]: e.text for e in page.all("article")}
    for answer in load(ROOT / "content").of("en"):
        assert answer.review is None or answer.review in shown[answer.id]
        assert all(text.splitlines()[0] in shown[answer.id] for text in [answer.short, *answer.variants.values()])


def test_an_answer_that_waits_for_its_review_is_marked(client, monkeypatch):
    assert "does not give this answer" not in client.get("/en/answers/").content.decode()
    monkeypatch.setenv("ASKMESO_REQUIRE_REVIEW", "1")
    shown = {e.attributes["id"]: e.text for e in read(client, "/en/answers/").all("article")}
    assert "does not give this answer" in shown["pain"]
    assert "does not give this answer" not in shown["clinic_info"]


def test_the_text_of_an_answer_is_paragraphs_and_lists():
    assert prose("One\ntwo\n- a\n- b\n\n<b>") == "<p>One<br>two</p>\n<ul><li>a</li><li>b</li></ul>\n<p>&lt;b&gt;</p>"


@pytest.mark.parametrize(("language", "kept"), [("fr", "gardée 365 jours"), ("en", "kept for 365 days")])
def test_the_privacy_page_says_how_long_a_conversation_is_kept(client, language, kept):
    assert kept in read(client, f"/{language}/privacy/").all("main")[0].text


@pytest.mark.parametrize("language", ["fr", "en"])
def test_the_privacy_page_says_how_long_a_request_is_kept(client, language):
    assert "730" in read(client, f"/{language}/privacy/").all("main")[0].text


@pytest.mark.parametrize("language", ["en", "fr"])
def test_the_privacy_page_names_who_answers_for_it(client, language):
    page = read(client, f"/{language}/privacy/")
    assert "Camille Exemple" in page.all("main")[0].text
    assert "mailto:vieprivee@example.com" in page.values("href")


def settable():
    """What the launcher's class comment says can be set, when the widget is there."""
    if not LAUNCHER.exists():
        return SETTABLE
    found = re.findall(r"^ \* @(?:attr|event|csspart|cssprop) ([\w-]+)", LAUNCHER.read_text(), re.MULTILINE)
    return SETTABLE + found


@pytest.mark.parametrize("url", ["/fr/site-owners/", "/en/site-owners/"])
def test_site_owners_read_all_that_can_be_set(client, url):
    terms = {element.text for element in read(client, url).all("code")}
    assert not set(settable()) - terms


@pytest.mark.parametrize("url", ["/fr/site-owners/", "/en/site-owners/"])
def test_the_tag_to_copy_is_the_one_on_the_page(client, url):
    page = read(client, url)
    copied = Page(page.all("pre")[0].text)
    assert [e.attributes for e in copied.all("askmeso-chat")] == [e.attributes for e in page.all("askmeso-chat")]
    assert copied.all("script")[0].attributes["src"] == "http://localhost:8000/widget/askmeso.js"


@pytest.mark.parametrize("url", ["/fr/site-owners/", "/en/site-owners/"])
def test_site_owners_read_what_to_allow(client, url):
    main = read(client, url).all("main")[0].text
    assert "script-src http://localhost:8000; connect-src http://localhost:5005" in main
    assert "ASKMESO_ORIGINS" in main


@pytest.mark.parametrize("name", ["askmeso.js", "panel.js"])
def test_the_widget_is_served_to_every_site(client, dist, name):
    reply = client.get(f"/widget/{name}")
    assert reply.content == (dist / name).read_bytes()
    assert reply.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert reply.headers["Access-Control-Allow-Origin"] == "*"
    assert reply.headers["Cache-Control"] == "no-cache, public"
    assert reply.headers["X-Content-Type-Options"] == "nosniff"


def test_a_widget_that_has_not_changed_is_not_sent_again(client, dist):
    etag = client.get("/widget/askmeso.js").headers["ETag"]
    again = client.get("/widget/askmeso.js", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["Access-Control-Allow-Origin"] == "*"
    (dist / "askmeso.js").write_text("export const launcher = 2;\n")
    assert client.get("/widget/askmeso.js", headers={"if-none-match": etag}).status_code == 200


def test_the_widget_is_sent_small(client, dist):
    reply = client.get("/widget/askmeso.js", headers={"accept-encoding": "gzip"})
    assert reply.headers["Content-Encoding"] == "gzip"


@pytest.mark.parametrize(
    "name", ["missing.js", "../secret.js", "%2e%2e/secret.js", "..%2fsecret.js", "..", "", "a/b.js"]
)
def test_nothing_else_is_served(client, dist, name):
    assert client.get(f"/widget/{name}").status_code == 404


def test_without_a_built_widget_the_pages_still_work(client, monkeypatch, tmp_path):
    monkeypatch.setattr(widget, "FOLDER", tmp_path / "nowhere")
    assert client.get("/widget/askmeso.js").status_code == 404
    assert client.get("/fr/").status_code == 200


def test_the_redirect_and_the_home_page_are_two_names():
    assert (resolve("/").url_name, resolve("/fr/").url_name) == ("index", "home")
