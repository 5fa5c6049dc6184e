"""Runs a Python module as a server for as long as the test that started it lives.

The test holds the other end of standard input and never writes to it: its end is the test's end, however that came
about. The whole process group goes then, so that nothing is left behind by a test that was killed.
"""

import os
import runpy
import signal
import sys
import threading


def end_with_the_test():
    while os.read(0, 1024):
        pass
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(1)


threading.Thread(target=end_with_the_test, daemon=True).start()
del sys.argv[0]
runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
