// The queue by keyboard: the arrows or j and k go from row to row, Enter or o opens, x ticks. Without it the page is
// the same list of links. What its buttons and fields do stands on them (keys.js).
import { bind, goTo } from "./keys.js";

const table = document.querySelector("[data-queue]");
const rows = [...(table?.querySelectorAll("[data-row]") ?? [])];
const linkOf = (row) => row.querySelector("th a");

/** The row that the reader is in; -1 before the first step. */
function place() {
  return rows.findIndex((row) => row.contains(document.activeElement));
}

/** One row on; the first key goes to the first row, or up to the last. */
function step(by) {
  if (!rows.length) return false;
  const at = place();
  const next = at < 0 ? (by > 0 ? 0 : rows.length - 1) : Math.min(Math.max(at + by, 0), rows.length - 1);
  goTo(linkOf(rows[next]));
  return true;
}

bind(["j", "ArrowDown"], () => step(1));
bind(["k", "ArrowUp"], () => step(-1));
// In a row the focus is on its link, where arrows mean nothing else; they are no single letters, so they always work.
table?.addEventListener("keydown", (event) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!by || !event.target.matches("th a") || event.ctrlKey || event.altKey || event.metaKey) return;
  event.preventDefault();
  step(by);
});
bind("o", () => {
  const row = rows[place()];
  if (!row) return false;
  linkOf(row).click();
  return true;
});

// --- Ticking, for arbiters -----------------------------------------------------------------------------------

const boxes = [...(table?.querySelectorAll("[data-claim]") ?? [])];
const all = table?.querySelector("[data-all-claims]");

function count() {
  const ticked = boxes.filter((box) => box.checked).length;
  for (const shown of document.querySelectorAll("[data-ticked]")) {
    shown.textContent = String(ticked);
    shown.hidden = ticked === 0;
  }
  all.checked = ticked === boxes.length;
  all.indeterminate = ticked > 0 && ticked < boxes.length;
}

if (all) {
  all.hidden = false;
  table.querySelector("[data-all-claims-words]").hidden = true;
  all.addEventListener("change", () => {
    for (const box of boxes) box.checked = all.checked;
    count();
  });
  table.addEventListener("change", count);
  bind("x", () => {
    const box = rows[place()]?.querySelector("[data-claim]");
    if (!box) return false;
    box.checked = !box.checked;
    count();
    return true;
  });
  count();
}
