// A form with data-warn-unsaved asks before the page is left with something typed and not saved.
// Sending the form itself is no leaving; sending another one on the page is.
(() => {
  const forms = [...document.querySelectorAll("form[data-warn-unsaved]")];
  const unsaved = new Set(forms.filter((form) => form.hasAttribute("data-unsaved")));
  for (const form of forms) {
    form.addEventListener("input", () => unsaved.add(form));
    form.addEventListener("change", () => unsaved.add(form));
    form.addEventListener("submit", () => unsaved.delete(form));
  }
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size) {
      event.preventDefault();
      event.returnValue = ""; // older browsers ask only when this is set
    }
  });
})();
