// The form that decides: all products at once, texts that follow what is ticked, Ctrl+Enter. Every page works without:
// then each product has its radio buttons, and the texts are written by their button or on the next page.
import { bind } from "./keys.js";

const PAUSE = 400;
const WORDED = ["ask", "reject"];

// --- Which products ----------------------------------------------------------------------------------------------

function verdictOf(line) {
  return line.querySelector("input[type=radio]:checked")?.value ?? "";
}

function radioOf(line, verdict) {
  return line.querySelector(`input[type=radio][value="${verdict}"]:not(:disabled)`);
}

/** The product in focus alone; else all that carry no decision, or all of them where each has one. */
function concerned(form) {
  const focused = form.contains(document.activeElement) && document.activeElement.closest("[data-decide-line]");
  if (focused) return [focused];
  const lines = [...form.querySelectorAll("[data-decide-line]")];
  const open = lines.filter((line) => verdictOf(line) === "");
  return open.length ? open : lines;
}

function decideAll(form, verdict) {
  const lines = verdict === "" && !form.contains(document.activeElement?.closest("[data-decide-line]"))
    ? [...form.querySelectorAll("[data-decide-line]")]
    : concerned(form);
  let last;
  for (const line of lines) {
    const radio = radioOf(line, verdict);
    if (!radio || radio.checked) continue;
    radio.checked = true;
    last = radio;
  }
  last?.dispatchEvent(new Event("change", { bubbles: true }));
  // Where none of them can be decided so, the page says why: somebody pressed the key in vain.
  if (!lines.some((line) => radioOf(line, verdict))) form.querySelector(`[data-why-not="${verdict}"]`)?.focus();
  form.querySelector("[data-decide-line]").scrollIntoView({ block: "nearest" });
}

function startAll(form) {
  const bar = form.querySelector("[data-decide-all]");
  bar.hidden = false;
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("[data-decide]");
    if (button) decideAll(form, button.dataset.decide);
  });
}

// --- Reasons follow cells ----------------------------------------------------------------------------------------

/** The verdicts that the cells of this product speak for: its own, or both while it has none. */
function speaksFor(box) {
  const verdict = verdictOf(box.closest("[data-decide-line]"));
  return verdict === "" ? WORDED : WORDED.filter((one) => one === verdict);
}

function namedFor(form, verdict, reason) {
  const boxes = [...form.querySelectorAll(`input[name=cells][data-reason="${reason}"]:checked`)];
  return boxes.some((box) => speaksFor(box).includes(verdict));
}

/** A reason of the proof comes with its cells and goes with the last of them; one that a person ticked stays. */
function follow(form, reason) {
  for (const verdict of WORDED) {
    const box = form.querySelector(`input[name=${verdict}_reasons][value="${reason}"]`);
    const named = namedFor(form, verdict, reason);
    if (named && !box.checked) box.dataset.followed = "";
    if (named || "followed" in box.dataset) box.checked = named;
  }
}

/** What stood ticked with its cells when the page came follows them as well. */
function startFollowing(form) {
  for (const verdict of WORDED) {
    for (const box of form.querySelectorAll(`input[name=${verdict}_reasons]:checked`)) {
      if (namedFor(form, verdict, box.value)) box.dataset.followed = "";
    }
  }
}

function followAll(form) {
  const named = [...form.querySelectorAll("input[name=cells]:checked")].map((box) => box.dataset.reason);
  for (const reason of new Set(named)) follow(form, reason);
}

// --- Drafts ------------------------------------------------------------------------------------------------------

async function ask(form) {
  const body = new FormData(form);
  body.set("draft", "1");
  try {
    const answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "application/json" } });
    const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
    return answer.ok && isJson ? await answer.json() : null;
  } catch {
    return null; // no connection at this moment: the next page writes what is missing
  }
}

function fieldsOf(form, verdict, reason) {
  return { text: form.elements[`${verdict}_text_${reason}`], mark: form.elements[`${verdict}_drafted_${reason}`] };
}

/** What a person wrote, or emptied, is never replaced by itself. */
function isOwn(text) {
  return "own" in text.dataset;
}

function put(form, verdict, words) {
  for (const [reason, draft] of Object.entries(words.texts)) {
    const { text, mark } = fieldsOf(form, verdict, reason);
    if (isOwn(text)) continue;
    text.value = draft;
    mark.value = words.marks[reason];
  }
}

function startDrafting(form) {
  let timer;
  let latest = 0;
  const write = async () => {
    latest += 1;
    const mine = latest;
    const answer = await ask(form);
    if (mine !== latest || !answer) return;
    for (const verdict of WORDED) put(form, verdict, answer[verdict]);
  };
  form.addEventListener("input", (event) => {
    if (event.target.matches("textarea")) event.target.dataset.own = "";
  });
  form.addEventListener("change", (event) => {
    const { name, type } = event.target;
    if (name.endsWith("_reasons")) delete event.target.dataset.followed;
    if (name === "cells") follow(form, event.target.dataset.reason);
    if (type === "radio") followAll(form);
    if (name !== "cells" && type !== "radio" && !name.endsWith("_reasons")) return;
    clearTimeout(timer);
    timer = setTimeout(write, PAUSE);
  });
}

// --- On with it --------------------------------------------------------------------------------------------------

/**
 * Ctrl+Enter goes on with the form that somebody is in, and from anywhere else with the decision. It never leaves a form
 * behind in which something is being written.
 */
function startGoingOn(decision) {
  bind("Ctrl+Enter", () => {
    const form = document.activeElement?.closest("form") ?? decision;
    const button = form?.querySelector("[data-go-on]");
    if (button) form.requestSubmit(button);
    return true;
  });
}

for (const form of document.querySelectorAll("form[data-deciding]")) {
  startAll(form);
  startFollowing(form);
  startDrafting(form);
}
startGoingOn(document.querySelector("form[data-deciding], form[data-confirming]"));
