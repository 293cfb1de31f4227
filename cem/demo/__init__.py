"""A living example company, built through the public use cases: Skylark Airways."""
