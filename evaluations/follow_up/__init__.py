"""After the figures: 協議会意見, 取組, and the dates that are due."""
