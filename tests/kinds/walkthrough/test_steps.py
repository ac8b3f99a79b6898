"""Reading walkthroughs."""

import pytest

from mfa_guide.expecting.failure import Failure
from mfa_guide.kinds.walkthrough.steps import Choose, Open, Press, See, Upload, parse_walkthrough

WHOLE = """\
window: browser
steps:
  - open: link
  - choose: KU Leuven Association
    in: Home organization
    says: Yours may be another one.
  - press: Yes
  - upload: ~/.ssh/id_rsa_vsc.pub
    into: Public key
  - see: All set up!
"""


def test_reads_every_verb_with_its_line() -> None:
    assert parse_walkthrough(WHOLE).steps == (
        Open(line=3, open="link"),
        Choose(line=4, choose="KU Leuven Association", says="Yours may be another one.", **{"in": "Home organization"}),
        Press(line=7, press="Yes"),
        Upload(line=8, upload="~/.ssh/id_rsa_vsc.pub", into="Public key"),
        See(line=10, see="All set up!"),
    )


@pytest.mark.parametrize(
    ("wrong", "right", "line", "says"),
    [
        ("press: Yes", "pres: Yes", 7, "exactly one of: open, private, choose, press, upload, tick, see"),
        ("    into: Public key\n", "", 8, "`into`: this is missing"),
        ("    in: Home organization\n", "", 4, "`in`: this is missing"),
        ("window: browser", "window: puty", 1, "`window` is one of browser, putty, .* not “puty”"),
        ("window: browser", "window: putty", 3, "exactly one of: start, select"),
        ("  - see: All set up!", "  - see: All set up!\n    press: Yes", 10, "exactly one of"),
        ("    says: Yours", "    say: Yours", 6, "`say` is not known here: did you mean `says`"),
        ("  - see: All set up!", "  - see: 'All", 10, "this is not YAML"),
        ("steps:", "stages:", 1, "a list of `steps:`"),
        ("press: Yes", "press: ''", 7, "`press`"),
    ],
)
def test_names_the_line_that_is_wrong(wrong: str, right: str, line: int, says: str) -> None:
    assert wrong in WHOLE
    with pytest.raises(Failure, match=says) as failure:
        parse_walkthrough(WHOLE.replace(wrong, right))
    assert failure.value.line == line
