//! The closed set of style slots, compiled once for the colour depth of the terminal.
