// The entry grid by keyboard: Enter and the arrows go up and down a column, a column pasted from a sheet fills down.
// A grid of months (data-entry-grid="block") also takes a block of several columns, each under the other.
(() => {
  const form = document.querySelector("form[data-entry-grid]");
  if (!form) return;
  const hint = document.querySelector("[data-grid-keys]");
  if (hint) hint.hidden = false;

  const column = (field) => [...form.querySelectorAll(`input[data-field="${field.dataset.field}"]`)];
  const isBlock = form.dataset.entryGrid === "block";
  const inRow = (field) => [...field.closest("tr").querySelectorAll("input[data-field]")];
  const neighbour = (field, step) => {
    const fields = column(field);
    return fields[fields.indexOf(field) + step];
  };

  form.addEventListener("keydown", (event) => {
    const field = event.target;
    if (!field.matches("input[data-field]") || event.isComposing) return;
    const step = { Enter: event.shiftKey ? -1 : 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = neighbour(field, step) || (event.key === "Enter" && step === 1 && form.querySelector(".save-bar button"));
    if (!next) return;
    next.focus();
    if (next.select) next.select();
  });

  form.addEventListener("paste", (event) => {
    const field = event.target;
    if (!field.matches("input[data-field]")) return;
    const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
    // One cell is an ordinary paste; outside a block several columns are not guessed at, the first one counts.
    if (!text.includes("\n") && !(isBlock && text.includes("\t"))) return;
    event.preventDefault();
    const fields = column(field);
    const start = fields.indexOf(field);
    text.split("\n").forEach((line, row) => {
      const cell = fields[start + row];
      if (!cell) return;
      const cells = isBlock ? inRow(cell).slice(inRow(cell).indexOf(cell)) : [cell];
      line.split("\t").slice(0, cells.length).forEach((value, place) => {
        cells[place].value = value.trim();
        cells[place].dispatchEvent(new Event("input", { bubbles: true }));
      });
    });
  });
})();
