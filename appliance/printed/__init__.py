"""What is printed for people: the staff card and the customer sign, drawn from the configuration."""
