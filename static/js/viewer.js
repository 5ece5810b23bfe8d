// The proof room with the keyboard. Every key presses a link that stands on the page; without scripts the links do it.
// Its keys are turned off and on with those of the reviewers' pages (keys.js).
import { areOn, turn } from "./keys.js";

const LINKS = {
  ArrowLeft: "previous-page",
  k: "previous-page",
  ArrowRight: "next-page",
  j: "next-page",
  "[": "previous-document",
  "]": "next-document",
  "+": "zoom-in",
  "-": "zoom-out",
  0: "zoom-fit",
};
const FIELDS = "input, select, textarea, button, [contenteditable]";
const RETRIES = 5;
const PAUSE = 2000;

const viewer = document.querySelector("[data-viewer]");

/** Whether the key already means something where it was pressed: typing, or pushing a wide page sideways. */
function isTaken(event) {
  const at = event.target;
  if (!areOn() || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey) return true;
  if (at.closest(FIELDS)) return true;
  const region = at.closest("[tabindex='0']");
  return event.key.startsWith("Arrow") && region !== null && region.scrollWidth > region.clientWidth;
}

/** Page Up and Page Down scroll as ever, and turn the page where its edge is already in sight. */
function pageKey(event) {
  const { top, bottom } = document.getElementById("page").getBoundingClientRect();
  if (event.key === "PageDown") return bottom <= window.innerHeight + 1 ? "next-page" : "";
  if (event.key === "PageUp") return top >= -1 ? "previous-page" : "";
  return "";
}

function press(name) {
  const link = name && viewer.querySelector(`[data-key="${name}"]`);
  link?.click();
  return Boolean(link);
}

function toggleKeys(keys) {
  keys.open = !keys.open;
  if (keys.open) keys.querySelector("summary").focus();
}

function listenToKeys() {
  const keys = viewer.querySelector("[data-keys]");
  const box = keys.querySelector("[data-keys-on]");
  keys.hidden = false;
  box.checked = areOn();
  box.addEventListener("change", () => (box.checked = turn(box.checked)));
  document.addEventListener("keydown", (event) => {
    if (isTaken(event)) return;
    if (event.key === "?") {
      toggleKeys(keys);
      event.preventDefault();
    } else if (event.key === "Escape") {
      keys.open = false;
    } else if (press(LINKS[event.key] ?? pageKey(event))) {
      event.preventDefault();
    }
  });
}

/** Brings the page that is looked at into sight among its thumbnails, without moving the window. */
function showCurrent(list) {
  const current = list.querySelector("[aria-current]");
  const box = list.closest(".room-contents");
  if (!current) return;
  const middle = (outer, inner, side, size) => inner[side] - outer[side] - (outer[size] - inner[size]) / 2;
  box.scrollTop += middle(box.getBoundingClientRect(), current.getBoundingClientRect(), "top", "height");
  list.scrollLeft += middle(list.getBoundingClientRect(), current.getBoundingClientRect(), "left", "width");
}

/** Whether a picture that did not come is worth asking for again: many are being drawn at the moment. */
async function isLate(address) {
  const answer = await fetch(address, { method: "HEAD" }).catch(() => null);
  return answer?.status === 503 || answer?.ok === true;
}

/** Loads a picture, where it is late again after a pause. Tells whether it came. */
function load(picture, address, tries = RETRIES) {
  return new Promise((resolve) => {
    picture.onload = () => resolve(true);
    picture.onerror = async () => {
      tries -= 1;
      if (tries > 0 && (await isLate(address))) setTimeout(() => (picture.src = address), PAUSE);
      else resolve(false);
    };
    picture.src = address;
  });
}

/** Thumbnails come as they come into sight and two at a time: the portal draws them one by one. */
function loadThumbnails(list) {
  const waiting = new Set();
  let loading = 0;
  const next = async () => {
    const [place] = waiting;
    if (!place || loading >= 2) return;
    waiting.delete(place);
    watch.unobserve(place);
    loading += 1;
    const picture = Object.assign(new Image(), { alt: "" });
    if (await load(picture, place.dataset.thumbnail)) place.replaceChildren(picture);
    loading -= 1;
    next();
  };
  const watch = new IntersectionObserver((changes) => {
    for (const { target, isIntersecting } of changes) waiting[isIntersecting ? "add" : "delete"](target);
    next();
    next();
  });
  list.querySelectorAll("[data-thumbnail]").forEach((place) => watch.observe(place));
}

/** The page itself: tried again where it was refused, and at last the text instead. */
async function watchOver(sheet) {
  if (sheet.complete && sheet.naturalWidth > 0) return;
  await new Promise((resolve) => {
    sheet.addEventListener("load", resolve, { once: true });
    sheet.addEventListener("error", resolve, { once: true });
    if (sheet.complete) resolve();
  });
  if (sheet.naturalWidth === 0 && !(await load(sheet, sheet.src))) showText();
}

/** Shows what could be read in place of a picture that never came. */
function showText() {
  viewer.querySelector("[data-sheet]").parentElement.hidden = true;
  viewer.querySelector("[data-no-picture]").hidden = false;
  const text = viewer.querySelector("[data-text]");
  if (text) text.open = true;
}

/** "All products" ticks every product of its column, and says by itself whether all, some or none are ticked. */
function joinProducts(group) {
  const all = group.querySelector("[name=columns]");
  const boxes = [...group.querySelectorAll("[name=cells]")];
  if (!all) return;
  const tell = () => {
    const ticked = boxes.filter((box) => box.checked).length;
    all.checked = ticked === boxes.length;
    all.indeterminate = ticked > 0 && ticked < boxes.length;
  };
  all.addEventListener("change", () => boxes.forEach((box) => (box.checked = all.checked)));
  boxes.forEach((box) => box.addEventListener("change", tell));
  if (all.checked) boxes.forEach((box) => (box.checked = true));
  tell();
}

if (viewer) {
  listenToKeys();
  viewer.querySelectorAll("[data-thumbnails]").forEach(showCurrent);
  viewer.querySelectorAll("[data-thumbnails]").forEach(loadThumbnails);
  viewer.querySelectorAll("[data-sheet]").forEach(watchOver);
  viewer.querySelectorAll("[data-group]").forEach(joinProducts);
}
