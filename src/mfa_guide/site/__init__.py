"""The published guide: everything that only MkDocs needs."""
