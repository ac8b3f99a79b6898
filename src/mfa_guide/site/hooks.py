"""What MkDocs calls while it builds the guide."""
