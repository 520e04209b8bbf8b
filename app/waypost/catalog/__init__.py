"""What exists, who owns it and how it hangs together. Pure: no network, no clock, no environment, no files."""
