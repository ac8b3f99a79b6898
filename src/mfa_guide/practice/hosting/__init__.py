"""Running a practice site: its parts put together, where it keeps its state, how it is talked to."""
