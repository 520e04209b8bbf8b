# What the apply role may change: by name where AWS lets us choose it, by the tag Service where it does not.

data "aws_iam_policy_document" "write_state" {
  statement {
    sid       = "WriteAndLockTheState"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = [for stack in ["registry", "service"] : "${local.bucket}/${local.repository}/${stack}.tfstate*"]
  }
}

data "aws_iam_policy_document" "write_registry" {
  statement {
    sid       = "SignInToTheRegistry"
    actions   = ["ecr:GetAuthorizationToken"]
    resources = ["*"] # it knows no narrower resource
  }

  statement {
    sid = "KeepAndFillTheRepository"
    actions = [
      "ecr:BatchCheckLayerAvailability",
      "ecr:BatchGetImage",
      "ecr:CompleteLayerUpload",
      "ecr:CreateRepository",
      "ecr:DeleteLifecyclePolicy",
      "ecr:DeleteRepository",
      "ecr:GetDownloadUrlForLayer",
      "ecr:InitiateLayerUpload",
      "ecr:PutImage",
      "ecr:PutImageScanningConfiguration",
      "ecr:PutImageTagMutability",
      "ecr:PutLifecyclePolicy",
      "ecr:TagResource",
      "ecr:UntagResource",
      "ecr:UploadLayerPart",
    ]
    resources = ["arn:aws:ecr:${local.here}:repository/${local.name}"]
  }
}

