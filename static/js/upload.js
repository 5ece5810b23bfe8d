// Sends documents one after another as they are chosen or dropped, each with its bar. Without scripts the form sends them.
import { offerCopying } from "./copy.js";
import { say, swap, watch } from "./live.js";

const zone = document.querySelector("[data-drop-zone]");
const list = document.querySelector("[data-uploads]");
const all = document.querySelector("[data-upload-all]");
const pause = document.querySelector("[data-upload-wait]");
const words = document.querySelector("[data-upload-words]")?.dataset;
const waiting = [];
let sending = null;

const fill = (text, facts) => text.replace(/\{(\w+)\}/g, (all, name) => facts[name] ?? all);

function sizeOf(file) {
  const form = { style: "unit", unit: "megabyte", minimumFractionDigits: 1, maximumFractionDigits: 1 };
  return new Intl.NumberFormat(document.documentElement.lang, form).format(file.size / 2 ** 20);
}

/** Why a file need not be sent at all; nothing where the server has to judge. */
function fault(file) {
  const room = Number(document.querySelector("[data-room]").dataset.room);
  if (waiting.length + (sending ? 1 : 0) >= room) return words.noRoom;
  return file.size > Number(zone.dataset.sizeLimit) ? words.tooLarge : "";
}

/** One file's line in the list. */
class Line {
  constructor(file) {
    this.file = file;
    this.facts = { name: file.name, size: sizeOf(file) };
    this.row = document.createElement("li");
    this.name = Object.assign(document.createElement("span"), { className: "upload-name", textContent: file.name });
    this.bar = Object.assign(document.createElement("progress"), { max: 100, value: 0, ariaLabel: file.name });
    this.state = Object.assign(document.createElement("span"), { className: "upload-state", textContent: words.waiting });
    this.button = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-quiet btn-sm" });
    this.label(words.cancel, words.cancelNamed);
    this.button.addEventListener("click", () => this.press());
    this.row.append(this.name, this.bar, this.state, this.button);
    list.append(this.row);
    list.hidden = false;
  }

  label(text, named) {
    this.button.textContent = text;
    this.button.ariaLabel = fill(named, this.facts);
  }

  press() {
    if (this.isOver) this.remove();
    else if (this === sending) this.request.abort();
    else {
      waiting.splice(waiting.indexOf(this), 1);
      this.end(words.cancelled);
    }
  }

  show(percent) {
    this.bar.value = percent;
    this.state.textContent = percent < 100 ? fill(words.sending, { percent: Math.round(percent) }) : words.checking;
  }

  /** It goes no further: says why, with what the server wrote about it. */
  end(text, notices = []) {
    this.isOver = true;
    this.bar.remove();
    this.name.remove();
    this.row.classList.add("upload-over");
    this.state.textContent = fill(text, this.facts);
    this.label(words.dismiss, words.dismissNamed);
    this.row.append(...notices.map((notice) => document.importNode(notice, true)));
    offerDismissing();
    offerCopying(this.row);
    say([this.state.textContent, ...notices.map((notice) => notice.querySelector(".notice-title")?.textContent)].join(" "));
  }

  remove() {
    const held = this.row.contains(document.activeElement);
    this.row.remove();
    list.hidden = !list.childElementCount;
    offerDismissing();
    if (held) document.getElementById("id_documents").focus();
  }
}

const over = () => list.querySelectorAll(".upload-over");

/** One button for several messages. */
function offerDismissing() {
  all.hidden = over().length < 2;
}

function dismissAll() {
  for (const row of over()) row.remove();
  list.hidden = !list.childElementCount;
  offerDismissing();
  document.getElementById("id_documents").focus();
}

function add(files) {
  for (const file of files) {
    const reason = fault(file);
    const line = new Line(file);
    if (reason) line.end(reason);
    else waiting.push(line);
  }
  next();
}

function next() {
  if (sending || !waiting.length) return;
  sending = waiting.shift();
  send(sending);
}

function send(line) {
  const request = new XMLHttpRequest();
  const body = new FormData();
  body.append("csrfmiddlewaretoken", zone.closest("form").elements.csrfmiddlewaretoken.value);
  body.append("stay", "1");
  body.append("documents", line.file);
  line.request = request;
  line.show(0);
  request.upload.addEventListener("progress", (event) => line.show(event.total ? (100 * event.loaded) / event.total : 100));
  request.addEventListener("load", () => answer(line, request));
  request.addEventListener("error", () => line.end(words.failed));
  request.addEventListener("abort", () => line.end(words.cancelled));
  request.addEventListener("loadend", () => {
    sending = null;
    next();
    pause.hidden ||= !sending;
  });
  request.open("POST", window.location.href);
  request.responseType = "document";
  request.send(body);
}

/** The server's page says what became of the file: the step again, the refused form, or that it cannot be any more. */
function answer(line, request) {
  const page = request.response;
  if (!page?.querySelector("[data-live=found]")) {
    line.end(words.stopped, [...(page?.querySelectorAll("main .notice") ?? [])]);
    return;
  }
  if (request.status === 422) line.end(words.refused, [...page.querySelectorAll(".notice-refusal")]);
  else {
    forgetFaults();
    say(fill(words.added, line.facts));
    line.remove();
  }
  swap(page);
  close(page);
  watch();
}

/** What the form was refused for when it was sent by its button is over with the first document that is added. */
function forgetFaults() {
  const notices = [...document.querySelectorAll("main .notice-refusal")].filter((notice) => !list.contains(notice));
  const faults = document.querySelectorAll(".error-summary, #id_documents_error");
  for (const told of [...notices, ...faults]) told.remove();
  const field = document.getElementById("id_documents");
  field.classList.remove("is-invalid");
  field.setAttribute("aria-describedby", "id_documents_helptext");
}

/** No field in the server's page: the claim has no room for more. */
function close(page) {
  const notice = page.querySelector("[data-notice=no-room]");
  if (!notice || zone.hidden) return;
  document.querySelector("[data-room]").dataset.room = "0";
  zone.before(document.importNode(notice, true));
  zone.hidden = true;
}

function takeOver() {
  const field = zone.querySelector("[type=file]");
  zone.querySelector("[data-drop-hint]").hidden = false;
  zone.querySelector("[data-chosen-files]").remove();
  field.addEventListener("change", () => {
    const files = [...field.files];
    field.value = "";
    add(files);
  });
  all.querySelector("button").addEventListener("click", dismissAll);
  const mark = (isOver) => zone.classList.toggle("drop-zone-over", isOver);
  // A file that misses the zone must not replace the page.
  for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
  zone.addEventListener("dragenter", () => mark(true));
  zone.addEventListener("dragover", () => mark(true));
  zone.addEventListener("dragleave", (event) => mark(zone.contains(event.relatedTarget)));
  zone.addEventListener("drop", (event) => {
    mark(false);
    add([...event.dataTransfer.files]);
  });
  zone.closest("form").addEventListener("submit", (event) => {
    if (!sending) return;
    event.preventDefault();
    pause.hidden = false;
    say(pause.textContent);
  });
  window.addEventListener("beforeunload", (event) => {
    if (sending) event.preventDefault();
  });
}

if (zone) takeOver();
