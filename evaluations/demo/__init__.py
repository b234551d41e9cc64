"""Made-up data: the demo's cities, and a synthetic prefecture for measurements."""
