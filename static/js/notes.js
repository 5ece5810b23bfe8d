// A working note saves itself while it is written. Where it cannot, its button comes back and what was typed stays.

const PAUSE = 1200;
const AGAIN = 15000;

class Note {
  constructor(form) {
    this.form = form;
    this.text = form.elements.namedItem("body");
    this.seen = form.elements.namedItem("seen");
    this.button = form.querySelector("[data-save]");
    const around = form.parentElement;
    this.state = around.querySelector("[data-note-state]");
    this.standing = around.querySelector("[data-note-standing]");
    this.saved = this.text.value;
    this.timer = 0;
    this.isSaving = false;
  }

  get isDirty() {
    return this.text.value !== this.saved;
  }

  start() {
    this.button.hidden = true;
    this.text.addEventListener("input", () => {
      if (this.isDirty) this.state.textContent = this.state.dataset.waiting;
      this.later(PAUSE);
    });
    this.text.addEventListener("change", () => this.save());
    this.form.addEventListener("submit", () => clearTimeout(this.timer));
    this.standing.querySelector("[data-note-mine]").addEventListener("click", () => {
      this.standing.hidden = true;
      this.save();
    });
    window.addEventListener("pagehide", () => {
      if (this.isDirty && this.standing.hidden && !this.form.dataset.sent) this.send(true);
    });
  }

  later(pause) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), pause);
  }

  /** One at a time: what was typed during a save is saved after it, over the version that it brought. */
  async save() {
    clearTimeout(this.timer);
    if (!this.isDirty || this.isSaving || !this.standing.hidden) return;
    this.isSaving = true;
    const sent = this.text.value;
    const answer = await this.send();
    this.isSaving = false;
    if (answer?.ok) this.keep(sent, answer.data);
    else if (answer?.status === 409) this.showBoth(answer.data);
    else this.fail(answer);
  }

  async send(keepalive = false) {
    try {
      const headers = { Accept: "application/json" };
      const answer = await fetch(this.form.action, { method: "POST", body: new FormData(this.form), headers, keepalive });
      const isJson = (answer.headers.get("Content-Type") ?? "").includes("json");
      return { ok: answer.ok && isJson, status: isJson ? answer.status : 0, data: isJson ? await answer.json() : {} };
    } catch {
      return null;
    }
  }

  keep(sent, data) {
    this.saved = sent;
    this.seen.value = data.version;
    this.state.textContent = data.saved;
    this.button.hidden = true;
    if (this.isDirty) this.later(PAUSE);
  }

  /** The same person wrote elsewhere: both texts stand, and nothing is saved before they have chosen. */
  showBoth(data) {
    this.seen.value = data.version;
    this.standing.querySelector("[data-note-why]").textContent = data.text;
    this.standing.querySelector("[data-note-other]").textContent = data.standing;
    this.standing.hidden = false;
    this.state.textContent = this.state.dataset.waiting;
  }

  fail(answer) {
    const said = Object.values(answer?.data.errors ?? {}).flat().join(" ");
    this.state.textContent = said || this.state.dataset.lost;
    this.button.hidden = false;
    if (!said) this.later(AGAIN);
  }
}

export function startNotes(root) {
  for (const form of root.querySelectorAll("form[data-note]")) new Note(form).start();
}
