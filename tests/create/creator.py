"""`waypost create` in a process of its own, to be killed. Started by forkserver, so that it costs no start-up."""

from __future__ import annotations

import argparse
import os
import sys
import time

from waypost.cli import create


def main(environment, command, gate, log):
    """Wait for the gate, then run the command; the exit code is the process's."""
    gate.recv()
    os.environ.update(environment)
    sys.stdout = sys.stderr = open(log, "a", buffering=1)  # noqa: SIM115
    parser = argparse.ArgumentParser()
    create.add_arguments(parser)
    sys.exit(create.perform(parser.parse_args(command), time.time, lambda seconds: time.sleep(min(seconds, 0.05))))
