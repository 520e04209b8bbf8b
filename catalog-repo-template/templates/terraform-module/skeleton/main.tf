locals {
  id = "${var.name}-${var.environment}"
  tags = merge(
    {
      Name        = local.id
      Environment = var.environment
      Owner       = "${{ values.team }}"
      Module      = "${{ values.org }}/${{ values.repo }}"
    },
    var.tags,
  )
}
{%- if values.start == 'aws-queue' %}

resource "aws_sqs_queue" "this" {
  name                       = local.id
  visibility_timeout_seconds = var.visibility_timeout_seconds
  message_retention_seconds  = 345600 # four days
  receive_wait_time_seconds  = 20     # long polling: cheaper, and no slower
  sqs_managed_sse_enabled    = true
  tags                       = local.tags

  redrive_policy = jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead_letters.arn
    maxReceiveCount     = var.max_receive_count
  })
}

resource "aws_sqs_queue" "dead_letters" {
  name                      = "${local.id}-dead-letters"
  message_retention_seconds = 1209600 # fourteen days, the most there is
  sqs_managed_sse_enabled   = true
  tags                      = merge(local.tags, { Name = "${local.id}-dead-letters" })
}

resource "aws_sqs_queue_redrive_allow_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id

  redrive_allow_policy = jsonencode({
    redrivePermission = "byQueue"
    sourceQueueArns   = [aws_sqs_queue.this.arn]
  })
}

data "aws_iam_policy_document" "only_encrypted" {
  for_each = {
    this         = aws_sqs_queue.this.arn
    dead_letters = aws_sqs_queue.dead_letters.arn
  }

  statement {
    sid       = "OnlyEncrypted"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = data.aws_iam_policy_document.only_encrypted["this"].json
}

resource "aws_sqs_queue_policy" "dead_letters" {
  queue_url = aws_sqs_queue.dead_letters.id
  policy    = data.aws_iam_policy_document.only_encrypted["dead_letters"].json
}
{%- endif %}
