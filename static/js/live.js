// Keeps regions of a page ([data-live]) up to date while the portal works on documents. Without scripts: "Look again".

const PAUSE = 2000;
const PATIENCE = 120000;

/** Says something to whoever does not see it happen. */
export function say(text) {
  const status = document.querySelector("[data-live-status]");
  if (status) status.textContent = text;
}

/** Puts what `page` has of each region in its place, if it differs; the focus stays where it was. */
export function swap(page) {
  for (const region of document.querySelectorAll("[data-live]")) {
    const found = page.querySelector(`[data-live="${region.dataset.live}"]`);
    if (!found || found.isEqualNode(region)) continue;
    const fresh = document.importNode(found, true);
    const held = region.contains(document.activeElement) ? document.activeElement : null;
    const open = [...region.querySelectorAll("details")].map((details) => details.open);
    region.replaceWith(fresh);
    [...fresh.querySelectorAll("details")].forEach((details, place) => { details.open ||= Boolean(open[place]); });
    if (held) likeIn(fresh, held)?.focus();
  }
}

function likeIn(region, old) {
  const same = (other) => other.getAttribute("href") === old.getAttribute("href") && other.value === old.value;
  return [...region.querySelectorAll(old.localName)].find(same);
}

async function look() {
  try {
    const answer = await fetch(window.location.href, { headers: { Accept: "text/html" } });
    return answer.ok ? new DOMParser().parseFromString(await answer.text(), "text/html") : null;
  } catch {
    return null; // no connection at this moment: the next look may succeed
  }
}

let timer = 0;

/** Looks every two seconds, for two minutes from now, as long as something is being worked on. */
export function watch(until = Date.now() + PATIENCE) {
  clearTimeout(timer);
  if (!document.querySelector("[data-busy]") || Date.now() > until) return;
  timer = setTimeout(async () => {
    const page = await look();
    if (page) swap(page);
    if (document.querySelector("[data-busy]")) watch(until);
    else say(document.querySelector("[data-live-status]")?.dataset.done ?? "");
  }, PAUSE);
}

watch();
