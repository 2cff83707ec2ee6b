"""``python -m crmtool``: the console script."""

from crmtool.cli.main import main

if __name__ == "__main__":
    main()
