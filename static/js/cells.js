// Ticking cells of the proof matrix: each choice is stored at once, and what is missing is carried into the form that
// decides (deciding.js). Every page works without: then the ticks are stored by their button.

const PAUSE = 400;

/** Sends a form to a script's answer; null where it did not get through. */
async function send(form) {
  const body = new FormData(form);
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" }, keepalive: true });
    const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
    return { ok: answer.ok && isJson, refused: answer.status === 422, data: isJson ? await answer.json() : {} };
  } catch {
    return null;
  }
}

/** Calls `act` once when nothing has been asked for a moment. `now` waits no longer, and tells whether it went through. */
function calmly(act) {
  let timer;
  let running = Promise.resolve(true);
  const now = () => {
    if (timer) running = act();
    clearTimeout(timer);
    timer = undefined;
    return running;
  };
  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(now, PAUSE);
  };
  return { soon, now };
}

// --- Ticking -------------------------------------------------------------------------------------------------

/** One of the two, or neither: ticking one takes the other back. */
function choose(box) {
  const group = box.closest("[data-tick]");
  for (const other of group.querySelectorAll("input")) if (other !== box && box.checked) other.checked = false;
  carry(group.dataset.tick, group.querySelector("[name=missing]").checked);
}

/** Names a missing cell in the form that decides, and takes it out again. */
function carry(key, isMissing) {
  for (const box of document.querySelectorAll("input[name=cells]")) {
    if (box.value !== key || box.checked === isMissing) continue;
    box.checked = isMissing;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

/** Lets all of these cells hold; what is ticked as missing stays so, and what cannot be seen yet does not hold. */
function holdAll(groups) {
  for (const group of groups) {
    const held = group.querySelector("[name=held]");
    if (!held.disabled && !group.querySelector("[name=missing]").checked) held.checked = true;
  }
}

function shortcut(head, label, groups, changed) {
  if (groups.length < 2) return;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "hold-all";
  button.textContent = label;
  button.addEventListener("click", () => {
    holdAll(groups);
    changed();
  });
  head.append(button);
}

/** "All hold" for each product and each column of the table. */
function addShortcuts(form, changed) {
  const label = form.dataset.allHold;
  for (const row of form.querySelectorAll("table tbody tr")) {
    shortcut(row.querySelector("th"), label, [...row.querySelectorAll("[data-tick]")], changed);
  }
  for (const head of form.querySelectorAll("th[data-column]")) {
    const inColumn = [...form.querySelectorAll("table [data-tick]")];
    shortcut(head, label, inColumn.filter((group) => group.dataset.tick.endsWith(`:${head.dataset.column}`)), changed);
  }
}

/** Ticks are stored before their page is left. A link that waits for it stays once where they could not be. */
function storeBeforeLeaving(now) {
  let warned = false;
  window.addEventListener("pagehide", now);
  for (const link of document.querySelectorAll("[data-after-ticks]")) {
    link.addEventListener("click", async (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      const stored = await now();
      if (stored || warned) location.assign(link.href);
      warned = true;
    });
  }
}

function startTicking(form) {
  const state = form.querySelector("[data-ticking-state]");
  const { soon: store, now } = calmly(async () => {
    const answer = await send(form);
    state.textContent = answer?.ok ? form.dataset.stored : form.dataset.notStored;
    state.classList.toggle("ticking-failed", !answer?.ok);
    return Boolean(answer?.ok);
  });
  form.querySelector("[data-store]").hidden = true;
  form.addEventListener("change", (event) => {
    if (event.target.closest("[data-tick]")) choose(event.target);
    store();
  });
  form.querySelector("[name=all]").addEventListener("click", (event) => {
    event.preventDefault();
    holdAll(form.querySelectorAll("[data-tick][data-filled=yes]"));
    store();
  });
  addShortcuts(form, store);
  storeBeforeLeaving(now);
}

for (const form of document.querySelectorAll("form[data-ticking]")) startTicking(form);
