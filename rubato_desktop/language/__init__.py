"""The language of keys: dictionary, parser, parameters and checks. Pure functions of keys and their times."""
