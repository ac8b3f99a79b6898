"""Where each account's owner is in the login, as far as this run of the practice site has seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from mfa_guide.practice.rules.accounts import Accounts
    from mfa_guide.practice.rules.state import Event, State

Kind = Literal["nothing", "going", "waiting", "in", "stopped"]


@dataclass(frozen=True)
class Step:
    """The last step somebody took."""

    text: str
    kind: Kind
    since: float | None = None
    """Since when, in seconds since 1970, by the practice site's clock."""
    host: str = ""
    """On which of the gateway's hosts, where it was on one."""


_NOTHING = Step("Nothing yet", "nothing")

_AT_INSTITUTION = "Logged in at the institution"

_STEPS: dict[str, tuple[Kind, str]] = {
    "firewall page opened": ("going", "Firewall page open"),
    "key accepted": ("going", "Key accepted"),
    "link shown": ("waiting", "Link shown"),
    "logged in at institution": ("going", _AT_INSTITUTION),
    "link approved": ("going", "Answered Yes"),
    "logged in by browser": ("in", "In"),
    "logged in by ride": ("in", "In, beside a login that is open"),
    "logged in by certificate": ("in", "In, by certificate"),
    "certificate given": ("in", "In, certificate given"),
    "certificate not taken": ("in", "In, but the agent took no certificate"),
    "question refused": ("waiting", "Link opened by somebody who is not the owner"),
    "answer refused": ("waiting", "Link answered by somebody who is not the owner"),
    "address refused": ("stopped", "Refused: the address is closed"),
    "key refused": ("stopped", "Offered a key that does not fit"),
    "certificate refused": ("stopped", "Offered a certificate that does not fit"),
    "link denied": ("stopped", "Refused: answered No"),
    "link ran out": ("stopped", "Refused: the link ran out"),
    "login left": ("stopped", "Ended before the link was answered"),
}


class Progress:
    """Where everybody is."""

    def __init__(self, accounts: Accounts, state: State) -> None:
        """Begin with nobody anywhere, and follow what is recorded from now on."""
        self._accounts = accounts
        self._steps = dict.fromkeys(accounts.names, _NOTHING)
        state.watch(self._follow)

    def steps(self) -> dict[str, Step]:
        """Return everybody's last step, by account."""
        return dict(self._steps)

    def _follow(self, event: Event) -> None:
        details = event.details
        name = f"{event.event} by {details['by']}" if "by" in details else event.event
        account = details.get("account") or self._account_of(str(details.get("person")))
        if account not in self._steps or name not in _STEPS:
            return
        kind, text = _STEPS[name]
        before, since, host = self._steps[account], event.at, str(details.get("host", ""))
        if before.kind == "waiting" and (kind == "waiting" or text == _AT_INSTITUTION):
            # The link waits on, whatever happens in the browser.
            kind, since, host = "waiting", before.since or event.at, before.host
        elif not host:
            host = before.host
        self._steps[account] = Step(text, kind, since, host)

    def _account_of(self, identity: str) -> str | None:
        person = self._accounts.person(identity)
        return person.account if person else None
