#!/usr/bin/env python3
"""The portal in two commands, with nothing but Python: `python3 dev.py run` and `python3 dev.py test`.

run [--port N] [--state DIR] [--empty]   the whole portal on this machine; Ctrl-C stops all of it
test [--long] [pytest arguments]         every check and every test; with arguments only pytest with them
lock [--upgrade]                         writes requirements/*.lock anew from requirements/*.in
messages                                 brings the Hungarian catalogue in step with the sources

Only the standard library is used here and in devtools/, so that this file can make the environment it needs.
"""

import argparse
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said in plain words before a newer syntax fails to parse
    sys.exit("The portal needs Python 3.11 or newer; this is Python {}.{}.".format(*sys.version_info))

from devtools import checks, environment, portal


def command_line() -> argparse.ArgumentParser:
    """The four commands and their options."""
    parser = argparse.ArgumentParser(prog="dev.py", description="Run or test the CPOR portal.")
    commands = parser.add_subparsers(dest="command", required=True)
    run = commands.add_parser("run", help="run the whole portal on this machine")
    run.add_argument("--port", type=int, help="where it answers (default 8000; 0 takes a free one)")
    run.add_argument("--state", metavar="DIR", help="the state folder (default: STATE_DIR, else var/)")
    run.add_argument("--empty", action="store_true", help="make no demo data")
    test = commands.add_parser("test", help="run every check and test; arguments go to pytest")
    test.add_argument("--long", action="store_true", help="the repetitions in full")
    lock = commands.add_parser("lock", help="write the locked requirements anew")
    lock.add_argument("--upgrade", action="store_true", help="take the newest versions that fit")
    commands.add_parser("messages", help="bring the Hungarian catalogue in step with the sources")
    return parser


def main() -> int:
    """Do what the command line asks; returns the exit code."""
    options, others = command_line().parse_known_args()
    if others and options.command != "test":
        command_line().error(f"unrecognised: {' '.join(others)}")
    try:
        if options.command == "run":
            return portal.run(port=options.port, state=options.state, with_demo_data=not options.empty)
        if options.command == "test":
            return checks.run(pytest_arguments=others, is_long=options.long)
        if options.command == "messages":
            return environment.messages()
        return environment.lock(upgrade=options.upgrade)
    except environment.SetUpError as fault:
        print(f"dev.py: {fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
