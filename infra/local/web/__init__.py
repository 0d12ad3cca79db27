"""The web server of the local run: pages, their libraries, and one origin for API and sign-in, as CloudFront gives on AWS."""
