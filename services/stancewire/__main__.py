"""`python -m stancewire`: the same as the `stancewire` command."""

from stancewire.cli import main

if __name__ == "__main__":
    main(prog_name="stancewire")
