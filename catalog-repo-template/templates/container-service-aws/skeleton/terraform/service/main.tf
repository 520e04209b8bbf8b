data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  name     = "${{ values.name }}"
  account  = data.aws_caller_identity.this.account_id
  region   = data.aws_region.this.region
  registry = "${local.account}.dkr.ecr.${local.region}.amazonaws.com"
  image    = "${local.registry}/${local.name}:${var.image_tag}"

  # A load balancer's name has at most 32 characters.
  short_name = length(local.name) <= 32 ? local.name : "${substr(local.name, 0, 23)}-${substr(sha256(local.name), 0, 8)}"
}
