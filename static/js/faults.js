// After a refused form the reader, and a screen reader, start at the summary of what is wrong.

export function showFirstFault(root) {
  root.querySelector(".error-summary")?.focus();
}
