"""Dictionary, parser, parameters, checks: keys in, words out. Pure, with no clock of its own."""
