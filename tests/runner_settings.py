"""config.settings for a runner that also knows the kinds of long work of `tests.long_works`."""

from config.settings import *  # noqa: F403
from config.settings import INSTALLED_APPS as OF_THE_SITE

INSTALLED_APPS = [*OF_THE_SITE, "tests.long_works.KindsForTests"]
