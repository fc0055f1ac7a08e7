// Puts the text of a chosen OPML file into the field that is sent.
"use strict";
document.getElementById("file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file) document.getElementById("opml").value = await file.text();
});
