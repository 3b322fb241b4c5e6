"""What the products share.  judge | files  →  board  →  ledger  →  events  →  agenda  →  identity  →  world"""
