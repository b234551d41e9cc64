"""Files in and out: tables, 入力様式, edited sheets, old sheets; the exports of a plan."""
