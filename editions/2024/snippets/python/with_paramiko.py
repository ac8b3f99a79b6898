"""Run a command at the VSC with paramiko and your certificate."""

import sys

import paramiko
from agent_certificate import certificate

with paramiko.SSHClient() as client:
    client.load_system_host_keys()
    try:
        client.connect("login.hpc.kuleuven.be", username="vsc98765", pkey=certificate(), allow_agent=False)
    except paramiko.AuthenticationException:
        sys.exit("The certificate has ended: ssh -A vsc98765@firewall.vscentrum.be first")
    _, output, _ = client.exec_command("hostname")
    print("You are on", output.read().decode().strip())
