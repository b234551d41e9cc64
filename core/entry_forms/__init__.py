"""入力様式: the workbook that a 担当課 fills in without logging in."""
