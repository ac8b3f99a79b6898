"""The command `mfa-guide`. Others script against it: its words and exit codes are a promise."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from typer.core import TyperArgument, TyperCommand
from typer.exceptions import TyperException

from mfa_guide.base.errors import CannotRunError, GuideError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mfa_guide.policy import Policy
    from mfa_guide.practice.hosting.cards import RunningSite

F = TypeVar("F", bound="Callable[..., Any]")


class _Command(TyperCommand):
    """A command whose help says in words what may be named, and not which type of Python's that is."""

    def get_params(self, ctx: Any) -> list[Any]:
        """Return what may be named."""
        params = super().get_params(ctx)
        for param in params:
            if isinstance(param, TyperArgument):
                param.display_type_rich = lambda ctx: None  # type: ignore[method-assign]
        return params


class _Commands(typer.Typer):
    def command(self, name: str | None = None, **options: Any) -> Callable[[F], F]:
        """Make a command of a function."""
        return super().command(name, cls=_Command, **options)


app = _Commands(
    help="A guide to logging in at the VSC, in which every command is carried out, and a site to practise on.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
practice = _Commands(help="The practice site: a stand-in for the login service.", no_args_is_help=True)
app.add_typer(practice, name="practice")

State = Annotated[
    Path | None, typer.Option("--state", metavar="DIR", help="Folder of the practice site's state.", show_default=False)
]

SshPort = Annotated[int, typer.Option(metavar="PORT", help="Port for ssh; 0 for any free one.", min=0, max=65535)]
WebPort = Annotated[
    int, typer.Option(metavar="PORT", help="Port for the web pages; 0 for any free one.", min=0, max=65535)
]


def _editions() -> list[str]:
    from mfa_guide.base.project import find_project
    from mfa_guide.guide.edition import editions

    return [edition.name for edition in editions(find_project())]


Edition = Annotated[
    str,
    typer.Option(
        metavar="EDITION", help="Only this edition, such as 2024.", show_default=False, autocompletion=_editions
    ),
]


def _places() -> list[str]:
    from mfa_guide.practice.places import PLACES

    return [*PLACES]


def _suites() -> list[str]:
    from mfa_guide.clients.suites import everywhere

    return [*everywhere()]


def _profiles() -> list[str]:
    from mfa_guide.clients.profiles import FORMATS

    return [*FORMATS]


def _programs() -> list[str]:
    from mfa_guide.by_hand.programs import programs

    return [*programs()]


def _policies() -> list[str]:
    from mfa_guide.policy import versions

    return versions()


PolicyVersion = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="VERSION",
        help="By the rules of which version; of the newest when not given.",
        show_default=False,
        autocompletion=_policies,
    ),
]
Managed = Annotated[bool, typer.Option("--managed", help="The university manages the reader's computer.")]


def _rules(version: str | None) -> Policy:
    """Return the policy of a version, or the newest.

    Raises:
        UsageError: there is no such version.
    """
    from mfa_guide.policy import NEWEST, load, versions

    if version is not None and version not in versions():
        raise UsageError(f"there are no rules of {version!r}: choose {', '.join(versions())}")
    return load(version or NEWEST)


def _not_on_windows() -> None:
    """Say so, where there are no users and terminals as Unix has them.

    Raises:
        CannotRunError: this is Windows.
    """
    if not hasattr(os, "getuid"):
        raise CannotRunError("this does not run on Windows itself: start it in WSL")


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"mfa-guide {version('mfa-guide')}")
        raise typer.Exit


@app.callback()
def _options(
    _version: Annotated[
        bool, typer.Option("--version", help="Say which version this is.", callback=_show_version, is_eager=True)
    ] = False,
) -> None:
    pass


def _own_state() -> Path:
    from platformdirs import user_state_path

    return user_state_path("mfa-guide", appauthor=False)


