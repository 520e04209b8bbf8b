"""A template that uses every action there is for a new repository, and the organisation it needs."""

from __future__ import annotations

import struct
from base64 import b64encode
from hashlib import sha256

SECRET = "correct-horse-battery"
HOOK_SECRET = "staple-of-the-hook"
PRIVATE_KEY = "-----BEGIN OPENSSH PRIVATE KEY-----\nbm90IGEga2V5\n-----END OPENSSH PRIVATE KEY-----\n"
SECRETS = {"TOKEN": SECRET, "HOOK": HOOK_SECRET, "DEPLOY": PRIVATE_KEY}

TEMPLATE = """\
apiVersion: scaffolder.backstage.io/v1beta3
kind: Template
metadata:
  name: everything
  title: Everything
  description: Uses all there is.
spec:
  owner: platform
  type: service
  parameters:
    - title: What
      required: [name, owner, repoUrl]
      properties:
        name: {type: string, pattern: "^[a-z][a-z0-9-]*$", description: Lower case}
        owner: {type: string, ui:field: OwnerPicker}
        repoUrl: {type: string, ui:field: RepoUrlPicker}
        publicKey: {type: string}
        size: {type: integer, default: 1, maximum: 9}
        visibility: {type: string, default: private, enum: [private, public]}
        TOKEN: {type: string, ui:field: Secret}
        HOOK: {type: string, ui:field: Secret}
        DEPLOY: {type: string, ui:field: Secret}
  steps:
    - id: fetch
      name: Write the code
      action: fetch:template
      input:
        url: ./skeleton
        values: {name: "${{ parameters.name }}", owner: "${{ parameters.owner }}", size: "${{ parameters.size }}"}
    - id: publish
      name: Create the repository
      action: publish:github
      input:
        repoUrl: ${{ parameters.repoUrl }}
        description: Service ${{ parameters.name }}
        repoVisibility: ${{ parameters.visibility }}
        topics: [python, service]
        collaborators:
          - {team: "${{ parameters.owner | parseEntityRef | pick('name') }}", access: maintain}
        hasWiki: false
        allowUpdateBranch: true
        repoVariables: {REGION: eu-west-1}
        secrets: {TOKEN: "${{ secrets.TOKEN }}"}
        requiredStatusCheckContexts: [test]
        requireCodeOwnerReviews: true
    - id: labels
      action: waypost:github:labels
      input:
        repoUrl: ${{ parameters.repoUrl }}
        labels: [{name: on-call, color: "ff0000", description: Wakes people}]
    - id: environment
      action: github:environment:create
      input:
        repoUrl: ${{ parameters.repoUrl }}
        name: production
        reviewers: ["group:default/payments"]
        deploymentBranchPolicy: {protected_branches: false, custom_branch_policies: true}
        customBranchPolicyNames: [main]
        environmentVariables: {STAGE: production}
        secrets: {TOKEN: "${{ secrets.TOKEN }}"}
    - id: key
      action: github:deployKey:create
      input:
        repoUrl: ${{ parameters.repoUrl }}
        publicKey: ${{ parameters.publicKey }}
        privateKey: ${{ secrets.DEPLOY }}
        deployKeyName: deploy
        privateKeySecretName: DEPLOY_KEY
    - id: links
      action: github:autolinks:create
      input: {repoUrl: "${{ parameters.repoUrl }}", keyPrefix: PAY-, urlTemplate: "https://tickets.example.com/<num>"}
    - id: site
      action: github:pages:enable
      input: {repoUrl: "${{ parameters.repoUrl }}"}
    - id: hook
      action: github:webhook
      input:
        repoUrl: ${{ parameters.repoUrl }}
        webhookUrl: https://hooks.example.com/in
        webhookSecret: ${{ secrets.HOOK }}
    - id: rules
      action: github:repo:rulesets:create
      input:
        repoUrl: ${{ parameters.repoUrl }}
        name: releases
        conditions: {ref_name: {include: [refs/heads/release/*], exclude: []}}
        rules: [{type: deletion}, {type: non_fast_forward}]
    - id: issue
      action: github:issues:create
      input:
        repoUrl: ${{ parameters.repoUrl }}
        title: Set up on-call
        body: See ${{ steps.publish.output.commitHash }}
    - id: label
      action: github:issues:label
      input: {repoUrl: "${{ parameters.repoUrl }}", number: "${{ steps.issue.output.issueNumber }}", labels: [on-call]}
    - id: pull
      action: publish:github:pull-request
      input:
        repoUrl: ${{ parameters.repoUrl }}
        branchName: second
        title: Second thoughts
        description: Please look.
        sourcePath: docs
        targetPath: docs/more
    - id: start
      action: github:actions:dispatch
      input: {repoUrl: "${{ parameters.repoUrl }}", workflowId: nightly.yml, branchOrTagName: main}
    - id: register
      action: catalog:register
      input: {repoContentsUrl: "${{ steps.publish.output.repoContentsUrl }}", catalogInfoPath: /catalog-info.yaml}
  output:
    links:
      - {title: Repository, url: "${{ steps.publish.output.remoteUrl }}"}
      - {title: Issue, url: "${{ steps.issue.output.issueUrl }}"}
"""


def public_key(name):
    """A deploy key of its own for each repository, as GitHub wants it."""
    blob = struct.pack(">I", 11) + b"ssh-ed25519" + struct.pack(">I", 32) + sha256(name.encode()).digest()
    return f"ssh-ed25519 {b64encode(blob).decode()} deploy"


DESCRIPTOR = """\
apiVersion: backstage.io/v1alpha1
kind: Component
metadata:
  name: ${{ values.name }}
spec:
  type: service
  lifecycle: experimental
  owner: ${{ values.owner }}
"""
CI = "name: ci\non: {push: {branches: [main]}}\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"
NIGHTLY = "name: nightly\non: workflow_dispatch\njobs: {test: {runs-on: ubuntu-latest, steps: [{run: 'true'}]}}\n"
SKELETON = {
    "README.md": "# ${{ values.name }}\n",
    "catalog-info.yaml": DESCRIPTOR,
    "docs/index.md": "Size ${{ values.size }}\n",
    ".github/workflows/ci.yml": CI,
    ".github/workflows/nightly.yml": NIGHTLY,
    "run.sh": {"content": "#!/bin/sh\n", "mode": "100755"},
}
FILES = {
    "templates/everything/template.yaml": TEMPLATE,
    **{f"templates/everything/skeleton/{path}": content for path, content in SKELETON.items()},
}
