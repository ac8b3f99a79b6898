"""What a profile says is what is read from it, whatever a user may give; and it is written as its client wants it."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mfa_guide.base.errors import UsageError
from mfa_guide.clients.profiles import FORMATS, make, mobaxterm, putty, putty_registry, winscp
from mfa_guide.clients.profiles.settings import Settings
from mfa_guide.policy import load
from tests.support import PROJECT

if TYPE_CHECKING:
    from mfa_guide.policy import Policy

WITH_KEYS, POLICY = load("2024"), load("2026")
KEY = "~/.ssh/id_rsa_vsc"

# The same examples in each run, wherever it is; and no time limit, as machines differ.
settings.register_profile("guide", database=None, deadline=None, derandomize=True, max_examples=50)
settings.load_profile("guide")

accounts = st.from_regex(r"vsc[0-9]{5}", fullmatch=True)
segments = st.text(st.sampled_from("aZ09 ._-~@+éßя鍵"), min_size=1, max_size=9)
keys = st.builds(
    lambda root, parts, name: root + "".join(f"{part}/" for part in parts) + name.rstrip(" .") + "k",
    st.sampled_from(["~/", "/", "C:\\", "d:/"]),
    st.lists(segments, max_size=3),
    segments,
)


TODAY = [client for client in FORMATS if client != "nx"]


@pytest.mark.parametrize("client", FORMATS)
@given(account=accounts, key=keys)
@example(account="vsc98765", key=r"C:\Users\Jan Ö\--vsc--.ppk")
def test_every_account_and_key_comes_back_from_the_profile(client: str, account: str, key: str) -> None:
    profile = make(client, account, key, WITH_KEYS)
    read = FORMATS[client].read(profile.content)
    assert (read.host, read.port, read.user) == (str(WITH_KEYS.fact(_host(client))), 22, account)
    assert read.key == (key if client in ("openssh", "nx") else "")
    assert read.takes_agent_along == (client not in ("winscp", "filezilla"))
    assert read.firewall == ""


@pytest.mark.parametrize("client", TODAY)
@given(account=accounts)
def test_no_profile_of_today_has_a_key(client: str, account: str) -> None:
    read = FORMATS[client].read(make(client, account, None, POLICY).content)
    assert (read.host, read.port, read.user, read.key) == ("login.hpc.kuleuven.be", 22, account, "")
    assert read.takes_agent_along == (client in ("putty-reg", "putty-unix", "mobaxterm"))
    assert read.firewall == ("firewall.vscentrum.be" if client == "openssh" else "")


@given(account=accounts, key=keys)
@example(account="vsc98765", key=r"C:\Users\Jan Ö\id_rsa_vsc")
def test_openssh_names_a_key_today_for_whoever_asks(account: str, key: str) -> None:
    read = FORMATS["openssh"].read(make("openssh", account, key, POLICY).content)
    assert (read.key, read.firewall) == (key, "firewall.vscentrum.be")


@pytest.mark.parametrize("client", [client for client in FORMATS if client != "filezilla"])
@given(key=keys, along=st.booleans(), port=st.integers(1, 65535))
def test_a_format_holds_a_key_as_well(client: str, key: str, along: bool, port: int) -> None:
    """A reader tells what somebody's own profile says, and there a key may stand."""
    if client == "mobaxterm":
        key = key.encode("cp1252", "ignore").decode("cp1252")
    wanted = Settings("host.example", port, "vsc98765", key, along)
    assert FORMATS[client].read(FORMATS[client].write(wanted, ("A note.",))) == wanted


def _host(client: str) -> str:
    return "nx_host" if client == "nx" else "login_host"


# -- as its client wants it -----------------------------------------------------------------------------------------


def written(client: str, key: str = KEY) -> bytes:
    return make(client, "vsc98765", key, WITH_KEYS).content


def of_today(client: str) -> bytes:
    return make(client, "vsc98765", None, POLICY).content


@pytest.mark.parametrize("edition", ["", "editions/2024/"])
def test_openssh_is_the_profile_of_the_page(edition: str) -> None:
    page = (PROJECT / f"{edition}snippets/openssh/agent-profile.conf").read_bytes()
    ours = written("openssh") if edition else of_today("openssh")
    assert ours[ours.index(b"\nHost ") + 1 :] == page


@settings(max_examples=10)
@given(key=keys.filter(lambda key: not key.startswith("~")))
@example(key=r"C:\Users\Jan Ö\id_rsa_vsc")
def test_the_real_ssh_reads_the_same(key: str) -> None:
    ssh = shutil.which("ssh")
    assert ssh
    done = subprocess.run(
        [ssh, "-G", "-F", "/dev/stdin", "login.hpc.kuleuven.be"], input=written("openssh", key), capture_output=True
    )
    said = done.stdout.decode().splitlines()
    assert f"identityfile {key}" in said, done
    assert {"user vsc98765", "forwardagent yes"} <= set(said)


