"""The practice site on loopback, by the rules of 2026: the page first, in words, and no key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.loopback_site import LoopbackSite, read_link

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(params=[False, True], ids=["ours", "managed"])
def site(request: pytest.FixtureRequest) -> Iterator[LoopbackSite]:
    site = LoopbackSite.start(policy="2026", managed=request.param)
    yield site
    assert site.stop() == 0


def test_who_has_not_opened_the_page_is_told_so_unless_the_computer_is_managed(
    site: LoopbackSite, request: pytest.FixtureRequest
) -> None:
    if not request.node.callspec.params["site"]:
        client = site.ssh("hostname")
        _, err = client.communicate(timeout=30)
        assert (client.returncode, f"Open {site.web} first, as vsc98765." in err) == (255, True), err
        assert site.run("practice", "approve", site.web).returncode == 0
    client = site.ssh("hostname", options=("-v",))
    link = read_link(client)
    assert link.startswith(f"{site.web}/")
    assert site.run("practice", "approve", link).returncode == 0
    out, err = client.communicate(timeout=30)
    assert out == "login.hpc.kuleuven.be\n"
    assert "Offering public key" not in err
    assert "key accepted" not in [event for _, event, _ in site.ask(do="events", last=100)["events"]]
