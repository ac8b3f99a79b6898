"""Run commands at the VSC with fabric and your certificate."""

import sys

from agent_certificate import certificate
from fabric import Connection
from paramiko import AuthenticationException

by_certificate = {"pkey": certificate(), "allow_agent": False}
try:
    with Connection(
        "login.hpc.kuleuven.be", user="vsc98765", connect_timeout=20, connect_kwargs=by_certificate
    ) as connection:
        connection.run("hostname")
        connection.run("ls")
except AuthenticationException:
    sys.exit("The certificate has ended: ssh -A vsc98765@firewall.vscentrum.be first")
except TimeoutError:
    sys.exit("No answer: open https://firewall.vscentrum.be in your browser first")
