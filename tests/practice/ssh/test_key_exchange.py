"""Choosing the key exchange of a practice site on loopback."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from mfa_guide.base.errors import UsageError
from mfa_guide.practice.hosting.control import Refusal
from mfa_guide.practice.ssh.key_exchange import DESCRIPTIONS, algorithms

if TYPE_CHECKING:
    from tests.support.loopback_site import LoopbackSite

POST_QUANTUM = "mlkem768x25519-sha256"


def offered(site: LoopbackSite) -> str:
    """Return what a connection is offered, as ssh tells."""
    _, said = site.ssh_alone("-vv", "-o", "BatchMode=yes").communicate(timeout=20)
    found = re.search(r"peer server KEXINIT proposal\s+debug2: KEX algorithms: (\S+)", said)
    assert found, said
    return found[1]


def test_new_old_and_new_again(site: LoopbackSite) -> None:
    assert POST_QUANTUM in offered(site)
    for which, there in (("old", False), ("old", False), ("new", True)):
        done = site.run("practice", "key-exchange", which)
        says = f"From now on the practice site offers key exchange {DESCRIPTIONS[which]}.\n"
        assert (done.returncode, done.stdout) == (0, says)
        assert (POST_QUANTUM in offered(site)) == there


def test_what_is_no_key_exchange(site: LoopbackSite) -> None:
    with pytest.raises(UsageError, match="'newest': choose old or new"):
        algorithms("newest")
    with pytest.raises(Refusal, match="choose old or new"):
        site.offer_key_exchange("newest")
    assert POST_QUANTUM in offered(site)


def test_another_folder_has_no_site(site: LoopbackSite) -> None:
    done = site.run("practice", "key-exchange", "old", "--state", "/nowhere")
    assert (done.returncode, "no practice site with its state in /nowhere runs" in done.stderr) == (3, True)