data "aws_iam_policy_document" "write_service" {
  statement {
    sid = "RunTheService"
    actions = [
      "ecs:CreateCluster",
      "ecs:CreateService",
      "ecs:DeleteCluster",
      "ecs:DeleteService",
      "ecs:RegisterTaskDefinition",
      "ecs:TagResource",
      "ecs:UntagResource",
      "ecs:UpdateCluster",
      "ecs:UpdateClusterSettings",
      "ecs:UpdateService",
    ]
    resources = [
      "arn:aws:ecs:${local.here}:cluster/${local.name}",
      "arn:aws:ecs:${local.here}:service/${local.name}/${local.name}",
      "arn:aws:ecs:${local.here}:task-definition/${local.name}:*",
    ]
  }

  statement {
    sid       = "RetireTaskDefinitions"
    actions   = ["ecs:DeregisterTaskDefinition"]
    resources = ["*"] # it knows no narrower resource
  }

  statement {
    sid = "ScaleIt"
    actions = [
      "application-autoscaling:DeleteScalingPolicy",
      "application-autoscaling:DeregisterScalableTarget",
      "application-autoscaling:PutScalingPolicy",
      "application-autoscaling:RegisterScalableTarget",
      "application-autoscaling:TagResource",
      "application-autoscaling:UntagResource",
    ]
    resources = ["arn:aws:application-autoscaling:${local.here}:scalable-target/*"]

    condition {
      test     = "StringEqualsIfExists"
      variable = "application-autoscaling:service-namespace"
      values   = ["ecs"]
    }
  }

  statement {
    sid = "BalanceItsLoad"
    actions = [
      "elasticloadbalancing:AddTags",
      "elasticloadbalancing:CreateListener",
      "elasticloadbalancing:CreateLoadBalancer",
      "elasticloadbalancing:CreateTargetGroup",
      "elasticloadbalancing:DeleteListener",
      "elasticloadbalancing:DeleteLoadBalancer",
      "elasticloadbalancing:DeleteTargetGroup",
      "elasticloadbalancing:ModifyListener",
      "elasticloadbalancing:ModifyLoadBalancerAttributes",
      "elasticloadbalancing:ModifyTargetGroup",
      "elasticloadbalancing:ModifyTargetGroupAttributes",
      "elasticloadbalancing:RemoveTags",
      "elasticloadbalancing:SetSecurityGroups",
      "elasticloadbalancing:SetSubnets",
      "elasticloadbalancing:SetWebAcl",
    ]
    resources = [
      for kind in ["loadbalancer/app", "listener/app", "targetgroup"] :
      "arn:aws:elasticloadbalancing:${local.here}:${kind}/${substr(local.name, 0, 6)}*"
    ]
  }

  statement {
    sid       = "NameIt"
    actions   = ["route53:ChangeResourceRecordSets"]
    resources = ["arn:aws:route53:::hostedzone/${{ values.hostedZone }}"]
  }

  statement {
    sid = "KeepItsLogs"
    actions = [
      "logs:AssociateKmsKey",
      "logs:CreateLogGroup",
      "logs:DeleteLogGroup",
      "logs:PutRetentionPolicy",
      "logs:TagResource",
      "logs:UntagResource",
    ]
    resources = ["arn:aws:logs:${local.here}:log-group:/service/${local.name}*"]
  }

  statement {
    sid = "KeepItsRoles"
    actions = [
      "iam:CreateRole",
      "iam:DeleteRole",
      "iam:DeleteRolePolicy",
      "iam:PutRolePolicy",
      "iam:TagRole",
      "iam:UntagRole",
      "iam:UpdateAssumeRolePolicy",
    ]
    resources = local.task_roles
  }

  statement {
    sid       = "GiveItsRolesToItsTasks"
    actions   = ["iam:PassRole"]
    resources = local.task_roles

    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ecs-tasks.amazonaws.com"]
    }
  }

  statement {
    sid       = "LetAwsServicesWorkHereTheFirstTime"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:aws:iam::${local.account}:role/aws-service-role/*"]

    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values = [
        "ecs.amazonaws.com",
        "ecs.application-autoscaling.amazonaws.com",
        "elasticloadbalancing.amazonaws.com",
      ]
    }
  }
{%- if values.webAcl %}

  statement {
    sid       = "GuardIt"
    actions   = ["wafv2:AssociateWebACL", "wafv2:DisassociateWebACL"]
    resources = ["${{ values.webAcl }}", "arn:aws:elasticloadbalancing:${local.here}:loadbalancer/app/${substr(local.name, 0, 6)}*"]
  }
{%- endif %}
}

data "aws_iam_policy_document" "write_tagged" {
  statement {
    sid       = "BeginTagged"
    actions   = ["acm:RequestCertificate", "kms:CreateKey", "kms:TagResource"]
    resources = ["*"] # what is begun has no name yet

    condition {
      test     = "StringEquals"
      variable = "aws:RequestTag/Service"
      values   = [local.name]
    }
  }

  statement {
    sid = "ChangeWhatIsTagged"
    actions = [
      "acm:AddTagsToCertificate",
      "acm:DeleteCertificate",
      "acm:RemoveTagsFromCertificate",
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:DeleteSecurityGroup",
      "ec2:ModifySecurityGroupRules",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
      "kms:CreateAlias",
      "kms:CreateGrant",
      "kms:DeleteAlias",
      "kms:EnableKeyRotation",
      "kms:PutKeyPolicy",
      "kms:ScheduleKeyDeletion",
      "kms:UntagResource",
      "kms:UpdateAlias",
      "kms:UpdateKeyDescription",
    ]
    resources = [
      "arn:aws:acm:${local.here}:certificate/*",
      "arn:aws:ec2:${local.here}:security-group/*",
      "arn:aws:kms:${local.here}:key/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Service"
      values   = [local.name]
    }
  }

  # A rule is as free as the group that it stands in, and that one has the tag.
  statement {
    sid = "ChangeRulesOfTaggedGroups"
    actions = [
      "ec2:AuthorizeSecurityGroupEgress",
      "ec2:AuthorizeSecurityGroupIngress",
      "ec2:ModifySecurityGroupRules",
      "ec2:RevokeSecurityGroupEgress",
      "ec2:RevokeSecurityGroupIngress",
    ]
    resources = ["arn:aws:ec2:${local.here}:security-group-rule/*"]
  }

  statement {
    sid       = "NameItsKeys"
    actions   = ["kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"]
    resources = ["arn:aws:kms:${local.here}:alias/${local.name}-*"]
  }

  statement {
    sid     = "BeginSecurityGroups"
    actions = ["ec2:CreateSecurityGroup"]
    resources = [
      "arn:aws:ec2:${local.here}:security-group/*",
      "arn:aws:ec2:${local.here}:vpc/${{ values.vpc }}",
    ]
  }

  statement {
    sid     = "TagWhatIsBegun"
    actions = ["ec2:CreateTags"]
    resources = [
      "arn:aws:ec2:${local.here}:security-group/*",
      "arn:aws:ec2:${local.here}:security-group-rule/*",
    ]

    condition {
      test     = "StringEquals"
      variable = "ec2:CreateAction"
      values   = ["AuthorizeSecurityGroupEgress", "AuthorizeSecurityGroupIngress", "CreateSecurityGroup"]
    }
  }
}

locals {
  task_roles = [for purpose in ["service", "start"] : "arn:aws:iam::${local.account}:role/${local.name}-${purpose}"]
}
