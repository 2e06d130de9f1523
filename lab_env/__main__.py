"""``python -m lab_env``."""

import sys

from lab_env.cli import main

if __name__ == "__main__":
    sys.exit(main())
