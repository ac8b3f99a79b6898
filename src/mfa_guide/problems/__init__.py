"""Messages that people get, what they mean and what helps: one catalogue for the guide's pages and for `explain`."""
