"""`python -m config.embedded COMMAND …`: run a command with the servers up, and pass its exit code on."""

import os
import signal
import subprocess
import sys

from config.embedded import ServiceError, attach
from config.env import load_env_file


def main(command: list[str]) -> int:
    load_env_file()
    try:
        os.environ.update(attach())
    except ServiceError as error:
        sys.exit(str(error))
    with subprocess.Popen(command) as child:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the command's own; we wait for it
        signal.signal(signal.SIGTERM, lambda *_: child.terminate())
        return child.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
