"""What runs in the child process (see `cpor_portal.documents.child`): everything that opens a stranger's file.

It imports no Django and nothing else of the portal, so that a child starts quickly and knows no secret.
"""
