"""Tools as data: an annotation becomes a link, a badge, a state. Pure."""

from waypost.integrations.show import Shown, Toolbox, prepare, show
from waypost.integrations.tools import SECTIONS, Integration, read, shipped

__all__ = ["SECTIONS", "Integration", "Shown", "Toolbox", "prepare", "read", "shipped", "show"]
