"""入力様式: sheets for 担当課 that never log in — handed out one by one, taken back many at a time."""
