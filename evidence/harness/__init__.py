"""Runs the examples of the rule documents in a real Envoy and writes down what it did."""
