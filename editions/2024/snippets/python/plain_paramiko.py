"""What paramiko does with a certificate by itself."""

import paramiko

with paramiko.SSHClient() as client:
    client.load_system_host_keys()
    try:
        client.connect("login.hpc.kuleuven.be", username="vsc98765", look_for_keys=False)
        print("paramiko is in")
    except paramiko.SSHException as error:
        print("paramiko:", error)
