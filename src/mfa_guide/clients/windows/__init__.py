"""The windows of the reader's machine: a desktop that nobody sees, and hands that do the steps of walkthroughs there.

All of it runs in that machine, with Debian's Python and its binding to the accessibility bus: nothing is imported here
that Debian's Python lacks.
"""

import gi

# Every module here means this version, whichever of them is imported first.
gi.require_version("Atspi", "2.0")
