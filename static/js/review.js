// Puts a reason's ready sentence into the text beside it, and ticks the reason. Without scripts it can be copied by hand.

function use(button) {
  const box = button.closest(".box");
  const form = button.closest("form");
  const text = form.querySelector("textarea[name=text]");
  const sentence = box.querySelector(".box-note p").textContent.trim();
  box.querySelector("input[type=checkbox]").checked = true;
  if (!text.value.includes(sentence)) text.value = [text.value.trimEnd(), sentence].filter(Boolean).join("\n\n");
  text.focus();
}

for (const button of document.querySelectorAll("button[data-use-sentence]")) {
  button.hidden = false;
  button.addEventListener("click", () => use(button));
}
