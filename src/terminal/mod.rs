//! Raw mode and its restoration, capabilities, input, clipboard, synchronized output.
