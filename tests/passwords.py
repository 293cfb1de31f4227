"""Passwords of the tests' people, made in no time: hashing is made to be slow."""

from django.contrib.auth.hashers import PBKDF2PasswordHasher


class QuickPasswords(PBKDF2PasswordHasher):
    """What it makes is read by every server: the hash itself names how often it went."""

    iterations = 1
