"""What Tsunagu costs, measured; each bench fails where a promise is broken.

    make bench                  all of them
    python -m bench.contacts    contact events: client cost against one conditional update an event
    python -m bench.quality     a quality run: what history and changes cost
    python -m bench.coldstart   what a cold Lambda pays before its first answer
    python -m bench.replay      an import: here, in memory, and ten years on paper

Results are printed and kept as JSON in `.local/bench/`. Times are CPU seconds; the subject and its reference take
turns, for several rounds. AWS is answered in memory at botocore's HTTP layer, so that the client's cost is in; what
the answering costs is taken off where two handlers are compared.
"""
