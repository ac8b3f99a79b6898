"""The version that readers tell: the page shows its words first, keeps it in the browser, and sends it nowhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from mfa_guide.clients import suites
from mfa_guide.kinds.transcript import by_version
from mfa_guide.website.your_version import CLIENTS
from tests.support import GUIDE, PROJECT
from tests.support.built import make_guide, mkdocs_build, served
from tests.support.version_table import TABLE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize

AXE = PROJECT / "node_modules/axe-core/axe.min.js"
PHONE: ViewportSize = {"width": 360, "height": 740}

TEXT = """\
$ ssh-keygen
Made a folder.
Enter passphrase: «sesame»
Done.
"""
VERSIONS = """\
- for: OpenSSH >=10.0
  instead of: "Enter passphrase: «sesame»"
  shows: "Enter passphrase for \\"/home/reader/.ssh/id_rsa_with_a_long_name_that_fits_on_no_phone\\": «sesame»"
- for: OpenSSH >=10.6
  instead of: Done.
  shows: ""
- for: OpenSSH <=8.4
  instead of: "Enter passphrase: «sesame»"
  shows: "Passphrase: «sesame»"
"""
FILES = {
    "docs/index.md": "# Home\n\n[One](one.md)\n",
    "docs/one.md": '# One\n\n``` transcript\n--8<-- "a.txt"\n```\n\n[Two](two.md)\n',
    "docs/two.md": '# Two\n\n``` transcript with="OpenSSH <10.3"\n--8<-- "b.txt"\n```\n\n'
    '``` transcript with="PuTTY >=0.81"\n--8<-- "c.txt"\n```\n',
    "snippets/a.txt": TEXT,
    "snippets/a.versions.yml": VERSIONS,
    "snippets/b.txt": "$ ssh -q\n",
    "snippets/c.txt": "$ plink\n",
}
FILE = '"/home/reader/.ssh/id_rsa_with_a_long_name_that_fits_on_no_phone"'
ORIGINAL = "Made a folder.\nEnter passphrase: sesame\nDone.\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where a guide of two such pages is served."""
    folder = tmp_path_factory.mktemp("versions")
    with served(folder / "html") as address:
        # The theme swaps pages only at the address for which they were built.
        built = mkdocs_build(make_guide(folder / "guide", FILES), folder / "html", SITE_URL=address)
        assert built.returncode == 0, built.stderr
        yield address


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that nobody used before."""
    context = browser.new_context()
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Page:
    """An empty tab."""
    return context.new_page()


def output(page: Page) -> str:
    """Return what the terminals of a page show."""
    lines = page.locator(".transcript__output").evaluate_all(
        "lines => lines.filter(line => line.checkVisibility()).map(line => line.textContent)"
    )
    return "".join(lines)


def note(page: Page, client: str = "openssh") -> str:
    """Return what the page says to a version that was told."""
    return page.locator(f"#version-{client}-note").inner_text()


def kept(page: Page) -> dict[str, str]:
    """Return which versions the browser keeps."""
    kept: dict[str, str] = page.evaluate("Object.fromEntries(Object.entries(localStorage))")
    return {name: value for name, value in kept.items() if "version" in name}


def test_the_words_of_the_version_take_the_place_of_the_guides(small: str, page: Page) -> None:
    page.goto(small + "one/")
    assert output(page) == ORIGINAL
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    said = page.get_by_label("what ssh -V says")
    said.fill("OpenSSH_10.0p2 Debian-7, OpenSSL 3.5.4 30 Sep 2025")
    assert output(page) == ORIGINAL.replace("passphrase:", f"passphrase for {FILE}:")
    assert note(page) == "OpenSSH 10.0: this page now shows its words."
    assert page.get_by_label("Your OpenSSH").evaluate("list => list.selectedOptions[0].text") == (
        "10.0 or later, before 10.3"
    )
    said.fill("10.6")
    assert output(page) == ORIGINAL.replace("passphrase:", f"passphrase for {FILE}:").replace("Done.\n", "")
    said.fill("7.9")
    assert output(page) == ORIGINAL.replace("Enter passphrase", "Passphrase")
    said.fill("9.9")
    assert output(page) == ORIGINAL
    assert note(page) == "OpenSSH 9.9: it is not known to show other words on this page."
    said.fill("")
    assert (output(page), note(page), kept(page)) == (ORIGINAL, "", {})
    assert asked == []


def test_the_fold_then_tells_what_the_guides_version_shows(small: str, page: Page) -> None:
    page.goto(small + "one/")
    page.get_by_text("With other versions").click()
    fold = page.locator("details.others")
    assert "With OpenSSH 10.0 or later" in fold.inner_text()
    assert "with which this page was written" not in fold.inner_text()
    page.get_by_label("what ssh -V says").fill("10.2")
    words = " ".join(fold.inner_text().split())
    assert "With OpenSSH 9.2, with which this page was written, you see Enter passphrase: sesame instead of:" in words
    assert "With OpenSSH 10.0 or later" not in fold.inner_text()
    assert "With OpenSSH 10.6 or later" in fold.inner_text()


def test_a_block_that_is_not_for_the_version_is_folded_and_says_so(small: str, page: Page) -> None:
    page.goto(small + "two/")
    commands = page.locator(".transcript__command")
    assert [commands.nth(n).is_visible() for n in (0, 1)] == [True, True]
    said = page.get_by_label("what ssh -V says")
    said.fill("OpenSSH_10.6p1")
    assert [commands.nth(n).is_visible() for n in (0, 1)] == [False, True]
    assert page.get_by_text("Only with OpenSSH before 10.3: not with the version that you told").is_visible()
    assert note(page) == "OpenSSH 10.6: what is not for it is folded."
    page.get_by_text("Only with OpenSSH before 10.3").click()
    assert commands.nth(0).is_visible()
    said.fill("10.2")
    assert commands.nth(0).is_visible()
    assert not page.get_by_text("not with the version").first.is_visible()
    page.get_by_label("what plink -V says").fill("plink: Release 0.78")
    assert [commands.nth(n).is_visible() for n in (0, 1)] == [True, False]
    assert kept(page) == {"mfa-guide-version-OpenSSH": "10.2", "mfa-guide-version-PuTTY": "0.78"}


def test_it_is_kept_for_the_next_page_and_the_next_visit(small: str, context: BrowserContext, page: Page) -> None:
    page.goto(small + "one/")
    page.get_by_label("what ssh -V says").fill("OpenSSH_10.4p1")
    page.evaluate("window.sameDocument = true")
    page.get_by_role("link", name="Two", exact=True).first.click()
    page.wait_for_function("document.querySelector('.only__not')?.hidden === false")
    assert page.evaluate("window.sameDocument"), "the theme has swapped the page"
    assert page.get_by_label("what ssh -V says").input_value() == "10.4"
    page.go_back()
    page.wait_for_function("document.querySelector('#version-openssh-note')?.textContent.includes('words')")
    assert 'Enter passphrase for "/home' in output(page)
    again = context.new_page()
    again.goto(small + "one/")
    assert 'Enter passphrase for "/home' in output(again)


def test_it_can_be_chosen_from_the_versions_that_make_a_difference_anywhere(small: str, page: Page) -> None:
    page.goto(small + "one/")
    choice = page.get_by_label("Your OpenSSH")
    assert choice.locator("option").all_inner_texts() == [
        "as this page was written",
        "8.4 or earlier",
        "after 8.4, before 10.0",
        "10.0 or later, before 10.3",
        "10.3 or later, before 10.6",
        "10.6 or later",
    ]
    choice.select_option("10.3 or later, before 10.6")
    assert 'Enter passphrase for "/home' in output(page)
    assert note(page) == "OpenSSH 10.3 or later, before 10.6: this page now shows its words."
    page.reload()
    assert choice.evaluate("list => list.selectedOptions[0].text") == "10.3 or later, before 10.6"
    assert page.get_by_label("what ssh -V says").input_value() == ""
    choice.select_option("as this page was written")
    assert (output(page), kept(page)) == (ORIGINAL, {})


@pytest.mark.parametrize(
    ("pasted", "version"),
    [
        ("OpenSSH_10.0p2 Debian-7, OpenSSL 3.5.4 30 Sep 2025", "10.0"),
        ("OpenSSH_for_Windows_9.5p1, LibreSSL 3.8.2", "9.5"),
        ("OpenSSH_9.6p1 Ubuntu-3ubuntu13.5, OpenSSL 3.0.13 30 Jan 2024", "9.6"),
        ("OpenSSH_6.6.1p1, OpenSSL 1.0.1e-fips 11 Feb 2013", "6.6.1"),
        ("$ ssh -V OpenSSH_9.8p1, LibreSSL 3.3.6", "9.8"),
        ("OpenSSH 9.6", "9.6"),
        (" 9.6 ", "9.6"),
        ("9.2p1", "9.2"),
        ("v10.6", "10.6"),
    ],
)
def test_what_ssh_says_is_understood(small: str, page: Page, pasted: str, version: str) -> None:
    page.goto(small + "one/")
    page.get_by_label("what ssh -V says").fill(pasted)
    assert kept(page) == {"mfa-guide-version-OpenSSH": version}
    assert note(page).startswith(f"OpenSSH {version}: ")


@pytest.mark.parametrize(
    "wrong",
    ["OpenSSL 3.0.13 30 Jan 2024", "9", "ten", "plink: Release 0.83", "OpenSSH_", "1.2.3.4.5", "9,6", "<b>10.0</b>"],
)
def test_what_is_no_version_is_refused_with_the_reason(small: str, page: Page, wrong: str) -> None:
    page.goto(small + "one/")
    said = page.get_by_label("what ssh -V says")
    said.fill("10.0")
    said.fill(wrong)
    # Nobody is told off while typing.
    assert note(page) == ""
    said.press("Tab")
    reason = "No version of OpenSSH is in this: paste the whole line, or type a number such as 9.6."
    assert note(page) == reason
    assert said.get_attribute("aria-invalid") == "true"
    assert (output(page), kept(page)) == (ORIGINAL, {})
    said.fill("10.0")
    assert said.get_attribute("aria-invalid") is None
    assert note(page).startswith("OpenSSH 10.0: ")


def test_what_is_pasted_wrongly_is_refused_at_once(small: str, page: Page) -> None:
    page.goto(small + "one/")
    page.get_by_label("what ssh -V says").focus()
    page.evaluate(
        "const field = document.activeElement; field.value = 'zsh: command not found';"
        "field.dispatchEvent(new InputEvent('input', { bubbles: true, inputType: 'insertFromPaste' }))"
    )
    assert note(page).startswith("No version of OpenSSH is in this")


def test_what_somebody_else_kept_there_is_ignored(small: str, page: Page) -> None:
    page.goto(small + "one/")
    page.evaluate("localStorage.setItem('mfa-guide-version-OpenSSH', 'ten <b>')")
    page.reload()
    assert (output(page), note(page)) == (ORIGINAL, "")


def test_it_works_with_the_keyboard_and_is_said_to_those_who_do_not_see(small: str, page: Page) -> None:
    page.goto(small + "one/")
    page.get_by_label("Your OpenSSH").focus()
    page.keyboard.press("End")
    assert "Done." not in output(page)
    page.keyboard.press("Tab")
    page.keyboard.type("10.2")
    assert note(page) == "OpenSSH 10.2: this page now shows its words."
    said = page.get_by_label("what ssh -V says")
    assert said.evaluate("field => field === document.activeElement")
    described = page.locator(f"#{said.get_attribute('aria-describedby')}")
    assert described.get_attribute("role") == "status"


@pytest.mark.parametrize(("requirement", "versions"), TABLE)
def test_the_browser_knows_which_versions_meet_a_requirement(
    small: str, page: Page, requirement: str, versions: dict[str, bool]
) -> None:
    page.goto(small + "two/")
    page.evaluate(
        """requirement => {
          for (const name of ["with", "without"]) {
            const part = document.createElement("p");
            part.id = name;
            part.dataset[name] = requirement;
            document.querySelector(".md-content").append(part);
          }
        }""",
        requirement,
    )
    said = page.locator(f"#version-{requirement.split()[0].lower()}-said")
    shown = {}
    for version in versions:
        if "." not in version:
            # As the version of a program, nobody says that.
            continue
        said.fill(version)
        shown[version] = page.evaluate("!document.getElementById('with').hidden")
        assert page.evaluate("document.getElementById('without').hidden") == shown[version]
    assert shown == {version: met for version, met in versions.items() if "." in version}


def test_the_version_of_every_client_can_be_told() -> None:
    assert {*CLIENTS} == {client for versions in suites.VERSIONS.values() for client in versions}


def test_pages_on_which_nothing_differs_do_not_ask(small: str, page: Page) -> None:
    page.goto(small)
    assert page.locator(".version").count() == 0
    page.goto(small + "one/")
    assert [field.get_attribute("data-client") for field in page.locator(".version").all()] == ["OpenSSH"]
    page.goto(small + "two/")
    assert [field.get_attribute("data-client") for field in page.locator(".version").all()] == ["OpenSSH", "PuTTY"]


def test_without_javascript_nothing_is_missing(small: str, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(small + "one/")
    assert not page.locator(".version").is_visible()
    assert page.get_by_text("Enter passphrase: ").first.is_visible()
    fold = page.locator("details.others")
    page.get_by_text("With other versions").click()
    for words in ("With OpenSSH 10.0 or later", 'Enter passphrase for "/home', "With OpenSSH 10.6 or later", "missing"):
        assert words in fold.inner_text()
    assert "with which this page was written" not in fold.inner_text()
    page.goto(small + "two/")
    assert page.locator(".transcript__command").first.is_visible()
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("version", ["", "10.6", "ten"])
def test_it_passes_the_accessibility_rules_and_fits_on_a_phone(
    small: str, browser: Browser, scheme: Any, version: str
) -> None:
    context = browser.new_context(color_scheme=scheme, viewport=PHONE)
    page = context.new_page()
    for name in ("one/", "two/"):
        page.goto(small + name)
        page.get_by_label("what ssh -V says").fill(version)
        page.get_by_label("what ssh -V says").press("Tab")
        page.evaluate("document.querySelectorAll('details').forEach(fold => { fold.open = true; })")
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
        page.add_script_tag(path=AXE)
        assert page.evaluate("axe.run().then(result => result.violations.map(violation => violation.id))") == []
    context.close()


def test_every_suite_sees_on_the_page_what_the_check_expects(address: str, page: Page) -> None:
    pages = 0
    for path in GUIDE.files():
        read = GUIDE.page_at(path)
        fences = [block for block in read.blocks if block.language == "transcript" and block.snippet]
        snippets = [read.snippet_file(str(block.snippet)) for block in fences]
        if not any(by_version.read_differences(snippet) for snippet in snippets):
            continue
        pages += 1
        page.goto(address + read.name.removesuffix(".md").removesuffix("index").rstrip("/") + "/")
        shown = "blocks => blocks.map(block => [...block.querySelectorAll('kbd, .transcript__output')]"
        shown += ".filter(part => !part.closest('[hidden]') && !part.parentElement.closest('.transcript__output'))"
        shown += ".map(part => part.textContent.replace('\\n', '') + '\\n').join(''))"
        for versions in suites.VERSIONS.values():
            for field in page.locator(".version").all():
                field.locator("input").fill(versions[str(field.get_attribute("data-client"))])
            seen = page.locator(".transcript samp").evaluate_all(shown)
            texts = [by_version.variant(path, path.read_text(encoding="utf-8"), versions).text for path in snippets]
            plain = [text.replace("«»", "Enter").replace("«", "").replace("»", "") for text in texts]
            assert seen == ["".join(f"{line.removeprefix('$ ')}\n" for line in text.splitlines()) for text in plain]
    assert pages


def test_what_is_copied_stays_the_same(small: str, page: Page) -> None:
    page.goto(small + "one/")
    page.get_by_label("what ssh -V says").fill("10.6")
    buttons = page.locator(".transcript .copy")
    assert buttons.evaluate_all("all => all.map(button => button.dataset.copy)") == ["ssh-keygen"]
    assert buttons.first.is_visible()
