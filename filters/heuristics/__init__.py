"""Rules that need no model: published ones for web text, and ours for problems and solutions."""
