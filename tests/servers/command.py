"""`aws`, as a script finds it: hands its arguments to commands.py, and prints what comes back."""

import json
import socket
import sys

body = json.dumps(sys.argv[2:]).encode()
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as to:
    to.sendall(b"POST / HTTP/1.0\r\nContent-Length: %d\r\n\r\n" % len(body) + body)
    answer = b""
    while more := to.recv(1 << 16):
        answer += more
answer = json.loads(answer.partition(b"\r\n\r\n")[2])
sys.stdout.write(answer["out"])
sys.stderr.write(answer["err"])
sys.exit(answer["code"])
