"""The keys of an account: as many as anybody needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncssh
import pytest

from mfa_guide.base.errors import GuideError
from mfa_guide.policy import load
from mfa_guide.practice.rules.accounts import MOST_KEYS
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.ssh.keys import read_public_key

if TYPE_CHECKING:
    from pathlib import Path


def test_an_account_has_no_more_keys_than_that(tmp_path: Path) -> None:
    """Each login looks through all of them. One that is there already may be added again."""
    service = LoginService.open(load("2024"), tmp_path / "state.sqlite", read_key=read_public_key)
    keys = [asyncssh.generate_private_key("ssh-ed25519") for _ in range(MOST_KEYS + 1)]
    for key in keys[:-1]:
        service.accounts.add_key("vsc98765", key)
    service.accounts.add_key("vsc98765", keys[0])
    with pytest.raises(GuideError, match=f"vsc98765 has {MOST_KEYS} keys already: delete one first"):
        service.accounts.add_key("vsc98765", keys[-1])
    first, last = keys[0].get_fingerprint(), keys[-1].get_fingerprint()
    assert service.accounts.change_keys("vsc98765", keys[-1:], {first}) == [("deleted", first), ("added", last)]
    assert [key.get_fingerprint() for key in service.accounts.keys("vsc98765")] == [
        key.get_fingerprint() for key in keys[1:]
    ]
    service.state.close()
