"""The windows of programs that are made with GTK, on a desktop that nobody sees."""

import gi

# Every module here means this version, whichever of them is imported first.
gi.require_version("Atspi", "2.0")
