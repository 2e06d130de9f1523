"""From what stands to a CloudFormation template that makes it again.

`template_of` reads a network and the services around it, from wherever they were read, and writes a `Template`. What it
cannot write it refuses by name: a template that silently lacks a gateway would be a false copy.
"""

from lab_env.snapshot.template.document import Template
from lab_env.snapshot.template.write import template_of

__all__ = ["Template", "template_of"]