@pytest.mark.parametrize(
    ("typed", "host", "along"),
    [
        ("vsc.kuleuven", "login.hpc.kuleuven.be", "no"),
        ("login.hpc.kuleuven.be", "login.hpc.kuleuven.be", "no"),
        ("firewall.vscentrum.be", "firewall.vscentrum.be", "yes"),
    ],
)
def test_the_real_ssh_takes_the_agent_to_the_firewall_alone(typed: str, host: str, along: str) -> None:
    ssh = shutil.which("ssh")
    assert ssh
    done = subprocess.run([ssh, "-G", "-F", "/dev/stdin", typed], input=of_today("openssh"), capture_output=True)
    said = set(done.stdout.decode().splitlines())
    assert {f"hostname {host}", "user vsc98765", f"forwardagent {along}"} <= said, done


def test_the_registry_file_is_what_regedit_exports() -> None:
    content = written("putty-reg")
    assert content.startswith(b"\xff\xfeW\0i\0n\0")
    text = content.decode("utf-16")
    assert text.startswith("Windows Registry Editor Version 5.00\r\n\r\n")
    assert "\n" not in text.replace("\r\n", "")
    assert '"PortNumber"=dword:00000016\r\n"Protocol"="ssh"\r\n' in text
    assert f"; Start Pageant, and add your key to it: {KEY}\r\n" in text


def test_backslashes_and_quotation_marks_in_the_registry() -> None:
    wanted = Settings("h", 22, "u", r'C:\a "b"\c')
    content = putty_registry.write(wanted, ())
    assert r'"PublicKeyFile"="C:\\a \"b\"\\c"' in content.decode("utf-16")
    assert putty_registry.read(content) == wanted


def test_mobaxterm_writes_windows_1252_and_lines_of_windows() -> None:
    content = mobaxterm.write(Settings("h", 22, "u", "C:/Jäñ/€"), ())
    assert content.split(b"#")[2].split(b"%")[14] == "C:/Jäñ/€".encode("cp1252")
    assert content.count(b"\r\n") == content.count(b"\n") == 4
    fields = written("mobaxterm").decode("cp1252").split("#")[2].split("%")
    assert (len(fields), fields[14], fields[34]) == (35, "", "-1")


@pytest.mark.parametrize(
    ("plain", "escaped"),
    [
        (r"C:\a b\k.ppk", "C:%5Ca%20b%5Ck.ppk"),
        (".k.ppk", "%2Ek.ppk"),
        ("100%?*", "100%25%3F%2A"),
        ("é", "%EF%BB%BF%C3%A9"),
    ],
)
def test_winscp_escapes_as_putty_does(plain: str, escaped: str) -> None:
    assert putty.escape(plain) == escaped
    assert putty.unescape(escaped) == plain


def test_filezilla_asks_by_keyboard_interactive() -> None:
    text = written("filezilla").decode()
    assert "<Protocol>1</Protocol>" in text
    assert "<Logontype>3</Logontype>" in text


def test_nx_says_that_the_service_has_ended() -> None:
    assert "nx.hpc.kuleuven.be was in use until 2026-05" in written("nx").decode()
    assert "2026" not in written("openssh").decode()
    with pytest.raises(UsageError, match=r"^nx has ended: open https://ondemand\.hpc\.kuleuven\.be/ in your browser"):
        make("nx", "vsc98765", KEY, POLICY)


@pytest.mark.parametrize(
    ("client", "key", "policy"),
    [
        *((client, KEY, WITH_KEYS) for client in FORMATS),
        *((client, None, POLICY) for client in FORMATS if client != "nx"),
    ],
)
def test_a_profile_says_how_it_is_imported(client: str, key: str | None, policy: Policy) -> None:
    encoding = "utf-16" if client == "putty-reg" else "utf-8"
    profile = make(client, "vsc98765", key, policy)
    assert profile.importing
    text = profile.content.decode(encoding)
    has_comments = client not in ("putty-unix", "mobaxterm")
    assert [line in text for line in profile.importing] == [has_comments] * len(profile.importing)
    # Who needs a key is told of it, and who needs none of the page that comes first.
    said = " ".join(profile.importing)
    assert ("open https://firewall.vscentrum.be in your browser" in said) == (policy is POLICY)
    assert not re.search(r"[{}]", said)


@pytest.mark.parametrize("client", TODAY)
def test_no_profile_of_today_speaks_of_a_key(client: str) -> None:
    assert "key" not in " ".join(make(client, "vsc98765", None, POLICY).importing)


# -- what is none ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("client", FORMATS)
def test_a_file_that_is_no_profile(client: str) -> None:
    for content in (
        b"",
        b"hello\n",
        b"<a/>",
        b"[Bookmarks]\r\nvsc=#1\r\n",
        written("nx" if client != "nx" else "winscp"),
    ):
        with pytest.raises(ValueError):
            FORMATS[client].read(content)


