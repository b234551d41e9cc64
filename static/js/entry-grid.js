// The entry grid by keyboard: Enter and the arrows go up and down a column, a column pasted from a sheet fills down.
(() => {
  const form = document.querySelector("form[data-entry-grid]");
  if (!form) return;
  const hint = document.querySelector("[data-grid-keys]");
  if (hint) hint.hidden = false;

  const column = (field) => [...form.querySelectorAll(`input[data-field="${field.dataset.field}"]`)];
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
    // One line is an ordinary paste; several columns are not guessed at, the first one counts.
    if (!text.includes("\n")) return;
    event.preventDefault();
    const fields = column(field);
    const start = fields.indexOf(field);
    text.split("\n").forEach((line, row) => {
      const cell = fields[start + row];
      if (!cell) return;
      cell.value = line.split("\t")[0].trim();
      cell.dispatchEvent(new Event("input", { bubbles: true }));
    });
  });
})();
