"""Runs commands of the AWS CLI for a test, each in a process of its own.

Loading the CLI takes longer than most commands. Here it is loaded once, and every command runs in a fork of what was
loaded: with its arguments, its exit code, and what it prints, as if it had been started by itself.
"""

import http.server
import json
import os
import sys
import tempfile

from awscli import clidriver

# Given to each command, and not by the environment: version 1 asks SQS at AWS whatever AWS_ENDPOINT_URL says.
ENDPOINT = os.environ.pop("ENDPOINT")
DRIVER = clidriver.create_clidriver()
for service in ("apigateway", "dynamodb", "iam", "lambda", "sns", "sqs", "sts"):
    DRIVER.session.get_service_model(service)


def run(arguments):
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if child == 0:
            code = 255
            try:
                os.dup2(out.fileno(), 1)
                os.dup2(err.fileno(), 2)
                code = DRIVER.main(["--endpoint-url", ENDPOINT, *arguments]) or 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 255
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        out.seek(0)
        err.seek(0)
        return {
            "code": os.waitstatus_to_exitcode(status),
            "out": out.read().decode(),
            "err": err.read().decode(),
        }


class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer({})

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.answer(run(json.loads(body)))

    def answer(self, what):
        body = json.dumps(what).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


if __name__ == "__main__":
    http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
