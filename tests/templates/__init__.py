"""The shipped templates, rendered and judged by the tools that their own pipelines use."""
