// Shows the copy buttons and lets them put the text beside them on the clipboard.

async function copy(button) {
  await navigator.clipboard.writeText(button.closest(".copyable").querySelector("pre").textContent);
  const label = button.querySelector("span");
  const usual = label.textContent;
  label.textContent = button.dataset.copied;
  setTimeout(() => { label.textContent = usual; }, 2000);
}

export function offerCopying(root) {
  if (!navigator.clipboard) return; // without a secure address the text can still be marked by hand
  for (const button of root.querySelectorAll("button[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", () => copy(button));
  }
}
