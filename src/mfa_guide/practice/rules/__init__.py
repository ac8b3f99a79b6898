"""The rules of the login service: who gets in, from where, when, and what is noted. No network here."""
