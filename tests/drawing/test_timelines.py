"""Pictures of what has happened, drawn from the log."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup

from mfa_guide.drawing.timelines import diagram, timeline
from mfa_guide.policy import load
from tests.support import POLICY
from tests.support.html import one

LOGIN, FIREWALL = {"host": "login.hpc.kuleuven.be"}, {"host": "firewall.vscentrum.be"}


def told(html: str) -> list[str]:
    """Return the steps of a diagram in words."""
    return [step.get_text() for step in BeautifulSoup(html, "html.parser").select("li")]


@pytest.mark.parametrize(
    ("version", "asks"), [("2024", "proves that it has your key"), ("2026", "asks to log in to your account")]
)
def test_who_said_what_to_whom(version: str, asks: str) -> None:
    policy = load(version)
    stranger = {"address": policy.names("practice_server")[0]}
    onward = {**LOGIN, "address": policy.names("practice_login")[0], "by": "certificate"}
    events = [
        ("address refused", LOGIN),
        ("firewall page opened", {"address": "203.0.113.133"}),
        ("firewall page opened", {"address": "2001:db8:a::33"}),
        ("link shown", FIREWALL),
        ("link denied", FIREWALL),
        ("key accepted", LOGIN),
        ("logged in", {**LOGIN, **stranger, "by": "certificate"}),
        ("logged in", {**LOGIN, **stranger, "by": "certificate"}),
        ("logged in", onward),
    ]
    again = ["The stranger → Login node: shows the certificate, and signs with it"]
    again += ["Login node → The stranger: lets you in, without a link"]
    assert told(diagram(events, "title", policy)) == [
        "Your terminal → Login node: asks to log in to your account",
        "Login node → Your terminal: refuses: the firewall's page is not open",
        "Your browser → Firewall: opens the firewall's page",
        f"Your terminal → Firewall: {asks}",
        "Firewall → Your terminal: shows a link, and waits",
        "Your browser → Firewall: you log in, and answer No",
        *again,
        *again,
        "Inside the VSC → Login node: shows the certificate, and signs with it",
        "Login node → Inside the VSC: lets you in, without a link",
    ]


def test_the_life_of_certificates_lasts_as_long_as_the_policy_says() -> None:
    hour = 3600.0
    events = [
        (0 * hour, "link shown", LOGIN),
        (1 * hour, "certificate given", FIREWALL),
        (16 * hour, "logged in", {**LOGIN, "by": "certificate"}),
        (18 * hour, "link shown", LOGIN),
        (18 * hour, "link shown", FIREWALL),
        (18 * hour, "certificate given", FIREWALL),
    ]
    title = one(BeautifulSoup(timeline(events, POLICY), "html.parser"), "title").get_text()
    life = POLICY.seconds("certificate_lifetime") // 3600
    assert re.findall(r"[^.]+\.", title) == [
        f"A certificate counts from 0 h to {life} h.",
        f" A certificate counts from 17 h to {17 + life} h.",
        " At 15 h: in, without a link.",
        " At 17 h: a link is shown.",
    ]
