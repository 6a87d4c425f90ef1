//! What panes draw with: tables, prompts, dialogs, gauges, from plain values.
