"""Keep or drop, always with a reason: pure functions `record -> Verdict`, tested without Beam."""
