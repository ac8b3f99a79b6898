"""`python -m mfa_guide` is `mfa-guide`."""

from mfa_guide.cli import main

main()
