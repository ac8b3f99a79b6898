"""The gate: what no check stands behind, and does not say why."""
