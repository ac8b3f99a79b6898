"""The practice site: a stand-in for the VSC's login service that runs on one machine."""
