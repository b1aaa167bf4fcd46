"""marshmallow schemas: JSON or a form becomes a command, a result becomes JSON. They read and write nothing else."""
