"""Log in at the VSC from Python: the link is shown, and the login goes on by itself."""

import asyncio

import asyncssh


class Login(asyncssh.SSHClient):
    def kbdint_auth_requested(self):
        return ""

    def kbdint_challenge_received(self, name, instructions, lang, prompts):
        print(instructions)
        return []


async def main():
    async with asyncssh.connect(
        "login.hpc.kuleuven.be",
        username="vsc98765",
        client_factory=Login,
        login_timeout="5m",
    ) as connection:
        answer = await connection.run("hostname", check=True)
        print("You are on", answer.stdout.strip())


asyncio.run(main())
