"""Start a command where only loopback exists.

Called in a network of its own as `on_loopback.py FD ENVIRONMENT COMMAND…`: brings the
loopback device up, opens a listening socket there, hands it to the caller through
the Unix socket FD (a socket belongs to the network it was made in, wherever it is
served), and becomes COMMAND with ENVIRONMENT (JSON) and ANTHROPIC_BASE_URL.
"""

import fcntl
import json
import os
import socket
import struct
import sys

SIOCSIFFLAGS, IFF_UP = 0x8914, 0x1


def main() -> None:
    """Read the arguments above; does not return."""
    _, fd, environment, *command = sys.argv
    listener = socket.socket()
    fcntl.ioctl(listener, SIOCSIFFLAGS, struct.pack("16sh14x", b"lo", IFF_UP))
    listener.bind(("127.0.0.1", 0))
    listener.listen(16)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with socket.socket(fileno=int(fd)) as caller:
        socket.send_fds(caller, [b"!"], [listener.fileno()])
    os.execvpe(command[0], command, {**json.loads(environment), "ANTHROPIC_BASE_URL": url})


if __name__ == "__main__":
    main()