def _say_which(site: RunningSite) -> None:
    """Say which site of several that may run was meant; a machine of a lab has but one."""
    from mfa_guide.practice.hosting import cards

    # Whoever has given a site a runtime folder of its own, as tutorials do, has said it.
    alone = "MFA_GUIDE_RUNTIME" in os.environ and len(cards.find_sites()) == 1
    if site.state is not None and not alone:
        print(f"This is {site}.", file=sys.stderr, flush=True)


@practice.command()
def up(
    state: State = None,
    ssh_port: SshPort = 4022,
    web_port: WebPort = 4080,
    users: Annotated[
        int, typer.Option(metavar="N", help="Accounts for a classroom: vsc98765 and those after it.", min=1, max=200)
    ] = 1,
    as_json: Annotated[bool, typer.Option("--json", help="Say where it is in one line of JSON.")] = False,
    policy: PolicyVersion = None,
    managed: Managed = False,
) -> None:
    """Run the practice site on this computer (loopback) until Ctrl+C."""
    _not_on_windows()
    from mfa_guide.practice.hosting import loopback

    rules = _rules(policy)
    folder = state or _own_state()

    async def run() -> None:
        ended = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, ended.set)
        async with loopback.run(
            rules, folder, ssh_port=ssh_port, web_port=web_port, users=users, managed=managed
        ) as site:
            if as_json:
                print(json.dumps(site.describe()), flush=True)
            else:
                print(f"The practice site runs on this computer. Log in with:\n\n    {site.command}\n")
                print(f"Its web pages, for your browser only: {site.entrance}")
                if site.page_comes_first:
                    print("Open them first: without them nobody is let in.")
                if users > 1:
                    print(f"Who of the {users} is where, and sheets to print: {site.classroom}")
                if (clock := site.site.service.clock).ahead:
                    print(f"Its clock was moved before: there it is {clock.date():%Y-%m-%d %H:%M} UTC.")
                print("Ctrl+C ends it.", flush=True)
            await ended.wait()

    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run())


@practice.command(context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False})
def shell(
    command: Annotated[list[str] | None, typer.Argument(metavar="COMMAND", hidden=True)] = None,
    place: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="PLACE",
            help="Where the machine is: campus, home or abroad.",
            autocompletion=_places,
        ),
    ] = "home",
    state: State = None,
    join: Annotated[bool, typer.Option("--join", help="Join the lab that runs already.")] = False,
    policy: PolicyVersion = None,
    managed: Managed = False,
) -> None:
    """Open a reader's machine in a fresh lab, where the real names lead to a fresh practice site.

    With a command, behind `--` when it has options, that is run there instead of a shell.
    """
    _not_on_windows()
    from mfa_guide.practice.lab import Lab
    from mfa_guide.practice.lab.terminal import run_in
    from mfa_guide.practice.places import PLACES

    if place not in PLACES:
        raise UsageError(f"there is no machine at {place!r}: choose {', '.join(PLACES)}")
    # What the command names is the caller's own and can be read, wherever it is.
    named = [Path(word) for word in command or [] if word.startswith("/") and Path(word).exists()]
    with contextlib.ExitStack() as stack:
        if join:
            if policy or managed:
                raise UsageError("the lab that runs has its rules already: say --policy and --managed where it begins")
            lab = Lab.join(state)
        else:
            lab = stack.enter_context(Lab.start(_rules(policy), state, show=named, managed=managed))
        status = run_in(lab.machine(place), command or [])
    raise typer.Exit(status)


@practice.command()
def approve(
    link: Annotated[str, typer.Argument(metavar="URL", help="A login link, or the address of the firewall's page.")],
    institution: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where to log in; the account's own when not given.")
    ] = None,
    deny: Annotated[bool, typer.Option("--deny", help="Answer No.")] = False,
    hold: Annotated[bool, typer.Option("--hold", help="Keep the firewall's page open until Ctrl+C.")] = False,
    only_open: Annotated[bool, typer.Option("--only-open", help="Open the firewall's page; answer nothing.")] = False,
    state: State = None,
) -> None:
    """Do what the user does in the browser: log in, and answer Yes."""
    _not_on_windows()
    from mfa_guide.practice.hosting import browsing

    visit = browsing.Visit(link, institution, deny=deny, state=state, only_open=only_open)
    said = False
    while True:
        site, answer = visit.once()
        if only_open and not said:
            print("The firewall's page is open.", flush=True)
            said = True
        if answer:
            _say_which(site)
            print(answer, flush=True)
        if not hold:
            return
        time.sleep(browsing.BETWEEN_HEARTBEATS)


