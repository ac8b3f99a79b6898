"""The windows of the reader's machine: hands that do the steps of walkthroughs there, and the eyes that see them.

The hands know no toolkit: they work on what `control.py` says. PuTTY and FileZilla for Linux are in `gtk/`; programs
for Windows are in `clients/wine/`.

All of it runs in that machine, with Debian's Python: nothing is imported here that Debian's lacks.
"""
