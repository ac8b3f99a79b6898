"""The practice site's web pages: the firewall, the institutions, and the account page.

They look and read like what a user meets, and cannot be taken for it: every page says PRACTICE, nobody types a
password, and an institution is only a list of people to pick from.
"""
