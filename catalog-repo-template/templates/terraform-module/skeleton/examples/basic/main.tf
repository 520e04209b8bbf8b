terraform {
  required_version = ">= 1.11"
{%- if values.start == 'aws-queue' %}

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 6.0"
    }
  }
{%- endif %}
}
{%- if values.start == 'aws-queue' %}

provider "aws" {
  region = "eu-central-1"
}
{%- endif %}

module "example" {
  source = "../.."

  name        = "example"
  environment = "development"
  tags        = { CostCenter = "1234" }
}

output "id" {
  description = "What it came to be called."
  value       = module.example.id
}
