"""Which 活動指標 lead to which 成果目標: the links, the chain, its pictures."""
