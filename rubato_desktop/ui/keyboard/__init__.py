"""The 25 keys on the screen and on the computer's keyboard."""
