"""What the import commands share: reading a JSON document, naming every fault, writing rows in bulk."""
