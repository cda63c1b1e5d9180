"""Measures the shipped model on recordings that the user holds a licence for; no part of the appliance."""
