"""Run a command at the VSC with paramiko and your certificate."""

import sys

import paramiko
from agent_certificate import certificate

with paramiko.SSHClient() as client:
    client.load_system_host_keys()
    try:
        client.connect("login.hpc.kuleuven.be", username="vsc98765", pkey=certificate(), allow_agent=False, timeout=20)
    except paramiko.AuthenticationException:
        sys.exit("The certificate has ended: ssh -A vsc98765@firewall.vscentrum.be first")
    except TimeoutError:
        sys.exit("No answer: open https://firewall.vscentrum.be in your browser first")
    _, output, _ = client.exec_command("hostname")
    print("You are on", output.read().decode().strip())
