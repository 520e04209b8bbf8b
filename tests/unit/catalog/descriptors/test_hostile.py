"""SECURITY, Input: every attack on the YAML reader gets its problem, in a child process that may not take long or grow.

The limits are the kernel's: a child that needs more processor time or memory dies, and the test fails on that.
"""

import json
import subprocess
import sys

import pytest

CHILD = """
import json, resource, sys
from waypost.catalog import habits, schema  # what is imported once is not the attack's doing
from waypost.catalog.check import check
from waypost.catalog.documents import parse
list(schema.errors("component", {}))
attack = sys.stdin.buffer.read()
before = resource.getrusage(resource.RUSAGE_SELF)
spent = int(before.ru_utime + before.ru_stime)
resource.setrlimit(resource.RLIMIT_CPU, (spent + 2, spent + 2))  # whole seconds: at least one, less than two
parsed = parse(attack)
found = {problem.id for problem in parsed.problems}
for document in parsed.documents:
    checked = check(document)
    found |= {problem.id for problem in checked.problems}
    json.dumps(checked.data)
# not ru_maxrss: a child begins with the peak of the process that started it
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM:"))
print(json.dumps({"ids": sorted(found), "kilobytes": int(peak.split()[1])}))
"""
HEAD = b"apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata:\n  name: a\nspec:\n  type: t\n  lifecycle: x\n"


def bomb(levels, width, merge=False):
    """Each level stands for `width` times the one before: nine levels of nine are 387 million."""
    lines = ["a0: &a0 {k: v}" if merge else "a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    for level in range(1, levels):
        names = ", ".join([f"*a{level - 1}"] * width)
        lines.append(f"a{level}: &a{level} {{<<: [{names}]}}" if merge else f"a{level}: &a{level} [{names}]")
    return "\n".join(lines).encode()


ATTACKS = [
    pytest.param(bomb(9, 9), "yaml-aliases", id="alias bomb"),
    pytest.param(bomb(9, 9, merge=True), "yaml-aliases", id="merge bomb"),
    pytest.param(b"<<: {a: 1}", "yaml-merge", id="merge key"),
    pytest.param(b"- &a [x]\n" + b"- *a\n" * 60_000, "yaml-aliases", id="60,000 aliases"),
    pytest.param(b"- *a\n" * 60_000, "yaml-aliases", id="60,000 unknown aliases"),
    pytest.param(b"[" * 30_000, "yaml-depth", id="30,000 nested lists"),
    pytest.param(b"{a: " * 30_000, "yaml-depth", id="30,000 nested mappings"),
    pytest.param(b"- " * 30_000, "yaml-depth", id="30,000 nested block lists"),
    pytest.param(b"? " * 30_000, "yaml-depth", id="30,000 nested keys"),
    pytest.param(b"[" * 30_000 + b"]" * 30_000, "yaml-depth", id="30,000 nested lists, closed"),
    pytest.param(HEAD + b"  owner: " + b"1:" * 199_999 + b"1", "yaml-number", id="200,000-part sexagesimal number"),
    pytest.param(HEAD + b"  owner: " + b"1" * 400_000, "yaml-number", id="400,000 digits"),
    pytest.param(HEAD + b"  owner: a\n  owner: b", "yaml-duplicate", id="duplicate keys"),
    pytest.param(b"a: 1\n" * 200_000, "yaml-duplicate", id="200,000 duplicate keys"),
    pytest.param(b"x" * (1024 * 1024 + 1), "file-size", id="a byte over 1 MiB"),
    pytest.param(b"[" + b"1," * 500_000 + b"1]", "yaml-nodes", id="half a million values"),
    pytest.param(b"{" + b"".join(b"k%x," % n for n in range(150_000)) + b"}", "yaml-nodes", id="150,000 keys"),
    pytest.param(b"{" + b"[a]," * 200_000 + b"}", "yaml-duplicate", id="200,000 collections as keys"),
    pytest.param(b"- !x 1\n" * 140_000, "yaml-nodes", id="140,000 unknown tags"),
    pytest.param(b"a\n---\n" * 150_000, "yaml-documents", id="150,000 documents"),
    pytest.param(b"[\n---\n" * 150_000, "yaml-syntax", id="150,000 broken documents"),
    pytest.param(b"a:\n  b\n\t\n" * 100_000, "yaml-duplicate", id="100,000 lines with a tab"),
    pytest.param(b"%TAG !a! x\n" * 80_000 + b"--- a", "yaml-directives", id="80,000 directives"),
    pytest.param(b"".join(b"%%TAG !%x! x\n" % n for n in range(60_000)) + b"--- a", "yaml-directives", id="%TAG names"),
    pytest.param(b"a: \0", "yaml-control", id="NUL"),
    pytest.param(b"a: \xff\xfe", "not-utf8", id="bytes that are not UTF-8"),
    pytest.param("a: 1".encode("utf-16"), "not-utf8", id="UTF-16"),
    pytest.param(HEAD + b"  owner: a@" + b"." * 900_000 + b"@", "lifecycle-unknown", id="almost an e-mail address"),
    pytest.param(
        HEAD + b"  owner: o\n" + b"".join(b"  f%x: 1\n" % n for n in range(20_000)), "lifecycle-unknown", id="fields"
    ),
    pytest.param(
        HEAD + b"  owner: o\n" + b"".join(b"  dependsOn%x: 1\n" % n for n in range(20_000)),
        "field-misspelt",
        id="near fields",
    ),
    pytest.param(HEAD.replace(b"name: a", b"name: a\n  tags: [" + b"A," * 40_000 + b"]"), "tag-form", id="bad tags"),
    pytest.param(HEAD.replace(b"name: a", b"name: " + b"a " * 400_000), "name-form", id="a name of 800 kB"),
    pytest.param(HEAD + b"  owner: o\n  dependsOn: [" + b"a," * 40_000 + b"]", "ref-form", id="40,000 bad refs"),
    pytest.param(
        HEAD.replace(b"name: a", b'name: a\n  links: [{url: "javascript:alert(1)"}]'), "link-script", id="script link"
    ),
    pytest.param(
        HEAD.replace(b"name: a", b'name: a\n  links: [{url: " JAVA\\tSCRIPT:alert(1)"}]'),
        "link-script",
        id="hidden script",
    ),
]


@pytest.mark.parametrize(("attack", "id"), ATTACKS)
def test_hostile_input_gets_its_problem_within_bounds(attack, id):
    done = subprocess.run([sys.executable, "-c", CHILD], input=attack, capture_output=True, check=False)
    assert done.returncode == 0, f"the child died with {done.returncode}: {done.stderr.decode()[-2000:]}"
    found = json.loads(done.stdout)
    assert id in found["ids"]
    assert found["kilobytes"] < 200 * 1024
