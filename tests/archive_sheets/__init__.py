"""Old evaluation sheets as text.

`inzai_2022.txt` is 印西市 第6期障害福祉計画 成果目標の評価シート（2022年度）, copied as it is;
fixtures/inzai_122319-6.json names the same source. The others are invented:
other cities' ways of laying out the same thing.
"""

from pathlib import Path

INZAI = Path(__file__).parent / "inzai_2022.txt"

ROWS_OF_A_GOAL = """令和4年度 みほん町 第6期障害福祉計画の実績報告

節\t指標\t単位\t区分\t令和3年度\t令和4年度\t令和5年度\t備考
第1節 地域生活への移行
\t① 地域移行者数\t人\t見込量\t２\t３\t５\t
\t\t\t実績\t1\t3\t\t令和5年6月に集計
\t\t\t達成率\t50.0%\t100.0%\t\t
\t② 施設入所者数\t人\t見込量\t40\t38\t36\t
\t\t\t実績\t41\t集計中\t\t
\t\t\t達成率\t102.5%\t\t\t
第2節 相談支援
\t① 研修の開催\t回\t見込量\t1\t1\t1\t
\t\t\t実績\t0\t1\t\t
\t\t\t達成率\t0.0%\t100.0%\t\t
"""
"""Years as columns for the whole table, some rows a goal, 節 as a line of their own, 達成率 instead of 乖離値."""

ONE_ROW_A_GOAL = """サービス名,単位,R3年度,,R4年度,,R5年度,
,,計画,実績,計画,実績,計画,実績
居宅介護,人/月,10,9,11,"1,012",12,
生活介護,人/月,20,21,21,－,22,
"""
"""One row a goal as CSV, 計画 and 実績 under each year, no 節 at all."""
