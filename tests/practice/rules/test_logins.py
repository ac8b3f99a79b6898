"""Pending logins and their links."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide.expecting.shapes import pieces
from mfa_guide.policy import load
from mfa_guide.practice.rules.login_service import LoginService
from mfa_guide.practice.ssh.keys import read_public_key

if TYPE_CHECKING:
    from pathlib import Path


def test_every_link_is_known_as_one_by_its_looks(tmp_path: Path) -> None:
    service = LoginService.open(load("2024"), tmp_path / "state.sqlite", read_key=read_public_key)
    for _ in range(300):
        login = service.logins.open(
            account="vsc98765",
            address="192.0.2.1",
            port=49152,
            host="login.hpc.kuleuven.be",
            fingerprint="SHA256:x",
            proved=True,
        )
        link = f"https://firewall.vscentrum.be/{login.token}"
        assert [piece.text for piece in pieces(link) if piece.shape] == [login.token]
        service.logins.leave(login)
    service.state.close()
