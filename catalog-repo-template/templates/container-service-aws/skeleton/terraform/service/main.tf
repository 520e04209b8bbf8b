data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  name     = "${{ values.name }}"
  account  = data.aws_caller_identity.this.account_id
  region   = data.aws_region.this.region
  registry = "${local.account}.dkr.ecr.${local.region}.amazonaws.com"
  image    = "${local.registry}/${local.name}:${var.image_tag}"
}
