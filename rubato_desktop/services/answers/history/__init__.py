"""Questions and answers, kept as one JSON file each; corrected, exported, and let go by rule.

`Inquiries` keeps and finds them, `retention` says which may go, `exporting` writes them out before they do.
"""
