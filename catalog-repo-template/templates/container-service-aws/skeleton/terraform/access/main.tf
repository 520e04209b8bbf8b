# Who may act for this repository in AWS. Applied by hand, by somebody with rights in the account, and by no workflow:
# a role that could change itself would be no limit.

data "aws_iam_openid_connect_provider" "github" {
  url = "https://token.actions.githubusercontent.com"
}

locals {
  name       = "${{ values.name }}"
  repository = "${{ values.org }}/${{ values.repo }}"
  region     = "${{ values.awsRegion }}"
  account    = "${{ values.awsAccount }}"
  here       = "${local.region}:${local.account}"
  bucket     = "arn:aws:s3:::${{ values.stateBucket }}"

  # GitHub gives the first to every run of this repository's own pull requests, the second only to a run that was
  # approved for the environment, on a protected branch.
  subjects = {
    plan  = "repo:${local.repository}:pull_request"
    apply = "repo:${local.repository}:environment:production"
  }
}

data "aws_iam_policy_document" "trust" {
  for_each = local.subjects

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]

    principals {
      type        = "Federated"
      identifiers = [data.aws_iam_openid_connect_provider.github.arn]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = [each.value]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = local.subjects

  name                 = "${local.name}-${each.key}"
  description          = "GitHub Actions of ${local.repository}: ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust[each.key].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy" "read" {
  for_each = local.subjects

  name   = "read"
  role   = aws_iam_role.this[each.key].id
  policy = data.aws_iam_policy_document.read.json
}

resource "aws_iam_role_policy" "write" {
  for_each = {
    state    = data.aws_iam_policy_document.write_state.json
    registry = data.aws_iam_policy_document.write_registry.json
    service  = data.aws_iam_policy_document.write_service.json
    tagged   = data.aws_iam_policy_document.write_tagged.json
  }

  name   = "write-${each.key}"
  role   = aws_iam_role.this["apply"].id
  policy = each.value
}

output "roles" {
  description = "What the variables AWS_PLAN_ROLE and AWS_APPLY_ROLE of the repository say."
  value       = { for name, role in aws_iam_role.this : name => role.arn }
}
