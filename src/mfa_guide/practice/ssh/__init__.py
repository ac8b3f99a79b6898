"""The SSH side: the gateway, its sessions and its certificates."""
