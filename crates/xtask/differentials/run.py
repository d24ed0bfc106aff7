#!/usr/bin/env python3
"""Compares the password policy with programs that are not ours; docs/differentials.md explains what differs.

usage: run.py path/to/rekey

Needs, and says so when it is missing: zxcvbn (PyPI), cracklib-check (Debian: cracklib-runtime),
pwscore (Debian: libpwquality-tools), Samba's Python modules (Debian: python3-samba).
"""
import json
import random
import shutil
import subprocess
import sys

REKEY = sys.argv[1] if len(sys.argv) == 2 else sys.exit(__doc__)
SEED = 20261121

WORDS = """password monkey dragon sunshine princess welcome shadow master baseball football charlie orange
banana summer winter coffee secret hello freedom whatever trust hunter soccer ginger pepper cheese correct horse
battery staple lantern thursday maple copper velvet anchor drizzle kettle moss paint fences quiet street""".split()
ROWS = ["qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890", "qazwsx", "1qaz2wsx"]
LEET = str.maketrans("aeios", "4310$")


def check(preset, passwords):
    """Our verdicts."""
    arguments = [REKEY, "policy", "check", "--preset", preset]
    text = "\n".join(passwords) + "\n"
    out = subprocess.run(arguments, input=text, capture_output=True, text=True, check=True).stdout
    return [json.loads(line) for line in out.splitlines()]


def plain(dice):
    """A password as people and machines make them, of printable ASCII."""
    kind = dice.randrange(8)
    word = dice.choice(WORDS)
    if kind == 0:
        return word + str(dice.randrange(1000))
    if kind == 1:
        return word.translate(LEET).capitalize() + dice.choice("!?.") + str(dice.randrange(100))
    if kind == 2:
        row = dice.choice(ROWS)
        return row[: dice.randrange(4, len(row) + 1)] * dice.randrange(1, 3)
    if kind == 3:
        return f"{dice.randrange(1, 29):02}{dice.randrange(1, 13):02}{dice.randrange(1950, 2026)}"
    if kind == 4:
        return "".join(chr(dice.randrange(33, 127)) for _ in range(dice.randrange(4, 20)))
    if kind == 5:
        return " ".join(dice.choice(WORDS) for _ in range(dice.randrange(2, 6)))
    if kind == 6:
        return dice.choice("abcxyz019") * dice.randrange(4, 16)
    return word[::-1] + dice.choice(WORDS).upper()


def strength(dice):
    try:
        from zxcvbn import zxcvbn
    except ImportError:
        return print("skipped: zxcvbn is not installed (pip install zxcvbn)")
    passwords = sorted({plain(dice) for _ in range(4000)})
    ours = [line["score"] for line in check("recommended", passwords)]
    theirs = [zxcvbn(password)["score"] for password in passwords]
    differing = [(p, o, t) for p, o, t in zip(passwords, ours, theirs) if o != t]
    print(f"zxcvbn for Python: {len(passwords)} passwords, {len(differing)} scores differ")
    for password, one, other in differing[:40]:
        print(f"  {password!r}: ours {one}, theirs {other}")


def obvious(dice):
    for program, verdict in [("cracklib-check", cracklib), ("pwscore", pwscore)]:
        if shutil.which(program) is None and shutil.which(program, path="/usr/sbin") is None:
            print(f"skipped: {program} is not installed")
            continue
        passwords = sorted({plain(dice) for _ in range(400)} | set(WORDS))
        ours = [line["accepted"] for line in check("recommended", passwords)]
        let_in = [p for p, accepted in zip(passwords, ours) if accepted and not verdict(p)]
        refused = sum(not verdict(p) for p in passwords)
        print(f"{program}: {len(passwords)} passwords, {refused} refused by it, {len(let_in)} of these accepted by us")
        for password in let_in[:20]:
            print(f"  {password!r}")


def cracklib(password):
    program = shutil.which("cracklib-check") or "/usr/sbin/cracklib-check"
    return subprocess.run([program], input=password, capture_output=True, text=True).stdout.rstrip().endswith(": OK")


def pwscore(password):
    return subprocess.run(["pwscore"], input=password, capture_output=True, text=True).returncode == 0


def directory(dice):
    alphabet = "abcXYZ019 -_!#\"~éÉßЖжあ花😀１"
    passwords = ["".join(dice.choice(alphabet) for _ in range(dice.randrange(7, 12))) for _ in range(6000)]
    script = "import sys, samba\nfor line in sys.stdin: print(int(samba.check_password_quality(line.rstrip('\\n'))))"
    asked = subprocess.run(["/usr/bin/python3", "-c", script], input="\n".join(passwords), capture_output=True, text=True)
    if asked.returncode != 0:
        return print("skipped: Samba's Python modules are not installed (Debian: python3-samba)")
    theirs = [line == "1" for line in asked.stdout.split()]
    ours = ["classes" not in line["failed"] for line in check("ad-complexity", passwords)]
    differing = [(p, o, t) for p, o, t in zip(passwords, ours, theirs) if o != t]
    print(f"Samba: {len(passwords)} passwords, {sum(theirs)} complex, {len(differing)} verdicts differ")
    for password, one, other in differing[:20]:
        print(f"  {password!r}: ours {one}, theirs {other}")


for part in (strength, obvious, directory):
    part(random.Random(SEED))
