"""The pages as they are served: what only a real connection shows."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING

import httpx2
import pytest

from tests.support.walking import form_of

if TYPE_CHECKING:
    from tests.support.walking import RunningSite


@pytest.fixture
def client(running: RunningSite) -> httpx2.Client:
    return httpx2.Client(follow_redirects=True)


def test_a_link_is_written_to_no_log(
    running: RunningSite, client: httpx2.Client, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    # The client is a part of the test, and tells what it asks.
    logging.getLogger("httpx2").setLevel(logging.WARNING)
    caplog.set_level(logging.DEBUG, "uvicorn")
    caplog.set_level(logging.INFO, "uvicorn.access")
    login = running.do(lambda site: site.log_in())
    client.get(f"{running.addresses.firewall}/{login.token}")
    running.do(lambda site: site.logins.leave(login))
    client.get(f"{running.addresses.firewall}/{login.token}")
    out, err = capfd.readouterr()
    assert login.token not in caplog.text + out + err


def test_a_browser_is_where_it_connects_from(running: RunningSite, client: httpx2.Client) -> None:
    elsewhere = running.do(lambda site: site.log_in(address="198.51.100.7"))
    here = running.do(lambda site: site.log_in(address="127.0.0.1"))
    lies = {"X-Forwarded-For": "198.51.100.7", "Forwarded": "for=198.51.100.7", "X-Forwarded-Proto": "https"}
    client.headers.update(lies)
    page = client.get(running.entrance)
    for fields in ({"institution": "KU Leuven Association"}, {"person": "owner-of-vsc98765"}):
        form = form_of(page, "/log-in")
        page = client.post(form.address, data=form.fields | fields)
    assert here.token in page.text
    assert elsewhere.token not in page.text


def test_the_server_does_not_say_what_it_is(running: RunningSite, client: httpx2.Client) -> None:
    assert "server" not in client.get(f"{running.addresses.firewall}/").headers


def test_the_server_leaves_signals_to_the_site(running: RunningSite) -> None:
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    server = running.server
    before = signal.getsignal(signal.SIGTERM)
    with server.capture_signals():
        assert signal.getsignal(signal.SIGTERM) is before
