import sys

from rubato_desktop.cli import main

sys.exit(main())
