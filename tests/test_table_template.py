"""The one table template: names, sorting, pages and empty lists in words."""

import re

import django_tables2 as tables
import pytest
from django.core.paginator import Paginator
from django.test import RequestFactory


class Fruit(tables.Table):
    caption = "果物の一覧"

    name = tables.Column(verbose_name="名前", attrs={"row_header": True})
    price = tables.Column(verbose_name="値段", orderable=False)


ROWS = [{"name": "みかん", "price": 30}, {"name": "<b>りんご</b>", "price": 120}]


def drawn(table, address="/fruit/?q=a&page=2"):
    """The HTML of a table on a page at this address, blanks folded."""
    return re.sub(r"\s+", " ", table.as_html(RequestFactory().get(address)))


def on_page(number, rows=25, per_page=10):
    table = Fruit([{"name": f"果物{n}", "price": n} for n in range(rows)])
    table.paginator = Paginator(table.rows, per_page)
    table.page = table.paginator.get_page(number)
    return table


def test_the_caption_names_the_table_and_its_scrolling_region():
    html = drawn(Fruit(ROWS))

    assert '<caption class="visually-hidden">果物の一覧</caption>' in html
    assert 'role="region" aria-label="果物の一覧" tabindex="0"' in html


def test_heads_have_a_scope_and_each_cell_repeats_its_head_as_a_label():
    html = drawn(Fruit(ROWS[:1]))

    assert re.findall(r'scope="(\w+)"', html) == ["col", "col", "row"]
    assert re.findall(r'data-label="([^"]*)"', html) == ["名前", "値段"]


def test_what_people_typed_is_escaped():
    html = drawn(Fruit(ROWS))

    assert "&lt;b&gt;りんご&lt;/b&gt;" in html
    assert "<b>" not in html


@pytest.mark.parametrize(
    ("order", "marked", "link", "words"),
    [
        ("", [], "?q=a&amp;sort=name", "（並べ替える）"),
        ("name", ["ascending"], "?q=a&amp;sort=-name", "（昇順に並んでいます。降順にする）"),
        ("-name", ["descending"], "?q=a&amp;sort=name", "（降順に並んでいます。昇順にする）"),
    ],
)
def test_a_head_sorts_from_the_first_page_and_says_in_words_how_it_stands(order, marked, link, words):
    html = drawn(Fruit(ROWS, order_by=order))

    assert re.findall(r'aria-sort="(\w+)"', html) == marked
    assert re.findall(r'class="sort" href="([^"]*)"', html) == [link]
    assert words in html


def test_pages_are_a_named_navigation_that_keeps_the_conditions():
    html = drawn(on_page(2))

    assert '<nav aria-label="ページ"' in html
    assert "25件中 11〜20件" in html
    assert re.findall(r'href="(\?[^"]*page=\d+)"( aria-current="page")?', html) == [
        ("?q=a&amp;page=1", ""),
        ("?q=a&amp;page=1", ""),
        ("?q=a&amp;page=2", ' aria-current="page"'),
        ("?q=a&amp;page=3", ""),
        ("?q=a&amp;page=3", ""),
    ]


def test_a_table_of_one_page_has_no_page_navigation():
    assert "<nav" not in drawn(on_page(1, rows=10))


@pytest.mark.parametrize(("text", "said"), [(None, "表示するものはありません。"), ("果物はまだありません。",) * 2])
def test_an_empty_table_says_so_across_all_columns(text, said):
    assert re.findall(r'colspan="2">([^<]*)<', drawn(Fruit([], empty_text=text))) == [said]


def test_nothing_is_styled_or_scripted_in_the_page():
    html = drawn(on_page(1))

    assert re.findall(r"<script|<style|style=|onclick=", html) == []
