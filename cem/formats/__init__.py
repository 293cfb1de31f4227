"""How numbers and dates are written, where Django says it otherwise."""
