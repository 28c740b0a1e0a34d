"""What the tests of generated files say of each thing that they look at."""
import sys


def check(what, condition):
    if not condition:
        sys.exit(f"FAILED: {what}")
    print("ok:", what)
