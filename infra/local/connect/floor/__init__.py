"""The floor: contacts, queues and agents, and what happens next.

`exchange` is the public face; one module a story stands behind it: `calling`, `waiting`, `answering`, `talking`, `transferring`, `callbacks`,
`monitoring`, `ending`. They share the `state`, and play flows through `playing`. `routing` decides which contact goes to which agent.
"""
