// What the wizard's pages do where scripts run; every page works without.

/** Shows the activities of the chosen area alone; the others are not sent. */
function foldAreas(form) {
  const groups = form.querySelectorAll("[data-area]");
  const radios = [...form.querySelectorAll("[name=solution_area]")];
  const show = () => {
    const chosen = radios.find((radio) => radio.checked)?.value;
    for (const group of groups) {
      group.hidden = Boolean(chosen) && group.dataset.area !== chosen;
      group.disabled = group.hidden;
    }
  };
  radios.forEach((radio) => radio.addEventListener("change", show));
  show();
}

/** The text field counts only while "another MPN ID" is chosen; typing into it chooses it. */
function pairOther(form) {
  const other = form.querySelector("[data-other]");
  if (!other) return;
  const text = document.getElementById(other.dataset.other);
  text.addEventListener("input", () => {
    other.checked = other.checked || text.value.trim() !== "";
  });
  form.addEventListener("submit", () => {
    text.disabled = !other.checked && Boolean(form.querySelector("[type=radio][name=mpn_id]:checked"));
  });
  window.addEventListener("pageshow", () => {
    text.disabled = false;
  });
}

/** Finds products by name or alias, whatever the case and accents. Ticked ones stay in sight. */
function filterProducts(form) {
  const box = form.querySelector("[data-filter]");
  if (!box) return;
  const input = box.querySelector("input");
  const empty = form.querySelector("[data-filter-empty]");
  const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  box.hidden = false;
  input.addEventListener("input", () => {
    const wanted = plain(input.value.trim());
    let shown = 0;
    for (const item of form.querySelectorAll("[data-names]")) {
      item.hidden = !plain(item.dataset.names).includes(wanted) && !item.querySelector("[name=products]").checked;
      shown += item.hidden ? 0 : 1;
    }
    empty.hidden = shown > 0;
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

/** Lists the names of the files that were chosen, before they are sent. */
function listFiles(form) {
  const list = form.querySelector("[data-chosen-files]");
  if (!list) return;
  const input = document.getElementById(list.dataset.chosenFiles);
  input.addEventListener("change", () => {
    list.replaceChildren(
      ...[...input.files].map((file) => Object.assign(document.createElement("li"), { textContent: file.name })),
    );
  });
}

for (const form of document.querySelectorAll("form[data-wizard]")) {
  foldAreas(form);
  pairOther(form);
  filterProducts(form);
  listFiles(form);
}
