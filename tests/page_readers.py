"""Reads what a page shows: the rows of its tables, the problems of its fields, the words of any element."""

import re
from html.parser import HTMLParser
from xml.etree.ElementTree import Element, TreeBuilder

WITHOUT_END = {"br", "col", "hr", "img", "input", "link", "meta"}


class _Page(HTMLParser):
    """Builds a tree of the elements; AssertionError for an element that is never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.tree = TreeBuilder()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tree.start(tag, {name: value or "" for name, value in attributes})
        if tag in WITHOUT_END:
            self.tree.end(tag)
        if tag == "br":
            self.tree.data(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in WITHOUT_END:
            assert self.tree.end(tag).tag == tag, f"{tag} at {self.getpos()}"

    def handle_data(self, data: str) -> None:
        self.tree.data(data)


def page_tree(response) -> Element:
    """The page as a tree, for `find` and `findall`."""
    page = _Page()
    page.feed(response.text)
    return page.tree.close()


def words(element: Element) -> str:
    """The words of an element without its tags; blanks and line ends become one blank, but not the wide blank."""
    return re.sub(r"[ \t\r\n]+", " ", "".join(element.itertext())).strip(" ")


def found_words(response, path: str) -> list[str]:
    """The words of each element at this path, such as `.//p[@class='notice']`."""
    return [words(element) for element in page_tree(response).findall(path)]


def rows_of(response, caption: str) -> list[list[str]]:
    """The words of each cell in the body of the table with this caption, row by row; [] where none has it."""
    return [
        [words(cell) for cell in row]
        for table in page_tree(response).iter("table")
        if [words(one) for one in table.findall("caption")] == [caption]
        for row in table.findall("tbody/tr")
    ]


def field_problems(response) -> dict[str, list[str]]:
    """What is wrong with each field that has a problem, by the id of the field."""
    lists = page_tree(response).findall(".//ul[@class='errorlist']")
    return {one.attrib["id"].removesuffix("_error"): [words(line) for line in one] for one in lists}


def ticked(response, name: str) -> list[str | None]:
    """The values of the boxes of this name that are ticked."""
    return [box.get("value") for box in page_tree(response).findall(f".//input[@name='{name}'][@checked]")]


def failure_on(response) -> str:
    """Why nothing of a file was read; ValueError where the page names no failure."""
    [said, failure] = found_words(response, ".//div[@class='notice error']/p")
    assert said.endswith("何も書き込んでいません。")
    return failure


def messages_on(response) -> list[str]:
    """The messages that a page shows once."""
    return found_words(response, ".//ul[@class='messages']/li")
