"""The hand in the browser: the wire between the app and its extension. Nothing here knows the app."""

V = 1  # the version of the wire; both ends refuse another, and say which of them to update
