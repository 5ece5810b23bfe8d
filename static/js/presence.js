// Says again and again that this claim stands open, and shows who else has it open and whether it has changed meanwhile.

const PAUSE = 20000;

function words(leaving) {
  const body = new FormData();
  body.set("csrfmiddlewaretoken", document.querySelector("[name=csrfmiddlewaretoken]").value);
  if (leaving) body.set("leaving", "1");
  return body;
}

function show(block, { people, version }) {
  const line = block.querySelector("[data-looking]");
  const names = line.querySelector("[data-people]");
  // Written anew it would be read out again, though nothing has changed.
  if (names.textContent !== people.join(", ")) names.textContent = people.join(", ");
  line.hidden = people.length === 0;
  if (version !== Number(block.dataset.version)) block.querySelector("[data-moved-on]").hidden = false;
}

async function ask(block) {
  if (document.visibilityState !== "visible") return; // nobody looks at a page that lies behind another
  try {
    const headers = { Accept: "application/json" };
    const answer = await fetch(block.dataset.presence, { method: "POST", body: words(), headers });
    if (answer.ok && (answer.headers.get("Content-Type") ?? "").includes("json")) show(block, await answer.json());
  } catch {
    // No connection at this moment: the next one says it again.
  }
}

export function startPresence(root) {
  const block = root.querySelector("[data-presence]");
  if (!block) return;
  ask(block);
  setInterval(() => ask(block), PAUSE);
  document.addEventListener("visibilitychange", () => ask(block));
  window.addEventListener("pagehide", () => navigator.sendBeacon(block.dataset.presence, words(true)));
}
