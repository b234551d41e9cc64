"""How an 入力様式 is filled in, in the words of its second sheet, and what a spreadsheet says of a wrong entry."""

from core.entry_forms.form import FILL_IN, WHOLE, EntryForm
from core.fiscal_years import both_eras
from core.words import State

TELLER = "この様式を配った担当者"
SHORT = (
    f"{FILL_IN}の列の、色の付いた欄に記入して、ファイルのまま返してください。"
    "数値がないときは「状態」を選びます。くわしくは「書き方」のシートにあります。"
)
STATES = {
    State.PENDING: "数えている途中です。あとで数値が出ます。",
    State.NOT_APPLICABLE: "その年度に、数える対象がありません。",
    State.CANCELLED: "行う予定でしたが、中止しました。",
    State.WITHHELD: "人数が少ないなどの理由で、数を出しません。",
    State.WORDS_ONLY: "数では表せません。言葉を「注記」に書きます。",
}
"""What to choose for an actual without a number."""
NOT_A_NUMBER = (
    "数値だけを記入してください（単位や「約」は要りません）。数値がないときは空欄のままにし、"
    "右の「状態」から選んでください。説明は「注記」に書けます。"
)
NOT_LISTED = "一覧から選ぶか、空欄にしてください。"
TOO_LONG = "{limit}文字までにしてください。"
NOT_NEGATIVE = "0以上の数値だけを記入してください。"
ABOVE_ZERO = "0より大きい数値だけを記入してください。"


def how_to(form: EntryForm) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Headings with their paragraphs."""
    return (
        ("この様式について", _about(form)),
        ("返し方", _returning(form)),
        (
            "記入するところ",
            (
                f"「入力様式」のシートの、見出しに{FILL_IN}とある列の、薄い黄色の欄だけに記入します。",
                "灰色の欄は、見るためのものです（前の年度の実績値、計画値、指標の名前や数え方）。直しても取り込まれません。",
                "灰色の欄にまちがいがあれば、「注記」に書くか、担当者に知らせてください。",
                "すでに入っている実績値は、そのままでかまいません。違うときだけ直してください。",
                "右端の「記入について」に理由が書かれている行は、記入できません。提出や確定が済んでいるか、その年度に数えない指標です。",
            ),
        ),
        (
            "実績値",
            (
                "数字だけを書きます。単位は「単位」の列にあるので、書きません。調べた結果が0のときは、0と書いてください。",
                "単位が％の指標は、66.7のように％の数字を書きます。「分子」と「分母」を書けば、実績値は空欄でかまいません。",
                "有無の指標は、一覧から「有」か「無」を選びます。",
                "空欄のまま、状態も選ばないと「未入力」となり、0とは区別します。",
            ),
        ),
        ("状態（数値がないときだけ選ぶ）", tuple(f"{state.label}：{words}" for state, words in STATES.items())),
        (
            "時点・確定度・注記",
            (
                "時点：いつの時点の値か。例：令和5年3月末。書かなくてもかまいません。",
                "確定度：見込み・速報・確定値から選びます。あとで変わる値は「見込み」か「速報」にしてください。",
                "注記：計画値との差の理由や、数え方の変更など。1,000文字まで。",
            ),
        ),
        (
            "シートの保護",
            (
                "まちがって消すことのないように、灰色の欄を保護しています。",
                "パスワードはありません。「校閲」の「シート保護の解除」で外せます。",
                "行の並べ替え、列の幅の変更、表の下への書き込みをしても読み取れます。「指標コード」の列は消さないでください。",
            ),
        ),
    )


def whom(form: EntryForm) -> str:
    """「担当課：障がい福祉課」."""
    return f"担当課：{form.department or WHOLE}"


def until(form: EntryForm) -> str:
    """「提出期限：令和5年6月15日」; without a day, who will say."""
    return f"提出期限：{form.due}" if form.due else f"提出期限：{TELLER}がお知らせする日"


def _about(form: EntryForm) -> tuple[str, ...]:
    return (
        f"{form.plan_title}の{both_eras(form.year)}の実績値を、担当課に書いていただく様式です。システムへのログインは要りません。",
        f"{whom(form)}　指標{len(form.rows)}件",
    )


def _returning(form: EntryForm) -> tuple[str, ...]:
    return (
        until(form),
        f"記入したら保存し、{TELLER}に、ファイルのまま返してください（印刷したものやPDFからは取り込めません）。",
        "ファイルの名前は変えてもかまいません。「記入した人・連絡先」に、課名・氏名・電話番号を書いてください。",
    )
