"""Notifiers: how each kind of receiver is told. One file each; only these touch the network."""
