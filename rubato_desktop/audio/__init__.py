"""The process that sounds: synthesiser, mixer, player, and speech in the mix."""