CHANGES = {
    "putty-reg": [('"TryAgent"=dword:00000001', '"TryAgent"=dword:00000000'), ('"UserName"="vsc98765"\r\n', "")],
    "putty-unix": [("AuthKI=1", "AuthKI=0"), ("HostName", "OtherName")],
    "mobaxterm": [("#109#", "#91#"), ("%-1%-1%-1#Moba", "%-1%0%-1#Moba"), ("%22%vsc", "%vsc")],
    "nx": [('value="ssh"', 'value="nx"'), ('"User"', '"Other"')],
    "filezilla": [("<Logontype>3", "<Logontype>2"), ("<Protocol>1", "<Protocol>0"), ("User>", "Other>")],
    "winscp": [("FSProtocol=2", "FSProtocol=5"), ("TryAgent=1", "TryAgent=0"), ("UserName", "Other")],
    "openssh": [("    User vsc98765\n", ""), ("Host ", "Match ")],
}
CHANGES_TODAY = [
    ("User vsc98765\n    ForwardAgent", "User vsc11111\n    ForwardAgent"),
    ("    ForwardAgent yes\n", ""),
    ("    ForwardAgent yes\n", "    ForwardAgent yes\n\nHost *\n    ForwardAgent yes\n"),
    ("Host vsc.kuleuven ", "Host * "),
]


@pytest.mark.parametrize(
    ("client", "old", "new"), [(client, *change) for client in CHANGES for change in CHANGES[client]]
)
def test_a_profile_that_says_something_else(client: str, old: str, new: str) -> None:
    encoding = "utf-16" if client == "putty-reg" else "utf-8"
    text = written(client).decode(encoding)
    assert old in text
    with pytest.raises(ValueError):
        FORMATS[client].read(text.replace(old, new).encode(encoding))


@pytest.mark.parametrize(("old", "new"), CHANGES_TODAY)
def test_a_profile_for_two_machines_that_says_something_else(old: str, new: str) -> None:
    text = of_today("openssh").decode()
    assert old in text
    with pytest.raises(ValueError, match="other machines"):
        FORMATS["openssh"].read(text.replace(old, new).encode())


# -- what a user may give ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "account",
    ["", "vsc1234", "vsc123456", "VSC12345", "vsc1234x", "root", "vsc12345 ", "vsc12345\n", "vsc१२३४५", "a@b"],
)
def test_a_name_that_is_no_account(account: str) -> None:
    with pytest.raises(UsageError, match="--user takes a name like vsc98765"):
        make("openssh", account, KEY, WITH_KEYS)


@pytest.mark.parametrize("character", list("\n\r\t\0\x1b\x7f\"'`%$&|;<>*?!#=(){}[]^,\u2028\u202e\u00a0"))
def test_a_character_that_no_profile_can_take(character: str) -> None:
    for key in (f"/home/a{character}b/key", f"/home/k{character}y", f"/home/key{character}"):
        with pytest.raises(UsageError, match="--key takes a whole path") as caught:
            make("openssh", "vsc98765", key, WITH_KEYS)
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    "key", ["", "id_rsa", "./id_rsa", "~", "~jan/key", "/", "/home/", "C:key", "/home/key.", "-i", "/ "]
)
def test_a_path_that_leads_nowhere(key: str) -> None:
    with pytest.raises(UsageError, match="--key takes a whole path"):
        make("openssh", "vsc98765", key, WITH_KEYS)


@pytest.mark.parametrize("key", ["~/.ssh/id_rsa_vsc.pub", "C:/keys/ID.PUB"])
def test_the_public_half(key: str) -> None:
    with pytest.raises(UsageError, match="is the public half"):
        make("openssh", "vsc98765", key, WITH_KEYS)


def test_a_policy_with_another_host() -> None:
    host = POLICY.fact("login_host")
    other = POLICY.model_copy(
        update={"facts": {**POLICY.facts, "login_host": host.model_copy(update={"value": "new.example"})}}
    )
    content = make("winscp", "vsc98765", None, other).content
    assert re.search(rb"^HostName=new\.example\r$", content, re.MULTILINE)
    assert winscp.read(content) == replace(winscp.read(of_today("winscp")), host="new.example")


@pytest.mark.parametrize("client", FORMATS)
def test_where_a_login_takes_a_key_it_must_be_named(client: str) -> None:
    with pytest.raises(UsageError, match=r"^by the rules of 2024 a login takes a key: name it with --key, like ~/"):
        make(client, "vsc98765", None, WITH_KEYS)


@pytest.mark.parametrize("client", [client for client in TODAY if client != "openssh"])
def test_a_key_that_no_profile_would_name_is_refused(client: str) -> None:
    with pytest.raises(
        UsageError, match=f"^a profile for {client} names no key, and a login takes none: leave out --key"
    ):
        make(client, "vsc98765", KEY, POLICY)
