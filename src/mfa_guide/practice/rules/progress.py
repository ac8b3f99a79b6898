"""Where each account's owner is in the login, as far as this run of the practice site has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mfa_guide.practice.rules import events

if TYPE_CHECKING:
    from mfa_guide.practice.rules.accounts import Accounts
    from mfa_guide.practice.rules.events import Event, Means
    from mfa_guide.practice.rules.state import State

Kind = Literal["nothing", "going", "waiting", "in", "stopped"]


@dataclass(frozen=True)
class LastStep:
    """The last step somebody took."""

    text: str
    kind: Kind
    since: float | None = None
    """Since when, in seconds since 1970, by the practice site's clock."""
    host: str = ""
    """On which of the gateway's hosts, where it was on one."""


_NOTHING = LastStep("Nothing yet", "nothing")

_AT_INSTITUTION = "Logged in at the institution"

_STEPS: dict[type[Event], tuple[Kind, str]] = {
    events.FirewallPageOpened: ("going", "Firewall page open"),
    events.KeyAccepted: ("going", "Key accepted"),
    events.LinkShown: ("waiting", "Link shown"),
    events.LoggedInAtInstitution: ("going", _AT_INSTITUTION),
    events.LinkApproved: ("going", "Answered Yes"),
    events.CertificateGiven: ("in", "In, certificate given"),
    events.CertificateNotTaken: ("in", "In, but the agent took no certificate"),
    events.QuestionRefused: ("waiting", "Link opened by somebody who is not the owner"),
    events.AnswerRefused: ("waiting", "Link answered by somebody who is not the owner"),
    events.AddressRefused: ("stopped", "Refused: the address is closed"),
    events.KeyRefused: ("stopped", "Offered a key that does not fit"),
    events.CertificateRefused: ("stopped", "Offered a certificate that does not fit"),
    events.LinkDenied: ("stopped", "Refused: answered No"),
    events.LinkRanOut: ("stopped", "Refused: the link ran out"),
    events.LoginLeft: ("stopped", "Ended before the link was answered"),
}

_IN: dict[Means, str] = {
    "browser": "In",
    "ride": "In, beside a login that is open",
    "certificate": "In, by certificate",
}


class Progress:
    """Where everybody is."""

    def __init__(self, accounts: Accounts, state: State) -> None:
        """Begin with nobody anywhere, and follow what is recorded from now on."""
        self._accounts = accounts
        self._steps = dict.fromkeys(accounts.names, _NOTHING)
        state.watch(self._follow)

    def steps(self) -> dict[str, LastStep]:
        """Return everybody's last step, by account."""
        return dict(self._steps)

    def _follow(self, at: float, event: Event) -> None:
        details = event.details
        account = details.get("account") or self._account_of(str(details.get("person")))
        step: tuple[Kind, str] | None = (
            ("in", _IN[event.by]) if isinstance(event, events.LoggedIn) else _STEPS.get(type(event))
        )
        if account not in self._steps or step is None:
            return
        kind, text = step
        before, since, host = self._steps[account], at, str(details.get("host", ""))
        if before.kind == "waiting" and (kind == "waiting" or text == _AT_INSTITUTION):
            # The link waits on, whatever happens in the browser.
            kind, since, host = "waiting", before.since or at, before.host
        elif not host:
            host = before.host
        self._steps[account] = LastStep(text, kind, since, host)

    def _account_of(self, identity: str) -> str | None:
        person = self._accounts.person(identity)
        return person.account if person else None
