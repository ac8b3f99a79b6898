"""What turns the guide into a website: everything that only MkDocs needs."""
