"""The command line: options, printing and exit codes; what it does is done by the rooms below."""
