"""Run a command at the VSC with fabric, by the link."""

from by_link import ByLink
from fabric import Connection

by_link = {"auth_strategy": ByLink("vsc98765")}
with Connection("login.hpc.kuleuven.be", user="vsc98765", connect_kwargs=by_link) as connection:
    connection.run("hostname")