@practice.command()
def clock(
    shift: Annotated[str, typer.Argument(metavar="SHIFT", help="How far: +30s, +5m, +16h or +90d.")],
    state: State = None,
) -> None:
    """Move the clock of the practice site that runs."""
    _not_on_windows()
    from mfa_guide.practice.hosting import cards, control
    from mfa_guide.practice.rules.clock import parse_shift

    parse_shift(shift)
    site = cards.find_site(state)
    answer = control.ask(site.control, do="clock", shift=shift)
    _say_which(site)
    print(f"The practice site's time is now {answer['now']}")


@practice.command()
def key_exchange(
    which: Annotated[
        str,
        typer.Argument(metavar="old|new", help="old: as before post-quantum algorithms. new: with one, as at first."),
    ],
    state: State = None,
) -> None:
    """Choose which key exchange the practice site that runs offers: newer ssh warns of the old one."""
    _not_on_windows()
    from mfa_guide.practice.hosting import cards, control
    from mfa_guide.practice.ssh.key_exchange import algorithms

    algorithms(which)
    site = cards.find_site(state)
    answer = control.ask(site.control, do="key exchange", which=which)
    _say_which(site)
    print(f"From now on the practice site offers key exchange {answer['offers']}.")


@app.command()
def check(
    pages: Annotated[list[Path] | None, typer.Argument(metavar="PAGE|DIR|SNIPPET", hidden=True)] = None,
    keyword: Annotated[
        str | None, typer.Option("-k", metavar="WORD", help="Only as far as needed for instructions with this word.")
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Rewrite what the snippets expect; … stays.")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write the evidence there.")] = None,
    edition: Edition = "",
    shell: Annotated[bool, typer.Option("--shell", help="Open a shell at the first failure, in its state.")] = False,
    suite: Annotated[
        str | None,
        typer.Option(
            metavar="SUITE",
            help="The clients: bullseye, bookworm, trixie or sid, once fetched.",
            autocompletion=_suites,
        ),
    ] = None,
    gate: Annotated[
        bool, typer.Option("--gate", help="Carry nothing out: only look for what escapes the check.")
    ] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Do it again whenever a page or a snippet is saved.")] = False,
    reviews: Annotated[bool, typer.Option("--reviews", help="Only look whether a review date has passed.")] = False,
) -> None:
    """Carry out what the pages say, as a reader would, and report what no longer holds.

    Name pages, notebooks, folders of them, or snippets, for the pages that show them. Without any, all is carried out.
    """
    _not_on_windows()
    from mfa_guide.base.project import find_project
    from mfa_guide.checking import command
    from mfa_guide.clients import suites

    if reviews:
        raise typer.Exit(command.check_reviews(find_project()))
    clients = suites.named(suite) if suite else None
    wish = command.Wish(pages or [], edition, keyword, update, json_file, shell, gate, clients)
    raise typer.Exit((command.watch if watch else command.check)(find_project(), wish))


@app.command()
def mutate(
    pages: Annotated[list[Path] | None, typer.Argument(metavar="PAGE", hidden=True)] = None,
    sample: Annotated[int | None, typer.Option(metavar="N", min=1, help="Only so many, drawn at random.")] = None,
    seed: Annotated[int | None, typer.Option(metavar="N", help="What they are drawn by.")] = None,
    suite: Annotated[
        str, typer.Option(metavar="SUITE", help="Only what these clients can notice.", autocompletion=_suites)
    ] = "",
    edition: Edition = "",
    json_file: Annotated[Path | None, typer.Option("--json", metavar="FILE", help="Write what became of each.")] = None,
) -> None:
    """Put one thing wrong into the guide, again and again, and tell what no check notices.

    Name pages, or all are tried, which takes many hours.
    """
    _not_on_windows()
    from mfa_guide.base.project import find_project
    from mfa_guide.mutants.command import Choice
    from mfa_guide.mutants.command import mutate as mutate_pages

    raise typer.Exit(mutate_pages(find_project(), pages or [], Choice(edition, suite, sample, seed), json_file))


