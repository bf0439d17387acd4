"""How Sphinx builds the documentation: `make docs`; a warning is an error."""

from importlib.metadata import version as version_of

project = "eventstudy"
author = "the eventstudy developers"
release = version_of("market-eventstudy")
extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx_copybutton"]
exclude_patterns = ["_build"]
templates_path = ["_templates"]

# Markdown: headings are targets, and $...$ is mathematics.
myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3

# The reference of the library comes from the docstrings of the public names.
autosummary_generate = True
autodoc_typehints = "none"
autodoc_member_order = "bysource"
numpydoc_show_class_members = False
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

html_theme = "furo"
html_title = "eventstudy"
html_show_sourcelink = False
