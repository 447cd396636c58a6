"""The browser extension and the wire protocol between it and the app; independent of the app's own code."""

V = 1  # version of the wire protocol; each end refuses any other and says which end to update
