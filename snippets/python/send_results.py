"""Send a file to the VSC with your certificate, and show how far it is."""

import asyncio
import sys

import asyncssh
from rich.progress import Progress


async def send(name):
    async with (
        asyncssh.connect("login.hpc.kuleuven.be", username="vsc98765", connect_timeout=20) as connection,
        connection.start_sftp_client() as sftp,
    ):
        with Progress() as progress:
            task = progress.add_task(name)

            def show(source, target, done, size):
                progress.update(task, completed=done, total=size)

            await sftp.put(name, progress_handler=show)


try:
    asyncio.run(send("results.dat"))
except asyncssh.PermissionDenied:
    sys.exit("No certificate: ssh -A vsc98765@firewall.vscentrum.be first")
except TimeoutError:
    sys.exit("No answer: open https://firewall.vscentrum.be in your browser first")
