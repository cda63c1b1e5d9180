"""Load, faults and long times against the real publishing code: the tools that measure what docs/mqtt.md promises."""
