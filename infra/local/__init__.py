"""The contact centre on one machine: an emulated AWS, the deployed template, the pages, a clock and some traffic."""
