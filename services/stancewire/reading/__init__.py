"""An article becomes observations: who states what, with which stance."""
