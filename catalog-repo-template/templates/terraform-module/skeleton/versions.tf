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
