"""The rig itself: our actions are found at the commit that is used, and what GitHub would show can be seen."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.slow
WORKFLOW = """\
on: push
jobs:
  only:
    runs-on: ubuntu-latest
    steps:
      - id: one
        run: |
          echo "### A *summary*" >> "$GITHUB_STEP_SUMMARY"
          echo "word=a = b" >> "$GITHUB_OUTPUT"
          echo "::warning file=README.md,line=3,title=odd::look here"
"""


def test_summary_outputs_and_annotations_of_a_job_can_be_seen(rig):
    rig.repository("pay", {".github/workflows/ci.yml": WORKFLOW})
    rig.push("pay", {"README.md": "pay\n"})
    job = rig.run("pay", "ci.yml").job
    assert (job.conclusion, job.summary, job.outputs) == ("success", "### A *summary*\n", {"one.word": "a = b"})
    assert [(note.place, note.message, note.title) for note in job.notes] == [
        (("README.md", 3, "warning"), "look here", "odd")
    ]
