"""Reads the forms of a page as a browser would send them, so that tests post what the page drew."""

from html.parser import HTMLParser

VOID_VALUE = "on"


class _Forms(HTMLParser):
    """Collects each form's fields: text, hidden, checked, selected; buttons are left out."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, str]] = []
        self._form: dict[str, str] | None = None
        self._select: str | None = None
        self._textarea: str | None = None

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        found = {name: value or "" for name, value in attributes}
        if tag == "form":
            self._form = {}
            self.forms.append(self._form)
        if self._form is None:
            return
        name = found.get("name", "")
        if tag == "input" and name:
            if found.get("type") in ("radio", "checkbox") and "checked" not in found:
                return
            self._form[name] = found.get("value", VOID_VALUE if found.get("type") == "checkbox" else "")
        elif tag == "textarea":
            self._textarea = name
            self._form[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and (self._select not in self._form or "selected" in found):
            self._form[self._select] = found.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._form = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._textarea = None

    def handle_data(self, data: str) -> None:
        if self._textarea and self._form is not None:
            self._form[self._textarea] += data


def form_with(response, field: str, value: str | None = None) -> dict[str, str]:
    """The fields of the first form on the page that has this field (with this value); KeyError where none does."""
    reader = _Forms()
    reader.feed(response.text)
    for form in reader.forms:
        if field in form and value in (None, form[field]):
            return {name: text.removeprefix("\n") for name, text in form.items() if name != "csrfmiddlewaretoken"}
    raise KeyError(field)
