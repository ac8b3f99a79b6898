"""What everything stands on: errors, the project's folders and files, reading and writing them."""
