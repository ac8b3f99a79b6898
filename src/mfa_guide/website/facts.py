"""Facts in prose: `{{ facts.login_host }}` (mkdocs-macros). An unknown fact fails the build."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mfa_guide import policy

if TYPE_CHECKING:
    from mkdocs_macros.plugin import MacrosPlugin


def define_env(env: MacrosPlugin) -> None:
    """Give every page the facts of the policy, by name."""
    env.variables["facts"] = policy.load().facts
