"""`make replay`: history of any system goes through the pipeline that live contacts go through.

Rules (pure): `moments`, `call_log`, `json_lines`. Deeds: `files` reads, `sending` sends, `books` looks what arrived;
`running` is the order of things and `report` what is said of it in the end (`docs/history.md`).
"""
