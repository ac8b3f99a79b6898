"""Run a command at the VSC with paramiko, by the link."""

import paramiko
from by_link import ByLink

with paramiko.SSHClient() as client:
    client.load_system_host_keys()
    client.connect("login.hpc.kuleuven.be", username="vsc98765", auth_strategy=ByLink("vsc98765"))
    _, output, _ = client.exec_command("hostname")
    print("You are on", output.read().decode().strip())
