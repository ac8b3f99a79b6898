"""Log in with paramiko by the link: it is printed, and the login goes on when you have answered."""

from paramiko import SSHConfig
from paramiko.auth_strategy import AuthSource, AuthStrategy


class Link(AuthSource):
    def authenticate(self, transport):
        # Five minutes for your answer; without this line it is 30 seconds.
        transport.auth_timeout = 300
        return transport.auth_interactive(self.username, self.show)

    def show(self, title, instructions, prompts):
        print(instructions)
        return []


class ByLink(AuthStrategy):
    def __init__(self, username):
        super().__init__(SSHConfig())
        self.username = username

    def get_sources(self):
        yield Link(self.username)
