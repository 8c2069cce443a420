"""Airflow: one DAG a recipe, running the same command as a person would."""
