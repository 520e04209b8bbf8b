# What both roles may read: how things are set up, and this repository's state. No data, no secrets, no log lines.

data "aws_iam_policy_document" "read" {
  statement {
    sid       = "FindTheState"
    actions   = ["s3:ListBucket"]
    resources = [local.bucket]
  }

  statement {
    sid       = "ReadTheState"
    actions   = ["s3:GetObject"]
    resources = ["${local.bucket}/${local.repository}/*"]
  }

  statement {
    sid = "SeeOwnThings"
    actions = [
      "ecr:DescribeImages",
      "ecr:DescribeRepositories",
      "ecr:GetLifecyclePolicy",
      "ecr:ListTagsForResource",
      "ecs:DescribeClusters",
      "ecs:DescribeServices",
      "ecs:ListTagsForResource",
      "iam:GetRole",
      "iam:GetRolePolicy",
      "iam:ListAttachedRolePolicies",
      "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies",
      "logs:ListTagsForResource",
      "route53:GetHostedZone",
      "route53:ListResourceRecordSets",
    ]
    resources = [
      "arn:aws:ecr:${local.here}:repository/${local.name}",
      "arn:aws:ecs:${local.here}:cluster/${local.name}",
      "arn:aws:ecs:${local.here}:service/${local.name}/${local.name}",
      "arn:aws:iam::${local.account}:role/${local.name}-*",
      "arn:aws:logs:${local.here}:log-group:/service/${local.name}*",
      "arn:aws:route53:::hostedzone/${{ values.hostedZone }}",
    ]
  }

  # Of these nobody can know the number before.
  statement {
    sid = "SeeWhatHasANumber"
    actions = [
      "acm:DescribeCertificate",
      "acm:ListTagsForCertificate",
      "application-autoscaling:ListTagsForResource",
      "kms:DescribeKey",
      "kms:GetKeyPolicy",
      "kms:GetKeyRotationStatus",
      "kms:ListResourceTags",
      "logs:DescribeLogGroups",
      "route53:GetChange",
      "wafv2:GetWebACLForResource",
    ]
    resources = [
      "arn:aws:acm:${local.here}:certificate/*",
      "arn:aws:application-autoscaling:${local.here}:scalable-target/*",
      "arn:aws:elasticloadbalancing:${local.here}:loadbalancer/app/*",
      "arn:aws:kms:${local.here}:key/*",
      "arn:aws:logs:${local.here}:log-group:*",
      "arn:aws:route53:::change/*",
      "arn:aws:wafv2:${local.here}:regional/webacl/*",
    ]
  }

  # These know no narrower resource.
  statement {
    sid = "SeeLists"
    actions = [
      "application-autoscaling:DescribeScalableTargets",
      "application-autoscaling:DescribeScalingPolicies",
      "ec2:DescribeSecurityGroupRules",
      "ec2:DescribeSecurityGroups",
      "ecs:DescribeTaskDefinition",
      "elasticloadbalancing:Describe*",
      "kms:ListAliases",
    ]
    resources = ["*"]
  }
}
