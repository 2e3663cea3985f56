"""Generated tables of the package. Made by generate.py; read by the rooms that need them."""
