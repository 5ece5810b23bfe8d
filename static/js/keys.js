// The keys of the reviewers' pages. Everything that a key does can be done without it: it presses what stands on the page.
//
// How to use it:
// - In a template: {% load keys %} and {% key "approve" %} on a link, button, summary, field or section. It writes
//   data-key="a" (several keys are set apart by a blank) and aria-keyshortcuts. The names and keys stand in
//   arbitration/keys.py alone; {% kbd "approve" %} shows the key beside its button, {% key_list "queue" %} lists all.
//   Pressing the key clicks a link or button, opens a summary and goes to its first field, goes into a field, or goes to
//   the first field of a section (to the section itself, which then needs a tabindex, where there is none). Of several elements with the same key the first that is visible and not disabled is pressed.
// - In a script: import { bind } from "./keys.js"; bind("j", (event) => { … }). What is bound goes before what stands
//   on the page; a handler that returns false lets the key go on to the next one, and to the page. bind(["j", "ArrowDown"], …)
//   takes several. With Ctrl (or Cmd) the key is "Ctrl+Enter"; such keys act in fields too.
// - No page loads this file by itself: its scripts import it, queue.js, workspace.js, deciding.js and viewer.js alike.
//
// A single key never acts where somebody types, nor while a dialog is open, nor where the element in focus needs it
// itself (Enter and blank on links and buttons, arrows on radio buttons). Single keys can be turned off in the list that
// "?" and its button open; the choice is kept on the device.

const STORE = "desk-keys";
const TYPING = "input:not([type=checkbox], [type=radio], [type=submit], [type=button]), textarea, select, [contenteditable]";
const FIELDS = "input:not([type=hidden]), textarea, select";
const PRESSED = "a[href], button, summary, input[type=submit]";
const OWN = new Set(["Enter", " ", "ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Tab", "Escape"]);
const bound = new Map();

/** Whether single keys work on this device. */
export function areOn() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true; // storage is closed: they work, and cannot be turned off for good
  }
}

/** Turns single keys on or off, for good where the device keeps it; tells whether they work now. */
export function turn(on) {
  try {
    localStorage.setItem(STORE, on ? "on" : "off");
  } catch {
    // storage is closed: areOn says what holds
  }
  show();
  return areOn();
}

/** Lets `act` answer one key or several; false from it lets the key go on. */
export function bind(keys, act) {
  for (const key of [keys].flat()) bound.set(key, [...(bound.get(key) ?? []), act]);
}

/** Whether anything answers this key at the moment. */
export function answers(key) {
  return bound.has(key) || elementOf(key) !== undefined;
}

function nameOf(event) {
  const isLetter = event.key.length === 1 && !event.shiftKey;
  const key = isLetter ? event.key.toLowerCase() : event.key;
  return event.ctrlKey || event.metaKey ? `Ctrl+${key}` : key;
}

/** Whether the arrows push a part of the page that is wider or longer than its frame. */
function isPushed(at) {
  const region = at.closest("[tabindex='0']");
  return region !== null && (region.scrollWidth > region.clientWidth || region.scrollHeight > region.clientHeight);
}

/** Whether the key means something else where it was pressed. */
function isTaken(event, key) {
  const at = event.target instanceof Element ? event.target : document.body;
  if (event.defaultPrevented || event.altKey || event.isComposing || at.closest("dialog")) return true;
  if (key.startsWith("Ctrl+")) return false;
  if (!areOn()) return true;
  if (at.closest(TYPING)) return true;
  if (!OWN.has(key)) return false;
  return Boolean(at.closest(`${PRESSED}, input`)) || (key.startsWith("Arrow") && isPushed(at));
}

function isReady(element) {
  return element.getClientRects().length > 0 && !element.disabled && !element.closest("dialog");
}

function elementOf(key) {
  const all = [...document.querySelectorAll("[data-key]")];
  return all.find((element) => element.dataset.key.split(" ").includes(key) && isReady(element));
}

/** Brings an element into sight and the focus into it. */
export function goTo(element) {
  element.scrollIntoView({ block: "nearest" });
  element.focus({ preventScroll: true });
}

/** The first field in there; of radio buttons the one that is chosen, where the browser's own Tab would stop, too. */
function firstField(element) {
  const fields = [...element.querySelectorAll(FIELDS)].filter(isReady);
  const [first] = fields;
  return fields.find((one) => one.type === "radio" && one.name === first.name && one.checked) ?? first;
}

function press(element) {
  if (element.matches("summary")) {
    const details = element.parentElement;
    details.open = true;
    goTo(firstField(details) ?? element);
  } else if (element.matches(PRESSED)) {
    element.click();
  } else {
    goTo(firstField(element) ?? element);
  }
}

function answer(event) {
  const key = nameOf(event);
  if (isTaken(event, key)) return;
  if ((bound.get(key) ?? []).some((act) => act(event) !== false)) {
    event.preventDefault();
    return;
  }
  const element = elementOf(key);
  if (!element) return;
  event.preventDefault();
  press(element);
}

// --- The list ------------------------------------------------------------------------------------------------

/** Keys are shown beside their buttons as long as they work. */
function show() {
  document.documentElement.dataset.keys = areOn() ? "on" : "off";
}

function startList(list) {
  const opener = document.querySelector("[data-keys-open]");
  const box = list.querySelector("[data-keys-switch]");
  opener.hidden = false;
  opener.addEventListener("click", () => {
    for (const row of list.querySelectorAll("[data-keys-row]")) {
      row.hidden = !row.dataset.keysRow.split(" ").some(answers);
    }
    box.checked = areOn();
    list.showModal();
  });
  box.addEventListener("change", () => (box.checked = turn(box.checked)));
}

document.addEventListener("keydown", answer);
document.querySelectorAll("[data-keys-list]").forEach(startList);
show();
