"""Rendered heads: people of any tone, sex, age and light, at rest, with the exact motion of their action units."""
