"""A plugin for `llm` whose model, "file-reader", answers from a file: what a test run has instead of a service.

LEGATION_TEST_ANSWERS names a file of JSON Lines, {"holds": words of the article, "answer": text, "error": words of an
error, "status": HTTP status, "kill": number of a signal}. The first line whose words stand in the question answers it;
without one the answer is that there is no claim. Each question is noted in a file of that name with ".asked".
"""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import llm

MODEL = "file-reader"
NOTHING = '{"claims": []}'


class ServiceError(Exception):
    """What a service's client raises; `status_code` and `response` as those of openai have them."""

    def __init__(self, message: str, status: int | None = None, retry_after: str | None = None) -> None:
        super().__init__(message)
        self.status_code = status
        self.response = type("Answer", (), {"headers": {"retry-after": retry_after} if retry_after else {}})


class FileReader(llm.Model):
    model_id = MODEL
    supports_schema = True

    def execute(
        self, prompt: llm.Prompt, stream: bool, response: llm.Response, conversation: llm.Conversation | None
    ) -> Iterator[str]:
        path = Path(os.environ["LEGATION_TEST_ANSWERS"])
        with path.with_name(path.name + ".asked").open("a", encoding="utf-8") as asked:
            asked.write(json.dumps({"prompt": prompt.prompt, "system": prompt.system, "schema": prompt.schema}) + "\n")
        row = self._row(path, prompt.prompt or "")
        if "kill" in row:
            os.kill(os.getpid(), row["kill"])
        if "error" in row:
            raise ServiceError(row["error"], row.get("status"), row.get("retry_after"))
        response.set_usage(input=1000, output=10)
        yield row.get("answer", NOTHING)

    def _row(self, path: Path, question: str) -> dict[str, Any]:
        rows = (json.loads(line) for line in path.read_text(encoding="utf-8").splitlines())
        return next((row for row in rows if row["holds"] in question), {})


@llm.hookimpl
def register_models(register: Any) -> None:
    register(FileReader())
