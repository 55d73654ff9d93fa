"""Requests that schemathesis (PyPI) makes up from the OpenAPI document: none may find an answer the document does not know.

    python3 -m pip install schemathesis
    BACKTESTER_HTTP=.build/debug/backtester-http python3 Tests/HTTPServerTests/Python/schema.py

Without schemathesis the test is skipped.
"""
import importlib.util
import os
import subprocess
import sys
import tempfile
import unittest

from harness import ServerCase, main

# What must hold whatever is sent. Left out are checks that take a request for wrong or right by its schema alone: fields
# that nobody knows are ignored, and a strategy's name may be right in form and still be none.
CHECKS = ["not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
          "response_schema_conformance", "unsupported_method"]
EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "15")


@unittest.skipUnless(importlib.util.find_spec("schemathesis"), "schemathesis is not installed")
class MadeUp(ServerCase):
    # Nothing may leave this machine.
    environment = {"BACKTESTER_YAHOO_URL": "http://127.0.0.1:1", "BACKTESTER_HTTP_TIMEOUT": "2"}

    def test_answers_are_those_of_the_document(self):
        with tempfile.TemporaryDirectory() as folder:
            run = subprocess.run(
                [sys.executable, "-m", "schemathesis.cli", "run", self.server.api + "/openapi.json", "--no-color",
                 "--checks", ",".join(CHECKS), "--max-examples", EXAMPLES, "--phases", "examples,coverage,fuzzing",
                 "--generation-deterministic", "--continue-on-failure", "--request-timeout", "60",
                 "--suppress-health-check", "all"],
                cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(run.returncode, 0, run.stdout[-6000:])
        print(run.stdout[-600:])
        self.assertEqual(self.server.get("/healthcheck/").status_code, 200)


if __name__ == "__main__":
    main()
