"""The Flask service: accounts, use cases, store, documents, API and pages around the domain packages."""
