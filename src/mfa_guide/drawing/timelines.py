"""Pictures of what has happened on the practice site, drawn from its log."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from mfa_guide.base.errors import UsageError
from mfa_guide.drawing.sequences import DrawnStep, Message, render
from mfa_guide.practice.rules import events as happened
from mfa_guide.practice.rules.roles import all_roles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mfa_guide.policy import Policy

_TERMINAL, _BROWSER, _AGENT = "Your terminal", "Your browser", "Your agent"
_ELSEWHERE = {"server": "The stranger", "campus": "At the campus", "abroad": "Abroad"}
"""Who sits at other machines of the lab than the one at home."""
_INSIDE = "Inside the VSC"
"""Where a login comes from that goes on from one of the roles; which one it is, its address does not tell."""
_HOSTS = {
    "login": "Login node",
    "login-tier1": "Tier-1 login node",
    "sofia": "sofia",
    "nx": "NX node",
    "firewall": "Firewall",
}
"""What each role is called in a picture."""

# For Jupyter, which does not know the guide's styles; a page of the guide has its own.
_STYLE = """\
<style>
.sequence__words { display: none; }
.sequence__drawing, .timeline { max-width: 46rem; width: 100%; }
.sequence__drawing text, .timeline text { fill: currentColor; font: 13.5px sans-serif; }
.sequence__drawing .sequence__name, .timeline .timeline__name { fill: #fff; }
.sequence__head { fill: #0f4c4a; }
.sequence__lane { stroke: #9aa5a1; }
.sequence__arrow { fill: none; stroke: #0b6b57; }
.sequence__tip { fill: #0b6b57; }
.sequence__dot { fill: #fff; stroke: #0b6b57; }
.sequence__drawing .sequence__number { fill: #1d2725; font-size: 11.5px; }
.timeline__life, .timeline__in { fill: #0b6b57; }
.timeline__asked { fill: #f0a63a; }
</style>"""


def diagram(events: Sequence[tuple[str, dict[str, Any]]], title: str, policy: Policy) -> str:
    """Return a diagram of who said what to whom, as HTML.

    Args:
        events: lines of the log, oldest first.
        title: what it shows, for those who do not see it.
        policy: has the names of the hosts, and the addresses of the lab's machines.

    Raises:
        UsageError: nothing has happened.
    """
    roles = {role.host: role for role in all_roles(policy)}
    others = {at: name for place, name in _ELSEWHERE.items() for at in policy.names(f"practice_{place}")}
    others |= {at: _INSIDE for role in policy.roles.values() for at in policy.names(role.addresses)}
    steps: list[DrawnStep] = []
    for event, details in events:
        role = roles.get(details.get("host", ""))
        host = _HOSTS[role.name if role else "firewall"]
        asks = "proves that it has your key" if role and role.rules.needs_key else "asks to log in to your account"
        said = list(_steps(event, details.get("by"), others.get(details.get("address", ""), _TERMINAL), host, asks))
        # The firewall's page is opened by IPv4 and by IPv6: that is one step.
        if said != steps[-1:]:
            steps += said
    if not steps:
        raise UsageError("there is nothing to draw yet: log in first")
    return _STYLE + render(steps, title)


def _steps(event: str, by: str | None, terminal: str, host: str, asks: str) -> Iterator[DrawnStep]:
    match event, by:
        case happened.FirewallPageOpened.name, _:
            yield Message(_BROWSER, host, "opens the firewall's page")
        case happened.AddressRefused.name, _:
            yield Message(terminal, host, "asks to log in to your account")
            yield Message(host, terminal, "refuses: the firewall's page is not open")
        case happened.LinkShown.name, _:
            yield Message(terminal, host, asks)
            yield Message(host, terminal, "shows a link, and waits")
        case happened.LinkApproved.name, _:
            yield Message(_BROWSER, host, "you log in, and answer Yes")
        case happened.LinkDenied.name, _:
            yield Message(_BROWSER, host, "you log in, and answer No")
        case happened.LoggedIn.name, "certificate":
            yield Message(terminal, host, "shows the certificate, and signs with it")
            yield Message(host, terminal, "lets you in, without a link")
        case happened.LoggedIn.name, "ride":
            yield Message(terminal, host, "proves that it has your key")
            yield Message(host, terminal, "lets you in, beside the login that is open")
        case happened.LoggedIn.name, _:
            yield Message(host, terminal, "lets you in")
        case happened.CertificateGiven.name, _:
            yield Message(host, _AGENT, "puts a certificate into it")


_WIDTH, _MARGIN = 560, 24
_DOTS, _ROW = 40, 26
"""Where things are, in the picture's own units: the dots' height, and how high a certificate's row is."""
_LEGEND = (
    (24, '<rect class="timeline__life" x="14" y="{y}" width="20" height="12" rx="3"/>', "a certificate is valid"),
    (210, '<circle class="timeline__in" cx="207" cy="{middle}" r="7"/>', "in, without a link"),
    (380, '<circle class="timeline__asked" cx="377" cy="{middle}" r="7"/>', "a link is shown"),
)
"""What the colours mean: where it stands from the left, its mark, and its words."""


def timeline(events: Sequence[tuple[float, str, dict[str, Any]]], policy: Policy) -> str:
    """Return a picture of the certificates' lives, and of the logins since the first was given, as HTML.

    Args:
        events: lines of the log with their times, in seconds since 1970, oldest first.
        policy: says how long a certificate is valid.

    Raises:
        UsageError: no certificate was given.
    """
    first = next((at for at, event, _ in events if event == happened.CertificateGiven.name), None)
    if first is None:
        raise UsageError("there is nothing to draw yet: get a certificate first")
    life = policy.seconds("certificate_lifetime") // 3600
    # By the hour: seconds are not seen, and differ from run to run.
    since = [(round((at - first) / 3600), event, details) for at, event, details in events if at >= first]
    given = [hour for hour, event, _ in since if event == happened.CertificateGiven.name]
    # The firewall always shows a link: there it says nothing about the certificate.
    logins = dict.fromkeys(
        (hour, event == happened.LoggedIn.name)
        for hour, event, details in since
        if event in (happened.LinkShown.name, happened.LoggedIn.name)
        and details["host"] != policy.text("firewall_host")
    )
    scale = (_WIDTH - 2 * _MARGIN) / (max([given[-1] + life, *(hour for hour, _ in logins)]) + 1)
    parts, words = [], []
    for number, hour in enumerate(given):
        x, y = _MARGIN + hour * scale, _DOTS + 16 + number * _ROW
        parts.append(
            f'<rect class="timeline__life" x="{x:.0f}" y="{y}" width="{life * scale:.0f}" height="20" rx="4"/>'
            f'<text class="timeline__name" x="{x + life * scale / 2:.0f}" y="{y + 15}" text-anchor="middle">'
            f"{hour} h – {hour + life} h</text>"
        )
        words.append(f"A certificate counts from {hour} h to {hour + life} h.")
    for hour, without_link in logins:
        x = _MARGIN + hour * scale
        kind, text, word = ("in", "in", "in, without a link") if without_link else ("asked", "link", "a link is shown")
        parts.append(
            f'<circle class="timeline__{kind}" cx="{x:.0f}" cy="{_DOTS}" r="7"/>'
            f'<text x="{x:.0f}" y="{_DOTS - 15}" text-anchor="middle">{text}</text>'
        )
        words.append(f"At {hour} h: {word}.")
    y = _DOTS + 30 + len(given) * _ROW
    for x, mark, text in _LEGEND:
        parts.append(f'{mark.format(y=y, middle=y + 6)}<text x="{x + 16}" y="{y + 11}">{text}</text>')
    height = y + 22
    return (
        f'{_STYLE}<figure class="sequence"><svg class="timeline" viewBox="0 0 {_WIDTH} {height}" role="img"'
        f" data-search-exclude><title>{escape(' '.join(words))}</title>{''.join(parts)}</svg></figure>"
    )