@app.command()
def profile(
    client: Annotated[
        str,
        typer.Argument(
            metavar="CLIENT",
            help="One of openssh, putty-reg, putty-unix, mobaxterm, nx, filezilla, winscp.",
            autocompletion=_profiles,
        ),
    ],
    user: Annotated[str, typer.Option(metavar="ACCOUNT", help="Your VSC account, for instance vsc98765.")],
    key: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="Your private key, on the computer the profile is for; needed where a login takes one.",
            show_default=False,
        ),
    ] = None,
    policy: PolicyVersion = None,
    out: Annotated[Path | None, typer.Option(metavar="FILE", help="Save it there.", show_default=False)] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
) -> None:
    """Write a ready-made configuration of a client, for your account."""
    from mfa_guide.clients.profiles import make, saving

    made = make(client, user, key, _rules(policy))
    if out is None:
        sys.stdout.buffer.write(made.content)
    else:
        saving.save(made.content, out, force=force)
        print("\n".join((f"{out} is written.", *made.importing)))


@app.command()
def verify(
    client: Annotated[
        str,
        typer.Argument(
            metavar="CLIENT",
            help="One of openssh, putty, mobaxterm, winscp, filezilla, other; "
            "on Windows windows, windows-ssh, windows-terminal, too.",
            autocompletion=_programs,
        ),
    ],
    state: State = None,
    ssh_port: SshPort = 4022,
    web_port: WebPort = 4080,
) -> None:
    """Try a program on the practice site, and be told what it shows and which setting is amiss; writes evidence."""
    from mfa_guide.base.project import find_project
    from mfa_guide.by_hand.verify import verify as verify_by_hand

    raise typer.Exit(
        verify_by_hand(find_project(), client, state or _own_state(), ssh_port=ssh_port, web_port=web_port)
    )


@app.command()
def compare(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="The log of a login; - for standard input.")],
    page: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="The page to compare with; the best one when not given.")
    ] = None,
    keep: Annotated[bool, typer.Option("--keep", help="Keep it, redacted, without asking.")] = False,
) -> None:
    """Lay a login at the real service over what the guide shows of it; writes evidence, if you agree."""
    from mfa_guide.base.project import find_project
    from mfa_guide.by_hand.compare import compare as compare_by_hand

    raise typer.Exit(compare_by_hand(find_project(), log, page, keep=keep))


@app.command()
def explain(
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="What a program said; standard input without one.")
    ] = None,
    edition: Annotated[
        str | None,
        typer.Option(
            metavar="EDITION",
            help="Which edition of the guide answers; the newest when not given.",
            show_default=False,
            autocompletion=_policies,
        ),
    ] = None,
) -> None:
    """Say what a message of ssh, PuTTY and other programs means, and what helps."""
    from mfa_guide.problems import explaining

    policy = _rules(edition)
    print(explaining.explain(explaining.read(file), policy))


def main() -> None:
    """Run the command; every error that a user can mend is one line on standard error."""
    # Ctrl+C ends every command, also one that began deaf to it, as a job in the background of a script does.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        status = app(standalone_mode=False)
    except TyperException as error:
        message = getattr(error, "format_message", error.__str__)().rstrip(".") + "."
        print(message if "\n" in message else f"mfa-guide: {message} Try mfa-guide --help.", file=sys.stderr)
        status = UsageError.exit_code
    except GuideError as error:
        print(f"mfa-guide: {error}", file=sys.stderr)
        status = error.exit_code
    except OSError as error:
        print(f"mfa-guide: {error}", file=sys.stderr)
        status = GuideError.exit_code
    except (KeyboardInterrupt, typer.Abort):
        status = 130
    sys.exit(status)
