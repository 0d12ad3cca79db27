"""`make disclose`, `make forget` and `make accesses`: what a customer may ask of those who keep their data.

They run with the rights of whoever runs them: no function of the centre may forget a customer. In mind: Japan's Act on the Protection of
Personal Information (APPI), articles 32 to 35: disclosure, correction and deletion on request, and knowing who saw what.
"""
