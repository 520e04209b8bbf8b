terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 6.0"
    }
  }

  backend "s3" {
    bucket       = "${{ values.stateBucket }}"
    key          = "${{ values.org }}/${{ values.repo }}/access.tfstate"
    region       = "${{ values.awsRegion }}"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region              = "${{ values.awsRegion }}"
  allowed_account_ids = ["${{ values.awsAccount }}"]

  default_tags {
    tags = {
      Service    = "${{ values.name }}"
      Owner      = "${{ values.team }}"
      Repository = "${{ values.org }}/${{ values.repo }}"
      ManagedBy  = "terraform"
    }
  }
}
